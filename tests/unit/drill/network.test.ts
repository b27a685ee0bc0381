import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { Link } from "../../../tools/drill/net/wan.ts";

const undo: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

/** A server that hands over its next connection. */
async function serve(): Promise<{ port: number; accepted: () => Promise<Socket> }> {
  const server: Server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  undo.push(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { port: address.port, accepted: () => once(server, "connection").then(([socket]) => keep(socket as Socket)) };
}

function keep(socket: Socket): Socket {
  socket.on("error", () => undefined);
  undo.push(() => void socket.destroy());
  return socket;
}

async function open(link: Link): Promise<Socket> {
  const port = await link.listen();
  undo.push(() => link.close());
  return keep(connect(port, "127.0.0.1"));
}

/** A reset is an error first, and a close after it. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

/** Everything that arrives until the other side ends. */
async function all(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  return text;
}

describe("a link", () => {
  test("delays bytes and keeps their order, also while its delay changes", async () => {
    const { port, accepted } = await serve();
    const link = new Link({ target: port, delayMs: 60 });
    const near = await open(link);
    const [far] = await Promise.all([accepted(), once(near, "connect")]);
    const words = Array.from({ length: 200 }, (_, index) => `${index} `);
    const began = performance.now();
    const first = once(far, "readable").then(() => performance.now() - began);
    const arrived = all(far);
    for (const [index, word] of words.entries()) {
      if (index === 100) link.delayMs = 1;
      near.write(word);
      if (index % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    near.end();
    expect(await arrived).toBe(words.join(""));
    expect(await first).toBeGreaterThan(50);
  });

  test("that is frozen holds everything, and lets it go when it thaws", async () => {
    const { port, accepted } = await serve();
    const link = new Link({ target: port, delayMs: 0 });
    const near = await open(link);
    const far = await accepted();
    let arrived = "";
    far.on("data", (chunk: Buffer) => (arrived += chunk.toString()));
    near.write("a");
    await once(far, "data");
    link.freeze();
    near.write("b");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(arrived).toBe("a");
    link.thaw();
    await once(far, "data");
    expect(arrived).toBe("ab");
  });

  test("that is cut resets what is open and refuses what comes, until it is mended", async () => {
    const { port, accepted } = await serve();
    const link = new Link({ target: port, delayMs: 0 });
    const listening = await link.listen();
    undo.push(() => link.close());
    const near = keep(connect(listening, "127.0.0.1"));
    await accepted();
    link.cut();
    await closed(near);
    const refused = keep(connect(listening, "127.0.0.1"));
    await closed(refused);
    link.mend();
    const again = keep(connect(listening, "127.0.0.1"));
    const far = await accepted();
    far.write("x");
    expect(String((await once(again, "data"))[0])).toBe("x");
  });

  test("that is slow lets no more bytes a second through than it is told", async () => {
    const { port, accepted } = await serve();
    const link = new Link({ target: port, delayMs: 0 });
    const near = await open(link);
    const far = await accepted();
    link.throttle(100_000);
    const began = performance.now();
    far.end(Buffer.alloc(30_000));
    expect((await all(near)).length).toBe(30_000);
    expect(performance.now() - began).toBeGreaterThan(200);
  });

  test("goes to another port from the next connection on", async () => {
    const [one, other] = await Promise.all([serve(), serve()]);
    const link = new Link({ target: one.port, delayMs: 0 });
    const port = await link.listen();
    undo.push(() => link.close());
    keep(connect(port, "127.0.0.1"));
    await one.accepted();
    link.retarget(other.port);
    keep(connect(port, "127.0.0.1"));
    await other.accepted();
  });
});

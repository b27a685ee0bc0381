/** Large files through the real service: memory, interruptions, and what is left of what went wrong. */
import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UploadState, type Session } from "../../protocol/index.ts";
import { announce, largeFile, linkTo, partsOf, put, putParts, type LargeFile } from "./support/files.ts";
import { call, problemIn, register, startDirect } from "./support/http.ts";
import { mebibytes, residentBytes, watchMemory } from "./support/memory.ts";
import { startStack, type Stack } from "./support/stack.ts";

const MIB = 1024 * 1024;
const LARGE = largeFile(200 * MIB, 1);

let stack: Stack;
let ada: Session;
let bob: Session;
let chat: string;

beforeAll(async () => {
  stack = await startStack({ vars: { PASSWORD_COST: "1024,8,1", MEDIA_MAX_BYTES: String(256 * MIB) } });
  [ada, bob] = await Promise.all([register(stack), register(stack)]);
  chat = await startDirect(stack, ada.accessToken, bob.user.id);
});
afterAll(() => stack?.stop());

/** Sends a message that names the file, so that it stays. */
async function name(id: string, file: LargeFile): Promise<void> {
  const media = [{ id, name: "large.bin", type: "application/octet-stream", size: file.size, sha256: file.sha256 }];
  const body = { id: crypto.randomUUID(), kind: "message", body: { media } };
  const answer = await call(stack, `POST /v1/conversations/${chat}/entries`, { token: ada.accessToken, body });
  expect(answer.status).toBe(201);
}

/** Reads a file on from where a digest stands. @returns where it stands now; less than the size where it was cut off */
async function readOn(
  link: string,
  from: number,
  digest: ReturnType<typeof createHash>,
  onBytes?: (at: number) => void,
) {
  let at = from;
  try {
    const answer = await fetch(link, { headers: { Range: `bytes=${from}-` } });
    if (answer.status !== 206 || answer.body === null) throw new Error(`the file answered ${answer.status}`);
    for await (const piece of answer.body) {
      digest.update(piece);
      at += piece.byteLength;
      onBytes?.(at);
    }
  } catch (error) {
    if (at === from) throw error;
  }
  return at;
}

/** Bytes on disk that the store keeps for files. */
function storedBytes(): number {
  const folder = join(stack.state, "v3/r2");
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath.endsWith("blobs"))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 20_000; !condition();) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("a file of 200 MiB", () => {
  test("[M1] goes in and out while the server's memory stays flat", { timeout: 240_000 }, async () => {
    // The runtime's own heap grows to its working size first.
    const warm = largeFile(LARGE.size / 5, 2);
    for (const file of [warm, warm]) {
      const ticket = await announce(stack, ada, chat, file);
      await putParts(ticket, file, partsOf(ticket, file));
      expect((await fetch(ticket.uploadUrl, { method: "POST" })).status).toBe(201);
      await readOn(await linkTo(stack, bob, chat, ticket.id), 0, createHash("sha256"));
    }

    const before = residentBytes(stack);
    const memory = watchMemory(stack);
    const half = largeFile(LARGE.size / 2, 4);
    expect(await put((await announce(stack, ada, chat, half)).uploadUrl, half.bytes())).toBe(201);
    const atOnce = memory.peak();
    const ticket = await announce(stack, ada, chat, LARGE);
    await putParts(ticket, LARGE, partsOf(ticket, LARGE));
    const inParts = memory.peak();
    expect((await fetch(ticket.uploadUrl, { method: "POST" })).status).toBe(201);
    const checked = memory.peak();
    const digest = createHash("sha256");
    expect(await readOn(await linkTo(stack, bob, chat, ticket.id), 0, digest)).toBe(LARGE.size);
    expect(digest.digest("base64url")).toBe(LARGE.sha256);
    const read = memory.peak();
    memory.stop();

    const grown = (Math.max(atOnce, inParts, checked, read) - before) / LARGE.size;
    console.log(
      `${mebibytes(LARGE.size)} file: the runtime held ${mebibytes(before)} before, at most ${mebibytes(inParts)} while it ` +
        `came in parts, ${mebibytes(checked)} while it was checked, ${mebibytes(read)} while it was fetched, and ` +
        `${mebibytes(atOnce)} while half as much came at once: ${grown.toFixed(2)} of the file over three and a half passes`,
    );
    // One layer that held the file would show as 1 and more in any one pass.
    expect(grown).toBeLessThan(0.7);
  });

  test("[M1] is sent and fetched over servers that are killed in the middle", { timeout: 240_000 }, async () => {
    const ticket = await announce(stack, ada, chat, LARGE);
    const all = partsOf(ticket, LARGE);
    await putParts(ticket, LARGE, all.slice(0, 9));
    // Killed while a part is on its way: half of it was sent.
    const from = 9 * ticket.partSize;
    const cut = put(
      `${ticket.uploadUrl}&part=10`,
      killHalfway(LARGE.bytes(from, from + ticket.partSize), ticket.partSize),
    );
    await expect(cut).rejects.toThrow();
    await killing;
    await stack.restart();

    const state = UploadState.parse(await (await fetch(ticket.uploadUrl)).json());
    expect(state).toMatchObject({ id: ticket.id, size: LARGE.size, complete: false });
    expect(state.parts).toStrictEqual(all.slice(0, 9));
    await putParts(
      ticket,
      LARGE,
      all.filter((number) => !state.parts.includes(number)),
    );
    expect((await fetch(ticket.uploadUrl, { method: "POST" })).status).toBe(201);
    await name(ticket.id, LARGE);

    const link = await linkTo(stack, bob, chat, ticket.id);
    const digest = createHash("sha256");
    let killed: Promise<void> | undefined;
    const at = await readOn(link, 0, digest, (sofar) => {
      if (sofar > LARGE.size / 2) killed ??= stack.kill("SIGKILL");
    });
    expect(at).toBeGreaterThan(LARGE.size / 2);
    expect(at).toBeLessThan(LARGE.size);
    await killed;
    await stack.restart();
    expect(await readOn(link, at, digest)).toBe(LARGE.size);
    expect(digest.digest("base64url")).toBe(LARGE.sha256);
  });

  test("[M1] with a wrong digest leaves nothing behind", { timeout: 120_000 }, async () => {
    const other = largeFile(20 * MIB, 3);
    const wrong = { ...other, sha256: LARGE.sha256 };
    const whole = await announce(stack, ada, chat, wrong);
    expect(await put(whole.uploadUrl, other.bytes())).toBe(422);
    const before = storedBytes();
    const ticket = await announce(stack, ada, chat, wrong);
    await putParts(ticket, other, partsOf(ticket, other));
    expect(storedBytes()).toBeGreaterThan(before);
    const refused = await call({ url: "" }, `POST ${ticket.uploadUrl}`);
    expect(problemIn(refused)).toMatchObject({ status: 422, code: "digest_mismatch" });
    for (const { id } of [whole, ticket]) {
      const answer = await call(stack, `GET /v1/conversations/${chat}/media/${id}`, { token: ada.accessToken });
      expect(problemIn(answer)).toMatchObject({ status: 404, code: "not_found" });
    }
    await until(() => storedBytes() <= before, "the disk holds no more than before");
  });
});

let killing: Promise<void> | undefined;

/** Passes bytes on and kills the service once half of them are through. */
function* killHalfway(bytes: Generator<Buffer<ArrayBuffer>>, size: number): Generator<Buffer<ArrayBuffer>> {
  let sent = 0;
  for (const piece of bytes) {
    yield piece;
    sent += piece.byteLength;
    if (sent > size / 2) killing ??= stack.kill("SIGKILL");
  }
}

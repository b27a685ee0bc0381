/** Five times what the service can take, on the real service, and what is left of its promises: all of them. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Entry, ErrorFrame, Page, SentFrame, ServerFrame, Session } from "../../protocol/index.ts";
import { ChatSocket } from "./support/chat.ts";
import { call, register, startDirect } from "./support/http.ts";
import { startStack, type Stack } from "./support/stack.ts";

const PAIRS = 6;
const MEASURED_MS = 2_000;
const OVERLOADED_MS = 12_000;
const FACTOR = 5;
const TICK_MS = 20;
const TYPING_EVERY_MS = 500;
/** A client that finds this much waiting in its own socket puts nothing more on it. */
const CROWDED_BYTES = 256 * 1024;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ vars: { PASSWORD_COST: "1024,8,1", REGION: "local" } });
});
afterAll(() => stack?.stop());

/** One device that sends without looking back, and keeps what it was answered and shown. */
class Flooder {
  readonly session: Session;
  readonly conversation: string;
  readonly acknowledged = new Map<string, number>();
  readonly refused = new Set<string>();
  /** Refusals that do not say when to come back, and everything else that should not be. */
  readonly odd: string[] = [];
  readonly seen: number[] = [];
  unanswered = 0;
  held = 0;
  /** Sends that are answered are followed by another one, while this is set. */
  closedLoop = false;
  readonly #raw: WebSocket;
  readonly #ready: () => void;

  private constructor(session: Session, conversation: string, ready: () => void) {
    this.session = session;
    this.conversation = conversation;
    this.#ready = ready;
    const url = new URL("/v1/socket", stack.url.replace("http", "ws"));
    this.#raw = new WebSocket(url, ["meridian.v1", `bearer.${session.accessToken}`]);
    this.#raw.addEventListener("open", () => this.#frame({ type: "hello", since: null }));
    this.#raw.addEventListener("message", ({ data }) => this.#take(JSON.parse(String(data)) as ServerFrame));
    this.#raw.addEventListener("close", ({ code }) => this.odd.push(`closed with ${code}`));
  }

  /** A socket of its own: what a recording one keeps of each frame would be measured too. */
  static connect(session: Session, conversation: string): Promise<Flooder> {
    return new Promise((resolve) => {
      const flooder: Flooder = new Flooder(session, conversation, () => resolve(flooder));
    });
  }

  send(): void {
    if (this.#raw.bufferedAmount > CROWDED_BYTES) {
      this.held += 1;
      return;
    }
    const id = crypto.randomUUID();
    this.unanswered += 1;
    this.#frame({
      type: "send",
      conversation: this.conversation,
      id,
      kind: "message",
      body: { text: `text of ${id}` },
    });
  }

  type(): void {
    this.#frame({ type: "typing", conversation: this.conversation, active: true });
  }

  #frame(frame: object): void {
    if (this.#raw.readyState === WebSocket.OPEN) this.#raw.send(JSON.stringify(frame));
  }

  #take(frame: ServerFrame): void {
    switch (frame.type) {
      case "ready":
        this.#ready();
        return;
      case "sent":
        this.acknowledged.set(frame.id, frame.seq);
        this.unanswered -= 1;
        if (this.closedLoop) this.send();
        return;
      case "error":
        this.refused.add(frame.ref ?? "");
        this.unanswered -= 1;
        if (frame.code !== "rate_limited" || (frame.retryAfterMs ?? 0) <= 0) this.odd.push(JSON.stringify(frame));
        return;
      case "entries":
        for (const { seq } of frame.entries) this.seen.push(seq);
        this.#frame({ type: "received", conversation: this.conversation, seq: frame.to });
        return;
      default:
    }
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(condition: () => boolean, what: string, timeoutMs = 180_000): Promise<void> {
  for (const end = Date.now() + timeoutMs; !condition(); await sleep(20)) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
  }
}

/** The median time of one send after the other, in milliseconds. */
async function oneAtATime(socket: ChatSocket, conversation: string): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < 40; index++) {
    const started = performance.now();
    await socket.say(conversation, `probe ${index}`);
    times.push(performance.now() - started);
  }
  return times.toSorted((a, b) => a - b)[20] ?? 0;
}

async function wholeLog({ accessToken }: Session, conversation: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let after = 0, more = true; more;) {
    const path = `GET /v1/conversations/${conversation}/entries?after=${after}&limit=200`;
    const page = (await call(stack, path, { token: accessToken })).json() as Page;
    entries.push(...page.entries);
    ({ more, to: after } = page);
  }
  return entries;
}

async function counted(name: string): Promise<number> {
  const { text } = await call(stack, "GET /metrics");
  const line = text.split("\n").find((one) => one.startsWith(`${name} `));
  return Number(line?.split(" ")[1] ?? 0);
}

test(
  "[S1] [S3] [S6] [D2] five times its capacity: what was acknowledged is in the log once and reaches both sides, the rest " +
    "is told when to come back, typing goes first, and afterwards all is as before",
  async () => {
    const pairs = await Promise.all(
      Array.from({ length: PAIRS }, async () => {
        const [one, other] = [await register(stack), await register(stack)];
        const conversation = await startDirect(stack, one.accessToken, other.user.id);
        return Promise.all([Flooder.connect(one, conversation), Flooder.connect(other, conversation)]);
      }),
    );
    const flooders = pairs.flat();
    const [ada, ben] = [await register(stack), await register(stack)];
    const quiet = await startDirect(stack, ada.accessToken, ben.user.id);
    const probe = await ChatSocket.connect(stack, ada);
    const answered = (): boolean => flooders.every(({ unanswered }) => unanswered === 0);
    const acknowledged = (): number => flooders.reduce((sum, one) => sum + one.acknowledged.size, 0);

    await oneAtATime(probe, quiet);
    const before = await oneAtATime(probe, quiet);

    // Its capacity: everybody always has sixteen on their way.
    for (const one of flooders) {
      one.closedLoop = true;
      for (let index = 0; index < 16; index++) one.send();
    }
    const [first, started] = [acknowledged(), performance.now()];
    await sleep(MEASURED_MS);
    const capacity = ((acknowledged() - first) / (performance.now() - started)) * 1_000;
    for (const one of flooders) one.closedLoop = false;
    await until(answered, "the measured sends are answered");
    expect(capacity).toBeGreaterThan(0);

    // Five times that, whether or not anything is answered.
    const begun = performance.now();
    let offered = 0;
    let typed = 0;
    for (let now = begun; now - begun < OVERLOADED_MS; now = performance.now()) {
      const due = ((now - begun) / 1_000) * capacity * FACTOR;
      for (; offered < due; offered++) flooders[offered % flooders.length]?.send();
      if (now >= typed + TYPING_EVERY_MS) {
        for (const one of flooders) one.type();
        typed = now;
      }
      await sleep(TICK_MS);
    }
    const waiting = flooders.reduce((sum, one) => sum + one.unanswered, 0);
    await until(answered, "every send of the overload is answered");

    const held = flooders.reduce((sum, one) => sum + one.held, 0);
    const refused = flooders.reduce((sum, one) => sum + one.refused.size, 0);
    console.log(
      `capacity ${Math.round(capacity)}/s; offered ${offered}, of which ${held} did not fit the sockets, ` +
        `${refused} were told to come again, ${waiting} waited at the end; acknowledged ${acknowledged()} in all`,
    );
    expect(flooders.flatMap(({ odd }) => odd)).toEqual([]);
    expect(refused + held + waiting, "it was no overload").toBeGreaterThan(offered / 10);
    // Where the queue builds depends on the machine: in the sockets, where all waits its turn, or in the service, where
    // typing goes before the first send does.
    const shed = await counted(`meridian_shed_total{what="typing"}`);
    console.log(`${shed} notices of typing were shed`);
    if (refused > 0) expect(shed, "sends were refused and typing was not shed").toBeGreaterThan(0);

    // It recovers by itself.
    await oneAtATime(probe, quiet);
    const after = await oneAtATime(probe, quiet);
    console.log(`one at a time: ${before.toFixed(1)} ms before, ${after.toFixed(1)} ms after`);
    expect(after / before).toBeLessThan(10);

    for (const [one, other] of pairs) {
      const log = await wholeLog(one.session, one.conversation);
      expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
      const seqs = new Map(log.map(({ id, seq }) => [id as string, seq]));
      expect(seqs.size, "an id is in the log twice").toBe(log.length);
      for (const { acknowledged: mine, refused: not } of [one, other]) {
        for (const [id, seq] of mine) if (seqs.get(id) !== seq) throw new Error(`${id} was acknowledged as ${seq}`);
        for (const id of not) if (seqs.has(id)) throw new Error(`${id} was refused and is in the log`);
      }
      expect(log.length).toBe(one.acknowledged.size + other.acknowledged.size);
      for (const side of [one, other]) {
        await until(() => side.seen.length >= log.length, "everything is delivered");
        expect(side.seen, "in order, without a gap or a repeat").toEqual(log.map(({ seq }) => seq));
      }
    }
  },
  400_000,
);

test(
  "[S6] five times what a user may send: the rest is told when to come back, the socket stays, and who comes back then " +
    "loses nothing and repeats nothing",
  async () => {
    const limited = await startStack({
      limits: true,
      vars: { PASSWORD_COST: "1024,8,1", SEND_RATE_PER_USER: "40", SEND_BURST_PER_USER: "40" },
    });
    try {
      const [ada, ben] = [await register(limited), await register(limited)];
      const conversation = await startDirect(limited, ada.accessToken, ben.user.id);
      const [a, b] = [await ChatSocket.connect(limited, ada), await ChatSocket.connect(limited, ben)];
      b.acknowledges = true;
      let refusals = 0;
      /** Sends as the contract asks: the same id again, no sooner than it was told. */
      const insist = async (id: string): Promise<number> => {
        for (;;) {
          a.send({ type: "send", conversation, id, kind: "message", body: { text: `text of ${id}` } });
          const from = a.frames.length;
          const answer = await answerTo(a, id, from);
          if (answer.type === "sent") return answer.seq;
          expect(answer).toMatchObject({ code: "rate_limited", retryAfterMs: expect.any(Number) });
          refusals += 1;
          await sleep((answer.retryAfterMs ?? 0) * (1 + Math.random()));
        }
      };
      const ids = Array.from({ length: 200 }, () => crypto.randomUUID());
      const seqs = await Promise.all(ids.map(insist));
      expect(refusals, "nothing was limited").toBeGreaterThan(0);
      expect(new Set(seqs).size).toBe(ids.length);
      expect(Math.max(...seqs), "a refused send was appended").toBe(ids.length);
      await b.next("entries", ({ to }) => to === ids.length);
      expect(b.seqs(conversation)).toEqual(ids.map((_, index) => index + 1));
      expect(a.closed).toBeUndefined();
    } finally {
      await limited.stop();
    }
  },
  120_000,
);

/** The answer to a send among the frames from an index on. */
async function answerTo(socket: ChatSocket, id: string, from: number): Promise<SentFrame | ErrorFrame> {
  for (let index = from; ; index++) {
    while (socket.frames.length <= index) await sleep(5);
    const frame = socket.frames[index];
    if (frame?.type === "sent" && frame.id === id) return frame;
    if (frame?.type === "error" && frame.ref === id) return frame;
  }
}

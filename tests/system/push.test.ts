/** Pushes through the real service to a push service that checks and decrypts what it gets. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PushState, Session } from "../../protocol/index.ts";
import { ChatSocket } from "./support/chat.ts";
import { call, PASSWORD, problemIn, register, signIn, startDirect } from "./support/http.ts";
import { PushService, type Answer, type Subscription } from "./support/push-service.ts";
import { startStack, type Stack } from "./support/stack.ts";

const VARS = { PASSWORD_COST: "1024,8,1" };

let stack: Stack;
let service: PushService;

beforeAll(async () => {
  stack = await startStack({ vars: { ...VARS, PUSH_RETRY_SECONDS: "1" } });
  const ada = await register(stack);
  const state = PushState.parse((await call(stack, "GET /v1/me/push", { token: ada.accessToken })).json());
  expect(state.registered).toBeNull();
  service = await PushService.start(state.publicKey);
});
afterAll(async () => {
  await stack?.stop();
  await service?.stop();
});

async function setPush(target: Stack, session: Session, body: object | null): Promise<number> {
  const route = body === null ? "DELETE /v1/me/push" : "PUT /v1/me/push";
  const { status } = await call(target, route, { token: session.accessToken, ...(body === null ? {} : { body }) });
  return status;
}

/** Ada writes to Ben, whose device is registered and away. */
async function away(
  on = stack,
  options: { preview?: boolean; usual?: Answer; plan?: readonly Answer[]; to?: PushService } = {},
) {
  const [ada, ben] = await Promise.all([register(on), register(on)]);
  const subscription = (options.to ?? service).subscribe(options.usual, options.plan);
  expect(await setPush(on, ben, { ...subscription, preview: options.preview })).toBe(204);
  const chat = await startDirect(on, ada.accessToken, ben.user.id);
  const a = await ChatSocket.connect(on, ada);
  return { ada, ben, subscription, chat, a };
}

/** Something that is pushed for sure, a moment later: once it came, what came before had its time. */
async function afterwards(): Promise<void> {
  const { subscription, chat, a } = await away();
  await a.say(chat, "the end of it");
  await service.next(subscription);
}

async function append(session: Session, chat: string, kind: string, body: object): Promise<void> {
  const json = { id: crypto.randomUUID(), kind, body };
  const answer = await call(stack, `POST /v1/conversations/${chat}/entries`, {
    token: session.accessToken,
    body: json,
  });
  expect(answer.status).toBe(201);
}

describe.concurrent("a device that is away", () => {
  test("[N1] [N2] is told that there is something, encrypted, signed, and not what", async () => {
    const { subscription, chat, a, ben } = await away();
    await a.say(chat, "the harbour at noon");
    const [push] = await service.next(subscription);
    expect(push).toMatchObject({ urgency: "high", notice: { v: 1, conversation: chat, seq: 1, unread: 1, badge: 1 } });
    expect(Object.keys(push?.notice ?? {}).toSorted()).toStrictEqual(["badge", "conversation", "seq", "unread", "v"]);
    expect(push?.text).not.toContain("harbour");
    expect(push?.topic).not.toContain(chat);
    expect(push?.ttl).toBeLessThanOrEqual(24 * 60 * 60);
    expect(push?.ttl).toBeGreaterThan(24 * 60 * 60 - 60);
    const state = await call(stack, "GET /v1/me/push", { token: ben.accessToken });
    expect(PushState.parse(state.json()).registered).toStrictEqual({ kind: "webpush", preview: false });
    expect(service.complaints).toStrictEqual([]);
  });

  test("[N2] pushes of one conversation collapse; the badge counts the others too", async () => {
    const { ben, subscription, chat, a } = await away();
    for (let index = 0; index < 5; index++) await a.say(chat, `one of five: ${index}`);
    const [first] = await service.next(subscription);
    expect(first?.notice).toMatchObject({ seq: 5, unread: 5, badge: 5 });
    const cem = await register(stack);
    const other = await startDirect(stack, cem.accessToken, ben.user.id);
    await (await ChatSocket.connect(stack, cem)).say(other, "from somebody else");
    const [, second] = await service.next(subscription, 2);
    expect(second?.notice).toMatchObject({ conversation: other, unread: 1, badge: 6 });
    await a.say(chat, "and a sixth");
    const [, , third] = await service.next(subscription, 3);
    expect(third?.notice).toMatchObject({ conversation: chat, seq: 6, unread: 6, badge: 7 });
    // A browser that was off all the while finds one per conversation, the newest.
    expect(third?.topic).toBe(first?.topic);
    expect(second?.topic).not.toBe(first?.topic);
    expect(service.collect(subscription, Date.now())).toStrictEqual([third, second]);
  });

  test("[N2] text is in it only where the user asked for it, and never of what is sealed", async () => {
    const { ada, subscription, chat, a } = await away(stack, { preview: true });
    await a.say(chat, "the harbour at noon");
    const [open] = await service.next(subscription);
    expect(open?.notice).toMatchObject({
      text: "the harbour at noon",
      sender: ada.user.id,
      title: ada.user.displayName,
    });
    await append(ada, chat, "sealed", { ciphertext: "c2VhbGVk" });
    const [, sealed] = await service.next(subscription, 2);
    expect(sealed?.notice.unread).toBe(2);
    expect(sealed?.notice.text).toBeUndefined();
  });

  test("[N2] a push that nobody collected within its day is gone", async () => {
    const { subscription, chat, a } = await away();
    await a.say(chat, "in a day this is old news");
    await service.next(subscription);
    const day = 24 * 60 * 60_000;
    expect(service.collect(subscription, Date.now() + day / 2)).toHaveLength(1);
    expect(service.collect(subscription, Date.now() + day)).toStrictEqual([]);
  });

  test("[N1] a mention gets through where the conversation is muted, and is marked", async () => {
    const { ada, ben, subscription, chat, a } = await away();
    const mute = { token: ben.accessToken, body: { until: Date.now() + 60 * 60_000 } };
    expect((await call(stack, `PUT /v1/conversations/${chat}/mute`, mute)).status).toBe(204);
    await a.say(chat, "quiet");
    await afterwards();
    expect(service.pushes(subscription)).toStrictEqual([]);
    await append(ada, chat, "message", { text: "Ben!", mentions: [ben.user.id] });
    const [push] = await service.next(subscription);
    expect(push?.notice).toMatchObject({ mention: true, unread: 2 });
  });

  test("[N1] is not told of edits, reactions and deletions", async () => {
    const { ada, ben, chat, a } = await away();
    const { id } = await a.say(chat, "teh");
    const subscription = service.subscribe();
    // Registered anew: what is on its way follows, what comes from here on counts.
    await setPush(stack, ben, subscription);
    await service.next(subscription);
    await append(ada, chat, "edit", { target: id, text: "the" });
    await append(ada, chat, "reaction", { target: id, emoji: "⛵" });
    await append(ada, chat, "delete", { target: id });
    await afterwards();
    expect(service.pushes(subscription)).toHaveLength(1);
  });
});

describe.concurrent("a device that needs no push", () => {
  test("[N1] because it acknowledged within three seconds", async () => {
    const { ben, subscription, chat, a } = await away();
    const b = await ChatSocket.connect(stack, ben);
    b.acknowledges = true;
    await a.say(chat, "you are here");
    await afterwards();
    expect(service.pushes(subscription)).toStrictEqual([]);
    b.cut();
    await b.whenClosed();
    await a.say(chat, "and now you are not");
    const [push] = await service.next(subscription);
    expect(push?.notice).toMatchObject({ seq: 2, unread: 2 });
  });

  test("[N1] because the user read it on another device within three seconds", async () => {
    const { ben, subscription, chat, a } = await away();
    const answer = await signIn(stack, ben.user.handle, PASSWORD);
    const laptop = await ChatSocket.connect(stack, Session.parse(answer.json()));
    const { seq } = await a.say(chat, "read it there");
    await laptop.next("entries", ({ to }) => to >= seq);
    laptop.send({ type: "received", conversation: chat, seq });
    laptop.send({ type: "read", conversation: chat, seq });
    await a.next("receipts", ({ receipts }) => receipts.some(({ read }) => read >= seq));
    await afterwards();
    expect(service.pushes(subscription)).toStrictEqual([]);
    // Held, but not read, on the laptop: the phone is told.
    laptop.acknowledges = true;
    const { seq: next } = await a.say(chat, "not read there");
    const [push] = await service.next(subscription);
    expect(push?.notice).toMatchObject({ seq: next, unread: 1, badge: 1 });
  });

  test("[N1] because its registration ended, or the device was signed out", async () => {
    const ended = await away();
    expect(await setPush(stack, ended.ben, null)).toBe(204);
    const signedOut = await away();
    const out = await call(stack, "DELETE /v1/sessions/current", { token: signedOut.ben.accessToken });
    expect(out.status).toBe(204);
    await ended.a.say(ended.chat, "nobody is told");
    await signedOut.a.say(signedOut.chat, "nobody is told");
    await afterwards();
    expect(service.pushes(ended.subscription)).toStrictEqual([]);
    expect(service.pushes(signedOut.subscription)).toStrictEqual([]);
  });

  test("[N1] because it is its own user's message", async () => {
    const { ada, ben, chat } = await away();
    const answer = await signIn(stack, ada.user.handle, PASSWORD);
    const phone = Session.parse(answer.json());
    const subscription = service.subscribe();
    await setPush(stack, phone, subscription);
    await append(ada, chat, "message", { text: "my own words" });
    await afterwards();
    expect(service.pushes(subscription)).toStrictEqual([]);
    await append(ben, chat, "message", { text: "an answer" });
    await service.next(subscription);
  });
});

describe.concurrent("a provider in trouble", () => {
  test("[N3] is asked again no sooner than it says, and with the time that is left", async () => {
    const { subscription, chat, a } = await away(stack, { plan: [{ status: 503, retryAfter: "2" }] });
    await a.say(chat, "patience");
    const [first, second] = await service.next(subscription, 2);
    expect([first?.status, second?.status]).toStrictEqual([503, 201]);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(2_000);
    expect(second?.ttl).toBeLessThan(first?.ttl ?? 0);
    expect(second?.topic).toBe(first?.topic);
  });

  test("[N3] is asked again later and later, and what came meanwhile is in the same push", async () => {
    const { subscription, chat, a } = await away(stack, { plan: [{ status: 500 }, { status: 429 }, { status: 502 }] });
    await a.say(chat, "one");
    await service.next(subscription);
    await a.say(chat, "two");
    const pushes = await service.next(subscription, 4);
    expect(pushes.map(({ status }) => status)).toStrictEqual([500, 429, 502, 201]);
    expect(pushes.at(-1)?.notice).toMatchObject({ seq: 2, unread: 2 });
    const gaps = pushes.slice(1).map(({ at }, index) => at - (pushes[index]?.at ?? 0));
    // A second, two, four; half of each by chance, so that only the last must be longer than the first for sure.
    expect(gaps[0]).toBeGreaterThanOrEqual(1_000);
    expect(gaps[2]).toBeGreaterThanOrEqual(2_000);
    await afterwards();
    expect(service.pushes(subscription)).toHaveLength(4);
  });

  test.each([404, 410])("[N3] that answers %i is forgotten", async (status) => {
    const { ben, subscription, chat, a } = await away(stack, { usual: { status } });
    await a.say(chat, "is anybody there?");
    await service.next(subscription);
    await afterwards();
    const state = await call(stack, "GET /v1/me/push", { token: ben.accessToken });
    expect(PushState.parse(state.json()).registered).toBeNull();
    await a.say(chat, "no");
    await afterwards();
    expect(service.pushes(subscription)).toHaveLength(1);
  });

  test("[N3] that refuses is not asked again for the same", async () => {
    const { subscription, chat, a } = await away(stack, { usual: { status: 403 } });
    await a.say(chat, "one");
    await service.next(subscription);
    await afterwards();
    expect(service.pushes(subscription)).toHaveLength(1);
    await a.say(chat, "two");
    await service.next(subscription, 2);
  });

  test("[N3] is given up in the end, which is counted and logged; the next message is pushed again", async () => {
    const impatient = await startStack({ vars: { ...VARS, PUSH_RETRY_SECONDS: "0" } });
    const state = await call(impatient, "GET /v1/me/push", { token: (await register(impatient)).accessToken });
    const failing = await PushService.start(PushState.parse(state.json()).publicKey);
    try {
      const { subscription, chat, a, ben } = await away(impatient, { usual: { status: 500 }, to: failing });
      await a.say(chat, "in vain");
      await failing.next(subscription, 9);
      const dead = (): boolean => impatient.log().includes('"event":"push_dead"');
      while (!dead()) await new Promise((resolve) => setTimeout(resolve, 50));
      const line =
        impatient
          .log()
          .split("\n")
          .find((text) => text.includes("push_dead")) ?? "";
      expect(JSON.parse(line)).toMatchObject({ kind: "webpush", user: ben.user.id, conversation: chat });
      expect((await call(impatient, "GET /metrics")).text).toMatch(
        /push_results_total\{kind="webpush",result="dead"\} 1/,
      );
      const before = failing.pushes(subscription).length;
      await a.say(chat, "once more");
      await failing.next(subscription, before + 1);
    } finally {
      await impatient.stop();
      await failing.stop();
    }
  });
});

describe("a provider that hangs", () => {
  test("[N3] delays no send and no delivery", async () => {
    const HANGING = 8;
    const ROUNDS = 40;
    const { ada, ben, chat, a } = await away(stack, { usual: "hang" });
    const hung: Subscription[] = [];
    for (let index = 0; index < HANGING; index++) {
      const device = Session.parse((await signIn(stack, ben.user.handle, PASSWORD)).json());
      const subscription = service.subscribe("hang");
      await setPush(stack, device, subscription);
      hung.push(subscription);
    }
    const laptop = Session.parse((await signIn(stack, ben.user.handle, PASSWORD)).json());
    const cem = await register(stack);
    const calm = await startDirect(stack, ada.accessToken, cem.user.id);
    const [b, c] = [await ChatSocket.connect(stack, laptop), await ChatSocket.connect(stack, cem)];
    for (const socket of [b, c]) socket.acknowledges = true;

    await a.say(chat, "starts the pushes that hang");
    await Promise.all(hung.map((subscription) => service.next(subscription)));
    const times: Record<"hung" | "calm", { sent: number; delivered: number }[]> = { hung: [], calm: [] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, conversation, socket] of [
        ["hung", chat, b],
        ["calm", calm, c],
      ] as const) {
        const started = performance.now();
        const { seq } = await a.say(conversation, `round ${round}`);
        const sent = performance.now() - started;
        await socket.next("entries", (frame) => frame.conversation === conversation && frame.to >= seq);
        times[name].push({ sent, delivered: performance.now() - started });
      }
    }
    // Each attempt hangs until it is given up, and the next one hangs like it.
    const answers = hung.flatMap((subscription) => service.pushes(subscription).map(({ status }) => status));
    expect(answers.every((status) => status === null)).toBe(true);
    for (const what of ["sent", "delivered"] as const) {
      const [slow, fast] = [median(times.hung.map((time) => time[what])), median(times.calm.map((time) => time[what]))];
      console.log(
        `${what}: median ${slow.toFixed(1)} ms with ${HANGING} hanging pushes, ${fast.toFixed(1)} ms without any`,
      );
      expect(slow / fast).toBeLessThan(3);
    }
  });
});

describe("whatever happens", () => {
  test("[N1] a push that waits survives a server that is killed", async () => {
    const { subscription, chat, a } = await away();
    await a.say(chat, "durable, and so is its push");
    await stack.kill("SIGKILL");
    expect(service.pushes(subscription)).toStrictEqual([]);
    await stack.restart();
    const [push] = await service.next(subscription);
    expect(push?.notice).toMatchObject({ conversation: chat, seq: 1, unread: 1 });
  });

  test.each([
    [{ endpoint: "ftp://127.0.0.1/push" }, "endpoint"],
    [{ endpoint: "http://push.example.org/x" }, "endpoint"],
    [{ endpoint: "https://10.0.0.1/x" }, "endpoint"],
    [{ endpoint: "https://169.254.169.254/latest/meta-data" }, "endpoint"],
    [{ endpoint: "https://user:secret@push.example.org/x" }, "endpoint"],
    [{ endpoint: "https://intranet/x" }, "endpoint"],
    [{ keys: { p256dh: "A".repeat(87), auth: "A".repeat(22) } }, "keys.p256dh"],
    [{ keys: { p256dh: `B${"A".repeat(86)}`, auth: "A".repeat(22) } }, "keys.p256dh"],
    [{ kind: "carrier-pigeon" }, "kind"],
    [{ kind: "webhook", token: "somebody@example.org" }, "kind"],
    [{ kind: "fcm", token: "" }, "token"],
  ])("[H2] %j is refused when it is registered", async (patch, path) => {
    const ada = await register(stack);
    const body = { ...service.subscribe(), ...patch };
    const answer = await call(stack, "PUT /v1/me/push", { token: ada.accessToken, body });
    expect(problemIn(answer)).toMatchObject({ status: 422, code: "invalid_request", errors: [{ path }] });
  });
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

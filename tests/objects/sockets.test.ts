import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accessTokens } from "../../protocol/access-token.ts";
import { Close, codeOf, MAX_FRAME_BYTES, type UserId } from "../../protocol/index.ts";
import { person, type TestDevice, type TestSocket } from "./support/people.ts";

async function one(): Promise<{ device: TestDevice; socket: TestSocket }> {
  const device = await person("ada").device();
  return { device, socket: await device.connect() };
}

/** Makes the object believe that a socket is older than it is, and runs what is due. */
async function age(device: TestDevice, patch: { openedAt?: number; expiresAt?: number }): Promise<void> {
  const stub = env.USER.getByName(device.owner.id);
  await runInDurableObject(stub, (instance, state) => {
    for (const socket of state.getWebSockets()) {
      socket.serializeAttachment({ ...(socket.deserializeAttachment() as object), ...patch });
    }
    // A new instance reads its sockets back from their attachments, as after hibernation.
    (instance as unknown as { forgetMemory(): void }).forgetMemory();
  });
  await runDurableObjectAlarm(stub);
}

describe("the socket", () => {
  it("[W2] what is no frame gets malformed_frame and changes nothing; ten in a row close with 4400", async () => {
    const { socket } = await one();
    const broken: (string | ArrayBuffer)[] = [
      "not json",
      "[]",
      "null",
      "42",
      '{"type":"dance"}',
      '{"type":"received","conversation":"x"}',
      '{"type":"send","conversation":"x","id":"y","kind":"dance","body":{}}',
      new ArrayBuffer(4),
      `{"type":"typing","conversation":"${"x".repeat(MAX_FRAME_BYTES)}","active":true}`,
    ];
    for (const message of broken) socket.raw.send(message);
    await socket.next("error", () => errors(socket) === broken.length);
    expect(socket.frames.filter(({ type }) => type === "error")).toEqual(
      broken.map(() => expect.objectContaining({ code: "malformed_frame" })),
    );
    // A good frame in between starts the count again.
    socket.send({ type: "watch", users: [] });
    for (let index = 0; index < 9; index++) socket.raw.send("{");
    await socket.next("error", () => errors(socket) === broken.length + 9);
    expect(socket.closed).toBeUndefined();
    socket.raw.send("{");
    expect(await socket.whenClosed()).toMatchObject({ code: Close.protocolViolation });
  });

  it("[W2] no sequence of arbitrary frames breaks the object", async () => {
    const alphabet = fc.oneof(
      fc.json(),
      fc
        .record(
          {
            type: fc.constantFrom("hello", "send", "received", "read", "pull", "typing", "watch", "unwatch", "auth"),
            conversation: fc.oneof(fc.string(), fc.constant("d_x"), fc.integer()),
            id: fc.string(),
            seq: fc.double(),
            kind: fc.constantFrom("message", "edit", "sealed", "nothing"),
            body: fc.jsonValue(),
            users: fc.jsonValue(),
            since: fc.jsonValue(),
            ref: fc.string(),
            token: fc.string(),
          },
          { requiredKeys: ["type"] },
        )
        .map((frame) => JSON.stringify(frame)),
    );
    const device = await person("fuzz").device();
    await fc.assert(
      fc.asyncProperty(fc.array(alphabet, { minLength: 1, maxLength: 9 }), async (messages) => {
        const socket = await device.connect();
        for (const message of messages) socket.raw.send(message);
        socket.send({ type: "pull", ref: "alive?", conversation: "d_none" });
        expect(await socket.next("error", ({ ref }) => ref === "alive?")).toMatchObject({ code: "not_found" });
        for (const frame of socket.frames) {
          if (frame.type === "error") expect(frame.code).not.toBe("internal");
        }
        await socket.close();
      }),
      { numRuns: 40 },
    );
  });

  it("[W2] the first frame is a hello, and there is one", async () => {
    const device = await person("ada").device();
    const socket = await device.open();
    socket.send({ type: "received", conversation: "d_x", seq: 1 });
    expect(await socket.next("error")).toMatchObject({ code: "malformed_frame" });
    await socket.hello();
    socket.frames.length = 0;
    socket.send({ type: "hello", since: null });
    expect(await socket.next("error")).toMatchObject({ code: "malformed_frame" });
  });

  it("[W4] a newer socket of the same device replaces the older one with 4409", async () => {
    const { device, socket } = await one();
    const newer = await device.connect();
    expect(await socket.whenClosed()).toMatchObject({ code: Close.replaced });
    newer.send({ type: "pull", ref: "x", conversation: "d_none" });
    await newer.next("error");
  });

  it("[W4] no hello within ten seconds closes with 4408", async () => {
    const device = await person("ada").device();
    const socket = await device.open();
    await age(device, { openedAt: Date.now() - 10_001 });
    expect(await socket.whenClosed()).toMatchObject({ code: Close.noHello });
  });

  it("[W5] a socket outlives its token by a minute, unless a fresh one is sent", async () => {
    const { device, socket } = await one();
    await age(device, { expiresAt: Date.now() - 30_000 });
    socket.send({ type: "pull", ref: "still here", conversation: "d_none" });
    await socket.next("error", ({ ref }) => ref === "still here");
    const tokens = accessTokens(env.SIGNING_KEYS);
    const foreign = await tokens.sign("u_other" as UserId, device.id, Date.now());
    socket.send({ type: "auth", token: foreign.accessToken });
    expect(await socket.next("error", ({ code }) => code === "invalid_token")).toBeDefined();
    const fresh = await tokens.sign(device.owner.id, device.id, Date.now());
    socket.send({ type: "auth", token: fresh.accessToken });
    socket.send({ type: "pull", ref: "renewed", conversation: "d_none" });
    await socket.next("error", ({ ref }) => ref === "renewed");
    await runDurableObjectAlarm(env.USER.getByName(device.owner.id));
    expect(socket.closed).toBeUndefined();
    await age(device, { expiresAt: Date.now() - 60_001 });
    expect(await socket.whenClosed()).toMatchObject({ code: Close.tokenExpired });
  });

  it("[A5] [W4] a revoked device is cut with 4403 and refused from then on", async () => {
    const { device, socket } = await one();
    await device.owner.object.revokeDevice(device.id);
    expect(await socket.whenClosed()).toMatchObject({ code: Close.deviceRevoked });
    const refused = await device.owner.object.authorize(device.id).catch(codeOf);
    expect(refused).toBe("device_revoked");
    expect(await device.owner.object.refresh(device.refreshToken).catch(codeOf)).toBe("device_revoked");
    await expect(device.open()).rejects.toThrow("401");
  });

  it("[A3] refresh tokens rotate; the one before works once more while the new one is unused; older ones end the device", async () => {
    const { device } = await one();
    const user = device.owner.object;
    const first = device.refreshToken;
    const second = (await user.refresh(first)).refreshToken;
    const third = (await user.refresh(first)).refreshToken; // the reply with `second` was lost
    expect(await user.refresh(`${first}x`).catch(codeOf)).toBe("token_reused");
    expect(await user.refresh(third).catch(codeOf)).toBe("device_revoked");
    expect(second).not.toBe(third);
  });

  it("[A3] a forged token does not end the device; a replayed one does", async () => {
    const device = await person("ada").device();
    const user = device.owner.object;
    const [id, dev, family, secret] = device.refreshToken.split(".") as [string, string, string, string];
    expect(await user.refresh(`${id}.${dev}.${"A".repeat(family.length)}.${secret}`).catch(codeOf)).toBe(
      "invalid_token",
    );
    const second = (await user.refresh(device.refreshToken)).refreshToken;
    const third = (await user.refresh(second)).refreshToken;
    expect(await user.refresh(device.refreshToken).catch(codeOf)).toBe("token_reused");
    expect(await user.refresh(third).catch(codeOf)).toBe("device_revoked");
  });

  it("[S6] past the limit a send is rate_limited, nothing is appended, and the socket stays", async () => {
    const ada = person("ada");
    const device = await ada.device();
    const conversation = await ada.directWith(ada);
    const socket = await device.connect();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 150 }, (_, index) => socket.say(conversation, `n${index}`)),
    );
    const refused = outcomes.filter(({ status }) => status === "rejected");
    expect(refused.length).toBeGreaterThan(0);
    for (const outcome of refused) {
      if (outcome.status === "rejected")
        expect(outcome.reason).toMatchObject({ code: "rate_limited", retryAfterMs: expect.any(Number) });
    }
    const page = JSON.parse(await ada.object.entries(conversation, { limit: 200 })) as { entries: unknown[] };
    expect(page.entries).toHaveLength(150 - refused.length);
    expect(socket.closed).toBeUndefined();
  });

  it("[W4] a flood of frames closes with 4429", async () => {
    const { socket } = await one();
    // Far faster than frames are allowed to come, on the slowest machine: nothing is cheaper to take in.
    for (let index = 0; index < 4_000; index++) socket.send({ type: "unwatch", users: [] });
    expect(await socket.whenClosed()).toMatchObject({ code: Close.flooding });
  });
});

function errors(socket: TestSocket): number {
  return socket.frames.filter(({ type }) => type === "error").length;
}

import { createHmac, generateKeyPairSync, verify, type KeyObject } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { PushOrder } from "../../../durable-objects/rpc/push.ts";
import type { PushTarget } from "../../../protocol/index.ts";
import { apns } from "../../../worker/push/apns.ts";
import { fcm } from "../../../worker/push/fcm.ts";
import { answerOf, retryAfterMs, type Provider } from "../../../worker/push/provider.ts";
import { webhook } from "../../../worker/push/webhook.ts";

const NOW = 1_790_000_000_000;
const signal = new AbortController().signal;

/** What went out, and what is answered: these services do not run on this machine. */
class Wire {
  readonly requests: { readonly url: string; readonly headers: Headers; readonly body: string }[] = [];
  readonly answers: Response[] = [];
  now = NOW;
  readonly clock = (): number => this.now;
  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    expect(init).toMatchObject({ method: "POST", redirect: "manual", signal });
    const body = await new Response(init.body ?? null).text();
    this.requests.push({ url, headers: new Headers(init.headers), body });
    return this.answers.shift() ?? new Response("{}");
  };
}

function order(target: PushTarget, more: Partial<PushOrder["notice"]> = {}): PushOrder {
  const notice = { v: 1, conversation: "d_x", seq: 7, unread: 2, badge: 5, ...more } as PushOrder["notice"];
  return { target, notice, ttl: 3_600, topic: "topic" };
}

const pem = (type: "rsa" | "ec") =>
  type === "rsa"
    ? generateKeyPairSync("rsa", { modulusLength: 2048 })
    : generateKeyPairSync("ec", { namedCurve: "P-256" });

function claimsOf(token: string, publicKey: KeyObject): Record<string, unknown> {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const key =
    publicKey.asymmetricKeyType === "ec" ? ({ key: publicKey, dsaEncoding: "ieee-p1363" } as const) : publicKey;
  expect(verify("sha256", Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url"))).toBe(true);
  const json = (text: string) => JSON.parse(Buffer.from(text, "base64url").toString()) as Record<string, unknown>;
  return { ...json(header), ...json(payload) };
}

describe("answers of providers", () => {
  test.each([
    [200, { result: "accepted" }],
    [201, { result: "accepted" }],
    [404, { result: "gone" }],
    [410, { result: "gone" }],
    [429, { result: "retry", afterMs: 7_000 }],
    [408, { result: "retry", afterMs: 7_000 }],
    [500, { result: "retry", afterMs: 7_000 }],
    [503, { result: "retry", afterMs: 7_000 }],
    [301, { result: "refused", status: 301 }],
    [400, { result: "refused", status: 400 }],
    [401, { result: "refused", status: 401 }],
    [413, { result: "refused", status: 413 }],
  ])("[N3] %i", (status, expected) => {
    const response = new Response(null, { status, headers: { "Retry-After": "7" } });
    expect(answerOf(response, NOW)).toStrictEqual(expected);
  });

  test.each([
    [null, undefined],
    ["0", 0],
    ["120", 120_000],
    [new Date(NOW + 90_000).toUTCString(), 90_000],
    [new Date(NOW - 90_000).toUTCString(), 0],
    ["999999999", 12 * 60 * 60_000],
    ["soon", undefined],
  ])("[N3] Retry-After %j", (text, expected) => expect(retryAfterMs(text, NOW)).toBe(expected));
});

describe("FCM", () => {
  const { privateKey, publicKey } = pem("rsa");
  const account = {
    project_id: "harbour",
    client_email: "push@harbour.example",
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
  const target: PushTarget = { kind: "fcm", token: "device-token" };
  const access = (token: string) => Response.json({ access_token: token, expires_in: 3_599 });

  test("[N2] gets a data message that collapses and expires, under an access token that is fetched once", async () => {
    const wire = new Wire();
    const send = fcm(account, wire);
    wire.answers.push(access("first"));
    expect(await Promise.all([send(order(target), signal), send(order(target), signal)])).toStrictEqual([
      { result: "accepted" },
      { result: "accepted" },
    ]);
    const [exchange, message, ...rest] = wire.requests;
    expect(rest).toHaveLength(1);
    const form = new URLSearchParams(exchange?.body);
    expect(exchange?.url).toBe("https://oauth2.googleapis.com/token");
    expect(claimsOf(form.get("assertion") ?? "", publicKey)).toMatchObject({
      alg: "RS256",
      iss: account.client_email,
      aud: "https://oauth2.googleapis.com/token",
      scope: "https://www.googleapis.com/auth/firebase.messaging",
      iat: NOW / 1000,
      exp: NOW / 1000 + 3_600,
    });
    expect(message?.url).toBe("https://fcm.googleapis.com/v1/projects/harbour/messages:send");
    expect(message?.headers.get("Authorization")).toBe("Bearer first");
    expect(JSON.parse(message?.body ?? "")).toStrictEqual({
      message: {
        token: "device-token",
        data: { meridian: JSON.stringify(order(target).notice) },
        android: { priority: "high", ttl: "3600s", collapse_key: "topic" },
      },
    });
  });

  test("[N3] an access token is renewed before it ends, and at once where Google has had enough of it", async () => {
    const wire = new Wire();
    const send = fcm(account, wire);
    wire.answers.push(access("first"), Response.json({}));
    await send(order(target), signal);
    wire.now += 56 * 60_000;
    wire.answers.push(access("second"), new Response("{}", { status: 401 }));
    expect(await send(order(target), signal)).toStrictEqual({ result: "retry", afterMs: undefined });
    wire.answers.push(access("third"));
    await send(order(target), signal);
    const used = wire.requests.map(({ headers }) => headers.get("Authorization")).filter((text) => text !== null);
    expect(used).toStrictEqual(["Bearer first", "Bearer second", "Bearer third"]);
  });

  test.each([
    [404, `{"error":{"details":[{"errorCode":"UNREGISTERED"}]}}`, { result: "gone" }],
    [404, `{"error":{"status":"NOT_FOUND"}}`, { result: "refused", status: 404 }],
    [400, `{"error":{"message":"The registration token is not a valid FCM registration token"}}`, { result: "gone" }],
    [400, `{"error":{"message":"Invalid JSON payload"}}`, { result: "refused", status: 400 }],
    [503, "", { result: "retry", afterMs: undefined }],
  ])("[N3] %i %s", async (status, body, expected) => {
    const wire = new Wire();
    wire.answers.push(access("token"), new Response(body, { status }));
    expect(await fcm(account, wire)(order(target), signal)).toStrictEqual(expected);
  });

  test("[N3] where Google gives no access token, the next attempt asks again", async () => {
    const wire = new Wire();
    const send = fcm(account, wire);
    wire.answers.push(new Response("{}", { status: 500 }));
    await expect(send(order(target), signal)).rejects.toThrow("no access token");
    wire.answers.push(access("token"));
    expect(await send(order(target), signal)).toStrictEqual({ result: "accepted" });
  });
});

describe("APNs", () => {
  const { privateKey, publicKey } = pem("ec");
  const key = {
    keyId: "KEY1234567",
    teamId: "TEAM123456",
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    topic: "chat.meridian.app",
  };
  const target: PushTarget = { kind: "apns", token: "00ff/../x" };

  test("[N2] gets an alert without text, with badge, topic and expiry, and a token that is used for 40 minutes", async () => {
    const wire = new Wire();
    const send = apns(key, wire);
    await send(order(target), signal);
    wire.now += 39 * 60_000;
    await send(order(target), signal);
    wire.now += 2 * 60_000;
    await send(order(target), signal);
    const [first, second, third] = wire.requests;
    expect(first?.url).toBe("https://api.push.apple.com/3/device/00ff%2F..%2Fx");
    expect(Object.fromEntries(first?.headers ?? [])).toMatchObject({
      "apns-topic": key.topic,
      "apns-push-type": "alert",
      "apns-priority": "10",
      "apns-expiration": String(NOW / 1000 + 3_600),
      "apns-collapse-id": "topic",
    });
    const authorization = first?.headers.get("Authorization") ?? "";
    expect(claimsOf(authorization.replace("bearer ", ""), publicKey)).toMatchObject({
      alg: "ES256",
      kid: key.keyId,
      iss: key.teamId,
      iat: NOW / 1000,
    });
    expect(second?.headers.get("Authorization")).toBe(authorization);
    expect(third?.headers.get("Authorization")).not.toBe(authorization);
    expect(JSON.parse(first?.body ?? "")).toMatchObject({
      aps: { alert: { "loc-key": "meridian.message" }, badge: 5, "thread-id": "topic", "mutable-content": 1 },
      meridian: { conversation: "d_x", seq: 7 },
    });
  });

  test("[N2] shows the text of those who asked for it", async () => {
    const wire = new Wire();
    await apns({ ...key, sandbox: true }, wire)(order(target, { text: "at noon", title: "Ada" }), signal);
    expect(wire.requests[0]?.url).toMatch(/^https:\/\/api\.sandbox\.push\.apple\.com\//);
    expect(JSON.parse(wire.requests[0]?.body ?? "")).toMatchObject({
      aps: { alert: { title: "Ada", body: "at noon" } },
    });
  });

  test.each([
    [410, `{"reason":"Unregistered"}`, { result: "gone" }],
    [400, `{"reason":"BadDeviceToken"}`, { result: "gone" }],
    [400, `{"reason":"BadExpirationDate"}`, { result: "refused", status: 400 }],
    [403, `{"reason":"ExpiredProviderToken"}`, { result: "retry", afterMs: undefined }],
    [403, `{"reason":"InvalidProviderToken"}`, { result: "refused", status: 403 }],
    [404, `{"reason":"BadPath"}`, { result: "refused", status: 404 }],
    [429, `{"reason":"TooManyRequests"}`, { result: "retry", afterMs: undefined }],
  ])("[N3] %i %s", async (status, body, expected) => {
    const wire = new Wire();
    wire.answers.push(new Response(body, { status }));
    expect(await apns(key, wire)(order(target), signal)).toStrictEqual(expected);
  });
});

describe("the operator's gateway", () => {
  const secret = Buffer.alloc(32, 7);
  const key = { url: "https://gateway.example.org/push", key: `whsec_${secret.toString("base64")}` };
  const target: PushTarget = { kind: "webhook", token: "checked-address-1" };

  test("[N2] can check with the shared key that it was us, and drop what it has seen", async () => {
    const wire = new Wire();
    const send = webhook(key, wire);
    await send(order(target), signal);
    wire.now += 60_000;
    await send(order(target), signal);
    const [first, second] = wire.requests;
    const id = first?.headers.get("webhook-id");
    const stamp = first?.headers.get("webhook-timestamp");
    const expected = createHmac("sha256", secret).update(`${id}.${stamp}.${first?.body}`).digest("base64");
    expect(stamp).toBe(String(NOW / 1000));
    expect(first?.headers.get("webhook-signature")).toBe(`v1,${expected}`);
    expect(second?.headers.get("webhook-id")).toBe(id);
    expect(second?.headers.get("webhook-signature")).not.toBe(`v1,${expected}`);
    expect(JSON.parse(first?.body ?? "")).toMatchObject({
      type: "message.pushed",
      address: "checked-address-1",
      ttl: 3_600,
    });
  });

  test.each([
    [204, { result: "accepted" }],
    [404, { result: "retry", afterMs: undefined }],
    [410, { result: "gone" }],
  ])("[N3] %i", async (status, expected) => {
    const wire = new Wire();
    wire.answers.push(new Response(null, { status }));
    expect(await webhook(key, wire)(order(target), signal)).toStrictEqual(expected);
  });
});

test("a provider takes only what is its own", async () => {
  const wire = new Wire();
  const { privateKey } = pem("ec");
  const text = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const providers: Provider[] = [
    fcm({ project_id: "p", client_email: "e", private_key: text }, wire),
    apns({ keyId: "k", teamId: "t", privateKey: text, topic: "a" }, wire),
    webhook({ url: "https://gateway.example.org", key: "whsec_AAAA" }, wire),
  ];
  const foreign = order({ kind: "webpush", endpoint: "https://push.example.org/x", keys: { p256dh: "x", auth: "y" } });
  for (const send of providers) expect(await send(foreign, signal)).toStrictEqual({ result: "refused", status: 0 });
  expect(wire.requests).toStrictEqual([]);
});

/**
 * A push service on this machine, as strict as the real ones: takes what RFC 8030 asks for and nothing else, checks who
 * sent it (VAPID, RFC 8292), decrypts it as the browser would (RFC 8291), and answers as it is told to.
 */
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify, type ECDH } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { PushNotice } from "../../../protocol/index.ts";

/** A push that was addressed to a subscription, in the order of arrival. */
export interface ReceivedPush {
  readonly notice: PushNotice;
  /** Plain text of the payload. */
  readonly text: string;
  readonly ttl: number;
  readonly urgency: string | undefined;
  readonly topic: string | undefined;
  /** When it came, in ms. */
  readonly at: number;
  /** What it was answered; null where it hangs. */
  readonly status: number | null;
}

/** How a request is answered. `hang`: never. */
export type Answer = "hang" | { readonly status: number; readonly retryAfter?: string };

interface Subscriber {
  readonly keys: ECDH;
  readonly auth: Buffer;
  readonly pushes: ReceivedPush[];
  readonly plan: Answer[];
  usual: Answer;
}

/** What a browser registers. */
export interface Subscription {
  readonly kind: "webpush";
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

const CREATED = { status: 201 } as const;
const MAX_BODY_BYTES = 4_096;
const DAY_S = 24 * 60 * 60;

export class PushService {
  /** What was wrong with requests that a real service would have refused. */
  readonly complaints: string[] = [];
  readonly #server: Server;
  readonly #key: string;
  readonly #subscribers = new Map<string, Subscriber>();
  #origin = "";
  #wake: (() => void)[] = [];

  /** @param key the application server's public key: nobody else may push */
  private constructor(key: string) {
    this.#key = key;
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  static async start(key: string): Promise<PushService> {
    const service = new PushService(key);
    service.#server.listen(0, "127.0.0.1");
    await once(service.#server, "listening");
    service.#origin = `http://127.0.0.1:${(service.#server.address() as AddressInfo).port}`;
    return service;
  }

  /** A browser subscribes. @param usual how its pushes are answered, once `plan` is used up */
  subscribe(usual: Answer = CREATED, plan: readonly Answer[] = []): Subscription {
    const id = randomBytes(12).toString("base64url");
    const keys = createECDH("prime256v1");
    const p256dh = keys.generateKeys("base64url");
    const auth = randomBytes(16);
    this.#subscribers.set(id, { keys, auth, pushes: [], plan: [...plan], usual });
    return {
      kind: "webpush",
      endpoint: `${this.#origin}/push/${id}`,
      keys: { p256dh, auth: auth.toString("base64url") },
    };
  }

  /** Everything that came for a subscription so far. */
  pushes(subscription: Subscription): readonly ReceivedPush[] {
    return this.#subscriberOf(subscription.endpoint).pushes;
  }

  /** Waits until so many came. */
  async next(subscription: Subscription, count = 1, timeoutMs = 30_000): Promise<readonly ReceivedPush[]> {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const pushes = this.pushes(subscription);
      if (pushes.length >= count) return pushes;
      if (Date.now() > until) {
        throw new Error(`${pushes.length} pushes instead of ${count}; complaints: ${this.complaints.join("; ")}`);
      }
      await this.#change(until - Date.now());
    }
  }

  /** What the browser gets that comes online then: of each topic the newest, and nothing that is too old [N2]. */
  collect(subscription: Subscription, at: number): readonly ReceivedPush[] {
    const kept = new Map<string, ReceivedPush>();
    for (const [index, push] of this.pushes(subscription).entries()) {
      if (push.status !== null && push.status < 300) kept.set(push.topic ?? String(index), push);
    }
    return [...kept.values()].filter((push) => push.at + push.ttl * 1000 > at);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    try {
      const subscriber = this.#subscriberOf(this.#origin + (request.url ?? ""));
      this.#check(request);
      const answer = subscriber.plan.shift() ?? subscriber.usual;
      const text = decrypt(Buffer.concat(chunks), subscriber).toString("utf8");
      const header = (name: string): string | undefined => request.headers[name]?.toString();
      subscriber.pushes.push({
        text,
        notice: PushNotice.parse(JSON.parse(text)),
        ttl: Number(header("ttl")),
        urgency: header("urgency"),
        topic: header("topic"),
        at: Date.now(),
        status: answer === "hang" ? null : answer.status,
      });
      if (answer !== "hang") {
        response.writeHead(answer.status, answer.retryAfter === undefined ? {} : { "Retry-After": answer.retryAfter });
        response.end();
      }
    } catch (error) {
      this.complaints.push(String(error));
      response.writeHead(400).end();
    }
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** What a push service refuses. */
  #check(request: IncomingMessage): void {
    const { headers } = request;
    const must = (holds: boolean, what: string): void => {
      if (!holds) throw new Error(what);
    };
    must(request.method === "POST", `method ${request.method}`);
    must(/^\d+$/.test(headers["ttl"]?.toString() ?? ""), `TTL ${String(headers["ttl"])}`);
    must(/^[A-Za-z0-9_-]{1,32}$/.test(headers["topic"]?.toString() ?? ""), `Topic ${String(headers["topic"])}`);
    must(["very-low", "low", "normal", "high"].includes(headers["urgency"]?.toString() ?? ""), "Urgency");
    must(headers["content-encoding"] === "aes128gcm", `Content-Encoding ${headers["content-encoding"]}`);
    const authorization = /^vapid t=([^,]+), ?k=(.+)$/.exec(headers["authorization"] ?? "");
    must(authorization !== null, "Authorization");
    const [, token = "", key = ""] = authorization ?? [];
    must(key === this.#key, "the key is not the one that was subscribed with");
    const claims = verifyJwt(token, key);
    const now = Date.now() / 1000;
    must(claims["aud"] === this.#origin, `aud ${String(claims["aud"])}`);
    must(Number(claims["exp"]) > now && Number(claims["exp"]) <= now + DAY_S, `exp ${String(claims["exp"])}`);
    must(/^(mailto:|https:)/.test(String(claims["sub"])), `sub ${String(claims["sub"])}`);
  }

  #subscriberOf(endpoint: string): Subscriber {
    const subscriber = this.#subscribers.get(endpoint.slice(`${this.#origin}/push/`.length));
    if (subscriber === undefined) throw new Error(`nobody subscribed at ${endpoint}`);
    return subscriber;
  }

  #change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, ms));
      this.#wake.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** Checks an ES256 signature by hand: the code under test signs with a library. */
function verifyJwt(token: string, key: string): Record<string, unknown> {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const point = Buffer.from(key, "base64url");
  const [x, y] = [point.subarray(1, 33).toString("base64url"), point.subarray(33, 65).toString("base64url")];
  const publicKey = createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
  const json = (text: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(text, "base64url").toString()) as Record<string, unknown>;
  if (json(header)["alg"] !== "ES256") throw new Error("alg");
  const signed = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;
  if (!verify("sha256", Buffer.from(`${header}.${payload}`), signed, Buffer.from(signature, "base64url"))) {
    throw new Error("the token's signature is wrong");
  }
  return json(payload);
}

/** RFC 8188 with the keys of RFC 8291, for a message of one record. */
function decrypt(body: Buffer, { keys, auth }: Subscriber): Buffer {
  if (body.byteLength > MAX_BODY_BYTES) throw new Error(`${body.byteLength} bytes are too many`);
  const salt = body.subarray(0, 16);
  const sender = body.subarray(21, 21 + body.readUInt8(20));
  const record = body.subarray(21 + sender.byteLength);
  const keyInfo = Buffer.concat([Buffer.from("WebPush: info\0"), keys.getPublicKey(), sender]);
  const secret = Buffer.from(hkdfSync("sha256", keys.computeSecret(sender), auth, keyInfo, 32));
  const derive = (info: string, length: number): Buffer => Buffer.from(hkdfSync("sha256", secret, salt, info, length));
  const decipher = createDecipheriv(
    "aes-128-gcm",
    derive("Content-Encoding: aes128gcm\0", 16),
    derive("Content-Encoding: nonce\0", 12),
  );
  decipher.setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  const end = padded.lastIndexOf(2);
  if (end < 0 || padded.subarray(end + 1).some((byte) => byte !== 0)) throw new Error("the padding is wrong");
  return padded.subarray(0, end);
}

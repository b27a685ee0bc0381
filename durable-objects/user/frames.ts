/**
 * What comes in on a socket: parsed, checked and handed on. Ordering-critical work happens before the first await, for
 * handlers of one socket interleave at awaits.
 */
import {
  ClientFrame,
  Close,
  codeOf,
  MAX_FRAME_BYTES,
  MeridianError,
  isPlain,
  parseContent,
  plainFrame,
  type ErrorFrame,
  type HelloFrame,
} from "../../protocol/index.ts";
import type { AccessTokens } from "../../protocol/access-token.ts";
import { metrics } from "../shared/metrics.ts";
import { TokenBucket } from "../shared/token-bucket.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
import { SLOW_BYTES, type Connection } from "./connection.ts";
import type { Core } from "./core.ts";
import type { Deliveries } from "./delivery.ts";
import type { Hello } from "./hello.ts";
import type { Presence } from "./presence.ts";
import type { Sending } from "./sending.ts";
import type { Watching } from "./watching.ts";

/** Frames of any kind per allowed send: past that a socket floods [W4]. */
const FRAMES_PER_SEND = 20;
/** Pages that a socket is read at once; each may have half a megabyte. */
const MAX_PULLS = 32;

export interface FramePorts {
  readonly core: Core;
  readonly hello: Hello;
  readonly sending: Sending;
  readonly deliveries: Deliveries;
  readonly acknowledgements: Acknowledgements;
  readonly presence: Presence;
  readonly watching: Watching;
  readonly tokens: AccessTokens;
  readonly drop: (connection: Connection, code: number, reason: string) => void;
}

export class Frames {
  readonly #ports: FramePorts;
  readonly #buckets = new WeakMap<Connection, TokenBucket>();
  /** Pages that are being read, by socket. */
  readonly #pulls = new WeakMap<Connection, number>();

  constructor(ports: FramePorts) {
    this.#ports = ports;
  }

  async take(connection: Connection, message: string | ArrayBuffer): Promise<void> {
    if (this.#floods(connection)) return;
    const frame = parse(message);
    if (typeof frame === "string") {
      this.#malformed(connection, frame, refOf(message));
      return;
    }
    const misplaced = misplacedBeforeHello(connection, frame);
    if (misplaced !== undefined) {
      this.#malformed(connection, misplaced, refOf(message));
      return;
    }
    await this.#dispatch(connection, frame);
  }

  async #dispatch(connection: Connection, frame: ClientFrame): Promise<void> {
    const { deliveries, acknowledgements, watching, core } = this.#ports;
    if (frame.type !== "send") connection.wellFormed();
    switch (frame.type) {
      case "hello":
        return this.#hello(connection, frame);
      case "send":
        return this.#send(connection, frame);
      case "received":
        return deliveries.received(connection, frame.conversation, frame.seq);
      case "read":
        return acknowledgements.read(frame.conversation, connection.device, frame.seq);
      case "pull":
        return this.#pull(connection, frame);
      case "typing": {
        const user = core.id;
        if (this.#ports.sending.busy) {
          metrics.count("shed", { what: "typing" });
          return;
        }
        // Best effort [P3]: not even an unknown conversation is worth an answer.
        core.ask(frame.conversation, (stub) => stub.typing(user, frame.active)).catch(() => undefined);
        return;
      }
      case "watch":
        return watching.watch(connection, frame.users);
      case "unwatch":
        return watching.unwatch(connection, frame.users);
      case "auth":
        return this.#auth(connection, frame.token);
    }
  }

  async #hello(connection: Connection, frame: HelloFrame): Promise<void> {
    connection.greeting = true;
    try {
      await this.#ports.hello.answer(connection, frame);
      this.#ports.presence.changed();
    } catch (error) {
      // Without an answer the client would wait for ever: it is told, and may say hello again.
      connection.send(errorFrame(error));
    } finally {
      connection.greeting = false;
    }
  }

  async #send(connection: Connection, frame: Extract<ClientFrame, { type: "send" }>): Promise<void> {
    const { sending } = this.#ports;
    try {
      const { kind, body } = frame;
      const content = kind === "message" && isPlain(body) ? { kind, body } : parseContent(kind, body);
      connection.wellFormed();
      const result = await sending.send(connection.device, frame.conversation, { id: frame.id, ...content });
      connection.send({ type: "sent", ...result });
    } catch (error) {
      if (codeOf(error) === "invalid_request") {
        const [first] = (error as MeridianError).violations ?? [];
        const where = first === undefined ? "" : ` ${first.path}: ${first.message}.`;
        this.#malformed(connection, `${(error as Error).message}${where}`, frame.id);
        return;
      }
      connection.send(errorFrame(error, frame.id));
    }
  }

  async #pull(connection: Connection, frame: Extract<ClientFrame, { type: "pull" }>): Promise<void> {
    const { core } = this.#ports;
    const user = core.id;
    const { ref, conversation, after, before, limit = 50 } = frame;
    const underWay = this.#pulls.get(connection) ?? 0;
    if (underWay >= MAX_PULLS || connection.socket.bufferedAmount > SLOW_BYTES) {
      const busy = new MeridianError("rate_limited", "Too many pages are asked for at once.", { retryAfterMs: 500 });
      connection.send(errorFrame(busy, ref));
      return;
    }
    this.#pulls.set(connection, underWay + 1);
    try {
      const { json } = await core.ask(conversation, (stub) => stub.page(user, { after, before, limit }));
      connection.send(
        `{"type":"page","ref":${JSON.stringify(ref)},"conversation":${JSON.stringify(conversation)},${json.slice(1)}`,
      );
    } catch (error) {
      connection.send(errorFrame(error, ref));
    } finally {
      this.#pulls.set(connection, (this.#pulls.get(connection) ?? 1) - 1);
    }
  }

  /** [W5] */
  async #auth(connection: Connection, token: string): Promise<void> {
    try {
      const caller = await this.#ports.tokens.verify(token);
      if (caller.user !== this.#ports.core.id || caller.device !== connection.device) {
        throw new MeridianError("invalid_token", "The token is not this device's.");
      }
      connection.expiresAt = Math.max(connection.expiresAt, caller.expiresAt);
      connection.changed();
    } catch (error) {
      connection.send(errorFrame(error));
    }
  }

  #malformed(connection: Connection, message: string, ref: string | undefined): void {
    connection.send(errorFrame(new MeridianError("malformed_frame", message), ref));
    if (connection.malformed()) {
      this.#ports.drop(connection, Close.protocolViolation, "too many malformed frames in a row");
    }
  }

  #floods(connection: Connection): boolean {
    let bucket = this.#buckets.get(connection);
    if (bucket === undefined) {
      const { settings, clock } = this.#ports.core;
      bucket = new TokenBucket(
        settings.sendRatePerUser * FRAMES_PER_SEND,
        settings.sendBurstPerUser * FRAMES_PER_SEND,
        clock,
      );
      this.#buckets.set(connection, bucket);
    }
    if (bucket.take() === 0) return false;
    this.#ports.drop(connection, Close.flooding, "too many frames");
    return true;
  }
}

/** Reads a frame, or says what is wrong with it. */
function parse(message: string | ArrayBuffer): ClientFrame | string {
  if (typeof message !== "string") return "Frames are text, not binary.";
  // Characters are a lower bound of bytes: only what may be too long is measured exactly.
  if (message.length > MAX_FRAME_BYTES || (message.length * 3 > MAX_FRAME_BYTES && bytes(message) > MAX_FRAME_BYTES)) {
    return `A frame has at most ${MAX_FRAME_BYTES} bytes.`;
  }
  let json: unknown;
  try {
    json = JSON.parse(message);
  } catch {
    return "The frame is not JSON.";
  }
  const plain = plainFrame(json);
  if (plain !== undefined) return plain;
  const frame = ClientFrame.safeParse(json);
  if (frame.success) return frame.data;
  const [issue] = frame.error.issues;
  return issue === undefined
    ? "The frame has the wrong shape."
    : `${issue.path.join(".") || "frame"}: ${issue.message}`;
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

function misplacedBeforeHello(connection: Connection, frame: ClientFrame): string | undefined {
  if (frame.type === "auth") return undefined;
  if (frame.type === "hello") {
    return connection.ready || connection.greeting ? "This socket has said hello already." : undefined;
  }
  return connection.ready || connection.greeting ? undefined : "The first frame is a hello.";
}

/** What an error about a broken frame can refer to: its id or ref, where it has a readable one. */
function refOf(message: string | ArrayBuffer): string | undefined {
  if (typeof message !== "string" || message.length > MAX_FRAME_BYTES) return undefined;
  try {
    const { id, ref } = JSON.parse(message) as { id?: unknown; ref?: unknown };
    const found = id ?? ref;
    return typeof found === "string" && found.length <= 80 ? found : undefined;
  } catch {
    return undefined;
  }
}

function errorFrame(error: unknown, ref?: string): ErrorFrame {
  const code = codeOf(error);
  const { message, retryAfterMs } = error as { message?: string; retryAfterMs?: number };
  return {
    type: "error",
    ...(ref === undefined ? {} : { ref }),
    code,
    message: code === "internal" ? "Something went wrong on the server." : (message ?? code),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

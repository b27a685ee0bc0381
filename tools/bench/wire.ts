/**
 * A WebSocket client for load: as cheap as one can be, because a generator that costs more than the server measures
 * itself. Offers no compression, so that the servers are compared and not zlib; text messages only.
 */
import { request } from "node:http";
import type { Socket } from "node:net";

const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const FIN = 0x80;
const MASKED = 0x80;
/** A server that does not answer an upgrade within this is broken. */
const UPGRADE_MS = 30_000;

export interface WireOptions {
  readonly protocol?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Called with every text message, still encoded; valid only during the call. */
  readonly onText: (message: Buffer) => void;
  /** Called when the link is gone, with the close code where there was one. */
  readonly onClose?: (code: number | undefined) => void;
}

/** An open link. */
export interface Wire {
  send(text: string): void;
  /** Says goodbye and does not wait for the answer. */
  close(): void;
}

/**
 * Opens a link.
 *
 * @throws Error with the status where the upgrade is refused
 * @example
 * const wire = await openWire("http://127.0.0.1:8787/v1/socket", { onText: (message) => console.log(String(message)) });
 * wire.send("ping");
 */
export function openWire(url: string, options: WireOptions): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const upgrade = request(url, {
      agent: false,
      timeout: UPGRADE_MS,
      headers: {
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
        // The answer to it is not checked: both ends are ours.
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        ...(options.protocol === undefined ? {} : { "Sec-WebSocket-Protocol": options.protocol }),
        ...options.headers,
      },
    });
    upgrade.once("error", reject);
    upgrade.once("timeout", () => upgrade.destroy(new Error(`no answer to the upgrade within ${UPGRADE_MS} ms`)));
    upgrade.once("response", (response) => {
      response.resume();
      reject(new Error(`the upgrade was refused with ${response.statusCode}`));
    });
    upgrade.once("upgrade", (_response, socket: Socket, head: Buffer) => {
      socket.setTimeout(0);
      socket.setNoDelay(true);
      resolve(attach(socket, head, options));
    });
    upgrade.end();
  });
}

function attach(socket: Socket, head: Buffer, { onText, onClose }: WireOptions): Wire {
  let rest = Buffer.alloc(0);
  let code: number | undefined;

  const take = (chunk: Buffer): void => {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (;;) {
      const frame = frameAt(data, at);
      if (frame === undefined) break;
      at = frame.end;
      const payload = data.subarray(frame.start, frame.end);
      if (frame.opcode === TEXT) onText(payload);
      else if (frame.opcode === PING) socket.write(encode(PONG, payload));
      else if (frame.opcode === CLOSE) {
        code = payload.length >= 2 ? payload.readUInt16BE(0) : undefined;
        socket.end();
      }
    }
    rest = at === data.length ? Buffer.alloc(0) : Buffer.from(data.subarray(at));
  };
  socket.on("data", take);
  // A reset link is a closed link: its close event follows.
  socket.on("error", () => undefined);
  socket.once("close", () => onClose?.(code));
  if (head.length > 0) take(head);

  return {
    send(text) {
      if (socket.writable) socket.write(encode(TEXT, Buffer.from(text)));
    },
    close() {
      if (!socket.writable) return;
      socket.end(encode(CLOSE, Buffer.from([0x03, 0xe8])));
    },
  };
}

/** Where the frame that begins at `at` has its payload; undefined where it is not all there yet. */
export function frameAt(data: Buffer, at: number): { opcode: number; start: number; end: number } | undefined {
  if (data.length < at + 2) return undefined;
  const opcode = data.readUInt8(at) & 0x0f;
  const short = data.readUInt8(at + 1) & 0x7f;
  let start = at + 2;
  let length = short;
  if (short === 126) {
    if (data.length < at + 4) return undefined;
    length = data.readUInt16BE(at + 2);
    start = at + 4;
  } else if (short === 127) {
    if (data.length < at + 10) return undefined;
    length = Number(data.readBigUInt64BE(at + 2));
    start = at + 10;
  }
  const end = start + length;
  return data.length < end ? undefined : { opcode, start, end };
}

/**
 * A client's frame. Its mask is all zeros, which leaves the payload as it is: masks protect proxies from attackers, and
 * this link goes through neither.
 */
export function encode(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const size = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.alloc(size + 4 + length);
  frame.writeUInt8(FIN | opcode, 0);
  if (size === 2) frame.writeUInt8(MASKED | length, 1);
  else if (size === 4) {
    frame.writeUInt8(MASKED | 126, 1);
    frame.writeUInt16BE(length, 2);
  } else {
    frame.writeUInt8(MASKED | 127, 1);
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  payload.copy(frame, size + 4);
  return frame;
}

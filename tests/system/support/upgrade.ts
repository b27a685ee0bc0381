/** A WebSocket by hand: a client library hides why one is refused, and when a Close frame came. */
import { get } from "node:http";
import type { Duplex } from "node:stream";
import type { Target } from "./http.ts";

export interface Handshake {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  /** Body of a refusal. */
  readonly text: string;
}

/** An open socket that only waits for its end. */
export interface Waiting {
  /** The code of the Close frame, at the moment it arrives; null where the connection ends without one. */
  readonly closed: Promise<number | null>;
}

/**
 * Asks for `/v1/socket` and closes what opens.
 *
 * @param protocols what is offered as `Sec-WebSocket-Protocol`
 */
export async function upgrade(
  target: Target,
  protocols: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): Promise<Handshake> {
  const { socket, ...handshake } = await shakeHands(target, protocols, headers);
  socket?.destroy();
  return handshake;
}

/** Opens a socket for an access token. */
export async function openSocket(target: Target, token: string): Promise<Waiting> {
  const { socket, status } = await shakeHands(target, ["meridian.v1", `bearer.${token}`], {});
  if (socket === undefined) throw new Error(`the upgrade answered ${status}`);
  return { closed: closeCode(socket) };
}

function shakeHands(
  target: Target,
  protocols: readonly string[],
  headers: Readonly<Record<string, string>>,
): Promise<Handshake & { readonly socket?: Duplex }> {
  return new Promise((resolve, reject) => {
    const request = get(new URL("/v1/socket", target.url), {
      headers: {
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "bWVyaWRpYW4gdGVzdCBrZXk=",
        ...(protocols.length > 0 ? { "Sec-WebSocket-Protocol": protocols.join(", ") } : {}),
        ...headers,
      },
    });
    request.once("error", reject);
    request.once("upgrade", (response, socket) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: "", socket });
    });
    request.once("response", (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.once("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
  });
}

/** Reads frames as a server sends them, unmasked (RFC 6455, section 5.2), up to a Close. */
function closeCode(socket: Duplex): Promise<number | null> {
  return new Promise((resolve) => {
    let pending = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      for (;;) {
        const short = (pending[1] ?? 0) & 0x7f;
        const start = short === 127 ? 10 : short === 126 ? 4 : 2;
        if (pending.length < start) return;
        const length =
          short === 127 ? Number(pending.readBigUInt64BE(2)) : short === 126 ? pending.readUInt16BE(2) : short;
        if (pending.length < start + length) return;
        const opcode = (pending[0] ?? 0) & 0x0f;
        if (opcode === 8) {
          resolve(length >= 2 ? pending.readUInt16BE(start) : null);
          socket.destroy();
          return;
        }
        pending = pending.subarray(start + length);
      }
    });
    socket.once("close", () => resolve(null));
    socket.once("error", () => resolve(null));
  });
}

/** A WebSocket handshake by hand: a client library hides why one is refused. */
import { get } from "node:http";
import type { Target } from "./http.ts";

export interface Handshake {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  /** Body of a refusal. */
  readonly text: string;
}

/**
 * Asks for `/v1/socket` and closes what opens.
 *
 * @param protocols what is offered as `Sec-WebSocket-Protocol`
 */
export function upgrade(
  target: Target,
  protocols: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): Promise<Handshake> {
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
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: "" });
    });
    request.once("response", (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.once("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
  });
}

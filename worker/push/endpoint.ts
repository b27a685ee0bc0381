/**
 * Addresses that users name and this service calls. Whoever could choose them freely could make it knock on doors of its
 * own network: only public names over https pass, and no address is followed elsewhere.
 */
import { MeridianError, type WebPushTarget } from "../../protocol/index.ts";
import { fromBase64url } from "../media/links.ts";

/** Names that never lead out of somebody's own network. */
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|test|invalid|example|onion|arpa)$/;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const P256_POINT_BYTES = 65;
const AUTH_BYTES = 16;

/**
 * Checks where a push would go.
 *
 * @param allowLocal also this machine, over http: for development and tests only
 * @throws MeridianError `invalid_request`
 * @example
 * assertEndpoint("https://fcm.googleapis.com/fcm/send/abc", false);
 */
export function assertEndpoint(endpoint: string, allowLocal: boolean): void {
  const url = URL.parse(endpoint);
  if (url === null) throw wrong("is no address");
  const { protocol, hostname, port, username, password } = url;
  if (username !== "" || password !== "") throw wrong("must hold no credentials");
  if (allowLocal && LOOPBACK.test(hostname) && (protocol === "http:" || protocol === "https:")) return;
  if (protocol !== "https:") throw wrong("must be https");
  if (port !== "") throw wrong("must be on the standard port");
  // The parser has turned every way of writing an IPv4 address into this one.
  if (/^\d+(\.\d+){3}$/.test(hostname) || hostname.startsWith("[")) throw wrong("must have a name, not a number");
  if (!hostname.includes(".") || PRIVATE_NAME.test(hostname.replace(/\.$/, ""))) throw wrong("must be a public name");
}

/**
 * Checks a subscription as a whole: what cannot be encrypted to is refused when it is registered, not when it is used.
 *
 * @throws MeridianError `invalid_request`
 */
export async function assertSubscription({ endpoint, keys }: WebPushTarget, allowLocal: boolean): Promise<void> {
  assertEndpoint(endpoint, allowLocal);
  const point = bytesOf(keys.p256dh);
  if (bytesOf(keys.auth)?.byteLength !== AUTH_BYTES) throw wrong("must be 16 bytes of base64url", "keys.auth");
  if (point?.byteLength !== P256_POINT_BYTES) throw wrong("must be an uncompressed point of P-256", "keys.p256dh");
  try {
    await crypto.subtle.importKey("raw", point, { name: "ECDH", namedCurve: "P-256" }, false, []);
  } catch {
    throw wrong("must be a point of P-256", "keys.p256dh");
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  return fromBase64url(text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""));
}

function wrong(message: string, path = "endpoint"): MeridianError {
  return new MeridianError("invalid_request", `This address cannot be pushed to: its ${path} ${message}.`, {
    violations: [{ path, message }],
  });
}

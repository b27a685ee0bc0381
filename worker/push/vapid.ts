/** Who we are to a push service (RFC 8292): a signed token per service, good for hours and made once. */
import { importJWK, SignJWT } from "jose";
import { fromBase64url } from "../media/links.ts";
import { base64url, MeridianError } from "../../protocol/index.ts";

/** The secret `VAPID_KEYS`: whom to write to, and a P-256 pair in base64url. */
export interface VapidKeys {
  readonly subject: string;
  readonly publicKey: string;
  readonly privateKey: string;
}

const LIFE_MS = 12 * 60 * 60_000;
/** A token with less left is made anew: it must outlast a message that waits at the service to be checked. */
const MARGIN_MS = 60 * 60_000;
const MAX_ORIGINS = 256;

/** @throws MeridianError `unavailable` where the secret is missing or malformed */
export function vapidKeys(secret: string | undefined): VapidKeys {
  try {
    const { subject, publicKey, privateKey } = JSON.parse(secret ?? "") as Partial<VapidKeys>;
    if (typeof subject === "string" && typeof publicKey === "string" && typeof privateKey === "string") {
      if (fromBase64url(publicKey)?.byteLength === 65) return { subject, publicKey, privateKey };
    }
  } catch {
    // Told below.
  }
  throw new MeridianError("unavailable", "The service has no key for Web Push: VAPID_KEYS is missing or malformed.");
}

/** Makes `Authorization` headers, one per push service and half a day. */
export class Vapid {
  readonly #keys: VapidKeys;
  readonly #tokens = new Map<string, { readonly header: Promise<string>; readonly until: number }>();

  constructor(keys: VapidKeys) {
    this.#keys = keys;
  }

  /** @param origin of the push service: a token is good for one */
  authorization(origin: string, now: number): Promise<string> {
    const known = this.#tokens.get(origin);
    if (known !== undefined && known.until - MARGIN_MS > now) return known.header;
    if (this.#tokens.size >= MAX_ORIGINS) this.#tokens.clear();
    const header = this.#sign(origin, now + LIFE_MS);
    this.#tokens.set(origin, { header, until: now + LIFE_MS });
    header.catch(() => this.#tokens.delete(origin));
    return header;
  }

  async #sign(origin: string, until: number): Promise<string> {
    const { subject, publicKey, privateKey } = this.#keys;
    const point = fromBase64url(publicKey) ?? new Uint8Array();
    const [x, y] = [base64url(point.subarray(1, 33)), base64url(point.subarray(33, 65))];
    const key = await importJWK({ kty: "EC", crv: "P-256", x, y, d: privateKey }, "ES256");
    const token = await new SignJWT({ sub: subject })
      .setProtectedHeader({ alg: "ES256", typ: "JWT" })
      .setAudience(origin)
      .setExpirationTime(Math.floor(until / 1000))
      .sign(key);
    return `vapid t=${token}, k=${publicKey}`;
  }
}

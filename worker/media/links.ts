/**
 * Signed addresses: whoever has one may do the one thing that it says, until the time that it says. Signed with
 * HMAC-SHA-256 under `MEDIA_LINK_KEY`, so that any edge checks them with no call to any store.
 */
import { base64url, MEDIA_LINK_MS, MeridianError } from "../../protocol/index.ts";

/** What an upload address allows: these bytes, by this device of this user, into this place. */
export interface UploadClaims {
  readonly conversation: string;
  readonly id: string;
  readonly user: string;
  readonly device: string;
  readonly size: number;
  readonly sha256: string;
  readonly expires: number;
}

/** What a link allows: reading these bytes. The same for every member, so that caches are of use. */
export interface LinkClaims {
  readonly conversation: string;
  readonly id: string;
  readonly size: number;
  readonly expires: number;
}

/** The part of a request's address that was signed. */
export type Query = Readonly<Record<string, string | undefined>>;

const encoder = new TextEncoder();
let held: { readonly secret: string; readonly keys: Promise<readonly CryptoKey[]> } | undefined;

/** The address that a file's bytes are sent to, relative to the service. */
export async function uploadUrl(secret: string, claims: UploadClaims): Promise<string> {
  const { conversation, id, user, device, size, sha256, expires } = claims;
  const signature = await sign(secret, textOfUpload(claims));
  const query = new URLSearchParams({ user, device, size: String(size), sha256, expires: String(expires), signature });
  return `/v1/conversations/${conversation}/media/${id}/upload?${query.toString()}`;
}

/** The address of a file's bytes, relative to the service. */
export async function linkUrl(secret: string, claims: LinkClaims): Promise<string> {
  const { conversation, id, size, expires } = claims;
  const signature = await sign(secret, textOfLink(claims));
  const query = new URLSearchParams({ size: String(size), expires: String(expires), signature });
  return `/v1/conversations/${conversation}/media/${id}/content?${query.toString()}`;
}

/**
 * When a link that is made now ends: 5 to 10 minutes ahead, on a fixed grid, so that all members who ask within five
 * minutes get the same address.
 */
export function linkExpiry(now: number): number {
  const step = MEDIA_LINK_MS / 2;
  return Math.floor(now / step) * step + MEDIA_LINK_MS;
}

/** @throws MeridianError as {@link verify} */
export async function verifyUpload(
  secret: string,
  path: { readonly id: string; readonly mediaId: string },
  query: Query,
  now: number,
): Promise<UploadClaims> {
  const claims: UploadClaims = {
    conversation: path.id,
    id: path.mediaId,
    user: query["user"] ?? "",
    device: query["device"] ?? "",
    size: Number(query["size"]),
    sha256: query["sha256"] ?? "",
    expires: Number(query["expires"]),
  };
  await verify(secret, textOfUpload(claims), query["signature"], claims.expires, now);
  return claims;
}

/** @throws MeridianError as {@link verify} */
export async function verifyLink(
  secret: string,
  path: { readonly id: string; readonly mediaId: string },
  query: Query,
  now: number,
): Promise<LinkClaims> {
  const claims: LinkClaims = {
    conversation: path.id,
    id: path.mediaId,
    size: Number(query["size"]),
    expires: Number(query["expires"]),
  };
  await verify(secret, textOfLink(claims), query["signature"], claims.expires, now);
  return claims;
}

// No field can hold a line break: ids and digests have their alphabets, numbers are numbers.
function textOfUpload({ conversation, id, user, device, size, sha256, expires }: UploadClaims): string {
  return ["meridian upload 1", conversation, id, user, device, size, sha256, expires].join("\n");
}

function textOfLink({ conversation, id, size, expires }: LinkClaims): string {
  return ["meridian link 1", conversation, id, size, expires].join("\n");
}

async function sign(secret: string, text: string): Promise<string> {
  const [key] = await keysOf(secret);
  if (key === undefined) throw unconfigured();
  return base64url(new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text))));
}

/**
 * @throws MeridianError `invalid_token` without a signature, `not_found` where it is not for this address, and
 * `media_expired` [M1] where it was
 */
async function verify(
  secret: string,
  text: string,
  signature: string | undefined,
  expires: number,
  now: number,
): Promise<void> {
  if (signature === undefined)
    throw new MeridianError("invalid_token", "This address is only good as it was given out.");
  const bytes = fromBase64url(signature);
  const keys = await keysOf(secret);
  // `verify` compares in constant time.
  const check = (key: CryptoKey) => crypto.subtle.verify("HMAC", key, bytes ?? new Uint8Array(), encoder.encode(text));
  const matches = await Promise.all(keys.map(check));
  if (!matches.includes(true)) throw new MeridianError("not_found", "There is nothing at this address.");
  if (!(expires > now)) throw new MeridianError("media_expired", "This address has expired: ask for a new one.");
}

/** One key, or several separated by commas: the first signs, all of them verify, so that keys can be replaced. */
function keysOf(secret: string): Promise<readonly CryptoKey[]> {
  if (held?.secret !== secret) {
    const keys = secret.split(",").flatMap((text) => fromBase64url(text.trim()) ?? []);
    if (keys.length === 0 || keys.some(({ byteLength }) => byteLength < 32)) throw unconfigured();
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const imported = Promise.all(
      keys.map((key) => crypto.subtle.importKey("raw", key, algorithm, false, ["sign", "verify"])),
    );
    held = { secret, keys: imported };
  }
  return held.keys;
}

function unconfigured(): MeridianError {
  return new MeridianError("unavailable", "The service has no key for media: MEDIA_LINK_KEY is missing or too short.");
}

/** Bytes of base64url text; undefined where it is none. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text === "" || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

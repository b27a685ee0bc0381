/**
 * Ids that this device makes up.
 */
import type { EntryId } from "../protocol/ids.ts";

/**
 * An id for an entry: a UUID of version 7 (RFC 9562), so that ids sort by time. It is an idempotency key [E1] and nothing
 * rests on its order; a library for it would be a tenth of the SDK.
 *
 * @param now ms since the epoch
 * @example
 * newEntryId(Date.now()); // "0192f0c1-5b7a-7c3e-9d2b-6c1f0a8e4d57"
 */
export function newEntryId(now: number): EntryId {
  const time = now.toString(16).padStart(12, "0");
  const random = randomHex(10);
  const variant = "89ab"[parseInt(random.charAt(3), 16) & 3] ?? "8";
  const id = `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(8)}`;
  return id as EntryId;
}

/** `crypto.randomUUID` is missing where a page was not loaded over a secure link; this is not. */
export function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}

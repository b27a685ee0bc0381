/**
 * [E4] digests and chains: equal chains at equal seq prove equal histories.
 * Synchronous and free of platform types, so that the same code runs in an object's transaction and on a device.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import canonicalize from "canonicalize";
import type { EntryKind, Sender } from "./entry.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const CHAIN_BYTES = 16;
const encoder = new TextEncoder();

/** What an entry's chain covers, beside the chain before it. */
export interface ChainedFields {
  readonly seq: number;
  readonly id: string;
  readonly sender: Sender;
  readonly at: number;
  readonly kind: EntryKind;
  readonly digest: string;
}

/** The chain before the first entry: 16 zero bytes. */
export const GENESIS_CHAIN: string = base64url(new Uint8Array(CHAIN_BYTES));

/** Unpadded base64url (RFC 4648, section 5). */
export function base64url(bytes: Uint8Array): string {
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out += ALPHABET.charAt(word >> 18) + ALPHABET.charAt((word >> 12) & 63);
    if (left > 1) out += ALPHABET.charAt((word >> 6) & 63);
    if (left > 2) out += ALPHABET.charAt(word & 63);
  }
  return out;
}

/** Bytes of an unpadded base64url text; throws a `RangeError` where it is none. */
export function fromBase64url(text: string): Uint8Array {
  const out = new Uint8Array(Math.floor((text.length * 3) / 4));
  let word = 0;
  let bits = 0;
  let at = 0;
  for (const letter of text) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) throw new RangeError("not base64url");
    word = ((word << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (word >> bits) & 0xff;
    }
  }
  return out;
}

/**
 * The JSON Canonicalization Scheme (RFC 8785) of a value that came from JSON.
 * @throws RangeError where the value has no JSON form
 */
export function jcs(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new RangeError("has no JSON form");
  return text;
}

/** base64url SHA-256 of a canonical body, as {@link jcs} makes it. */
export function digestOf(canonicalBody: string): string {
  return base64url(sha256(encoder.encode(canonicalBody)));
}

/**
 * The chain of an entry.
 *
 * @param previous chain of the entry before it, {@link GENESIS_CHAIN} for the first
 * @example
 * const digest = digestOf(jcs({ text: "hi" }));
 * const chain = nextChain(GENESIS_CHAIN, { seq: 1, id, sender, at, kind: "message", digest });
 */
export function nextChain(previous: string, fields: ChainedFields): string {
  const { seq, id, sender, at, kind, digest } = fields;
  // RFC 8785 by hand: the keys in order, strings that need no escape beyond JSON's own.
  const canonical =
    `{"at":${at},"digest":${JSON.stringify(digest)},"id":${JSON.stringify(id)},"kind":${JSON.stringify(kind)},` +
    `"sender":{"device":${JSON.stringify(sender.device)},"user":${JSON.stringify(sender.user)}},"seq":${seq}}`;
  const hash = sha256.create().update(fromBase64url(previous)).update(encoder.encode(canonical)).digest();
  return base64url(hash.subarray(0, CHAIN_BYTES));
}

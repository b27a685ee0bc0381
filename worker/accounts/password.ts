/**
 * Passwords: scrypt (RFC 7914) with a salt per account and its parameters beside the hash, in the PHC string format:
 * `$scrypt$ln=14,r=8,p=5$<salt>$<hash>`.
 */
import { scrypt, timingSafeEqual } from "node:crypto";
import { base64url, fromBase64url } from "../../protocol/index.ts";

const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** The runtime refuses more than this product of N, r and p. */
const MAX_WORK = 2 ** 20;

/** Cost of a hash: memory is 128 · N · r bytes, time grows with N · r · p. */
export interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** 16 MiB and about a quarter of a second: as strong as N = 2^17 with p = 1, which an isolate has no memory for. */
export const DEFAULT_COST: Cost = { N: 2 ** 14, r: 8, p: 5 };

/**
 * Reads a cost such as `16384,8,5`; what is missing or out of bounds falls back to {@link DEFAULT_COST}.
 */
export function costFrom(setting: string | undefined): Cost {
  const [N, r, p, ...rest] = (setting ?? "").split(",").map(Number);
  const cost = { N: N ?? Number.NaN, r: r ?? Number.NaN, p: p ?? Number.NaN };
  return rest.length === 0 && isCost(cost) ? cost : DEFAULT_COST;
}

/**
 * Hashes a password for storage.
 *
 * @example
 * const stored = await hashPassword("correct horse", DEFAULT_COST);
 */
export async function hashPassword(password: string, cost: Cost): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const hash = await derive(password, salt, cost);
  return `$scrypt$ln=${Math.log2(cost.N)},r=${cost.r},p=${cost.p}$${base64url(salt)}$${base64url(hash)}`;
}

/** What a check of a password found. */
export interface Verdict {
  readonly matches: boolean;
  /** The hash was made at another cost than today's: make a new one while the password is at hand. */
  readonly stale: boolean;
}

/**
 * Checks a password in a time that does not tell where it differs, nor whether there is an account at all [A4].
 *
 * @param stored what {@link hashPassword} made; undefined where there is no account, which costs as much and never matches
 * @param cost what new hashes cost today
 * @throws RangeError where `stored` is no hash of this module's
 */
export async function verifyPassword(password: string, stored: string | undefined, cost: Cost): Promise<Verdict> {
  if (stored === undefined) {
    await derive(password, new Uint8Array(SALT_BYTES), cost);
    return { matches: false, stale: false };
  }
  const known = parse(stored);
  const given = await derive(password, known.salt, known.cost);
  return {
    matches: given.length === known.hash.length && timingSafeEqual(given, known.hash),
    stale: known.cost.N !== cost.N || known.cost.r !== cost.r || known.cost.p !== cost.p,
  };
}

function parse(stored: string): { readonly cost: Cost; readonly salt: Uint8Array; readonly hash: Uint8Array } {
  const [, ln, r, p, salt, hash] = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(stored) ?? [];
  const cost = { N: 2 ** Number(ln), r: Number(r), p: Number(p) };
  if (salt === undefined || hash === undefined || !isCost(cost)) throw new RangeError("not a password hash");
  return { cost, salt: fromBase64url(salt), hash: fromBase64url(hash) };
}

function isCost({ N, r, p }: Cost): boolean {
  const whole = [N, r, p].every((value) => Number.isSafeInteger(value) && value >= 1);
  return whole && N >= 2 && Number.isInteger(Math.log2(N)) && N * r * p <= MAX_WORK;
}

function derive(password: string, salt: Uint8Array, { N, r, p }: Cost): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    // The same text may be typed as different code points on different keyboards (RFC 8265).
    scrypt(password.normalize("NFC"), salt, HASH_BYTES, { N, r, p, maxmem: 256 * N * r }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/**
 * Secrets for this machine: made once per state folder, so that tokens and links outlive a restart. Staging and
 * production get theirs by `wrangler secret put`, in the same formats.
 */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { parseEnv } from "node:util";

/** The secrets of wrangler.toml by name. */
export interface Secrets {
  /** JSON array of private Ed25519 JWKs with `kid`; the first signs. */
  readonly SIGNING_KEYS: string;
  /** Token of the accounts database; empty where it wants none. */
  readonly ACCOUNTS_TOKEN: string;
  /** 32 random bytes, base64url: signs links to media. */
  readonly MEDIA_LINK_KEY: string;
  /** JSON `{subject, publicKey, privateKey}`: the P-256 pair of Web Push, base64url. */
  readonly VAPID_KEYS: string;
  /** Who knows it may read `/metrics`. */
  readonly METRICS_TOKEN: string;
  /** Who knows it may announce a planned stop. */
  readonly OPERATIONS_TOKEN: string;
}

/** Secrets of push services: a service without one has that way of pushing switched off. */
export const OPTIONAL_SECRETS = ["FCM_SERVICE_ACCOUNT", "APNS_KEY", "PUSH_WEBHOOK"] as const;

/** Makes a fresh set of secrets. */
export function makeSecrets(): Secrets {
  return {
    SIGNING_KEYS: JSON.stringify([signingKey()]),
    ACCOUNTS_TOKEN: "",
    MEDIA_LINK_KEY: randomBytes(32).toString("base64url"),
    VAPID_KEYS: JSON.stringify(vapidKeys()),
    METRICS_TOKEN: randomBytes(32).toString("base64url"),
    OPERATIONS_TOKEN: randomBytes(32).toString("base64url"),
  };
}

/**
 * Reads the secrets in a file of `NAME='value'` lines and makes those that are missing, so that a secret added later
 * does not invalidate the older ones.
 *
 * @param file only its owner can read it
 */
export function ensureSecrets(file: string): Secrets {
  const kept = existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
  const secrets: Secrets = { ...makeSecrets(), ...kept };
  const missing = Object.keys(secrets).some((name) => kept[name] === undefined);
  if (missing) {
    const text = Object.entries(secrets).map(([name, value]) => `${name}='${value}'\n`);
    // A crash in the middle must not leave half a key.
    writeFileSync(`${file}.new`, text.join(""), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return secrets;
}

function signingKey(): Record<string, unknown> {
  const { privateKey } = generateKeyPairSync("ed25519");
  const { kty, crv, x, d } = privateKey.export({ format: "jwk" });
  return { kty, crv, x, d, kid: randomBytes(6).toString("base64url") };
}

function vapidKeys(): { subject: string; publicKey: string; privateKey: string } {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x = "", y = "", d = "" } = privateKey.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  return { subject: "mailto:nobody@localhost", publicKey: point.toString("base64url"), privateKey: d };
}

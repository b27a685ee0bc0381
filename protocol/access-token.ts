/**
 * Access tokens [A2]: JWTs signed with EdDSA, verified by any edge with no call to any store.
 *
 * Keys are JWKs (RFC 8037, OKP/Ed25519), each with a `kid`. The first private key signs, all of them verify, so
 * that a rotation is: add the new key at the end, deploy, move it to the front, deploy, drop the old one after
 * the longest token life.
 */
import { createLocalJWKSet, errors, importJWK, jwtVerify, SignJWT, type JWK } from "jose";
import { z } from "zod";
import { MeridianError } from "./errors.ts";
import { isId, type DeviceId, type UserId } from "./ids.ts";
import { ACCESS_TOKEN_MS } from "./limits.ts";

export const ISSUER = "meridian";
export const AUDIENCE = "meridian";
const ALGORITHM = "EdDSA";

const PrivateKey = z.object({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: z.string(),
  d: z.string(),
  kid: z.string(),
});
/** The value of the secret `SIGNING_KEYS`: a JSON array of private JWKs. */
export const SigningKeys = z.array(PrivateKey).min(1);
export type SigningKeys = z.infer<typeof SigningKeys>;

/** Who is calling, as a valid access token says. `expiresAt` in milliseconds. */
export interface Caller {
  readonly user: UserId;
  readonly device: DeviceId;
  readonly expiresAt: number;
}

/** Signs and verifies access tokens with one set of keys. */
export interface AccessTokens {
  /** Signs a token for a device; `now` in milliseconds. */
  sign(user: UserId, device: DeviceId, now: number): Promise<{ accessToken: string; accessTokenExpiresAt: number }>;
  /** @throws MeridianError `token_expired` or `invalid_token` */
  verify(token: string): Promise<Caller>;
  /** The public half, as `/.well-known/jwks.json` serves it. */
  readonly jwks: { keys: JWK[] };
}

/**
 * Reads `SIGNING_KEYS` and makes the signer and verifier.
 *
 * @param secret JSON array of private Ed25519 JWKs with `kid`
 * @throws MeridianError `unavailable` where the secret is missing or malformed
 * @example
 * const tokens = accessTokens(env.SIGNING_KEYS);
 * const { user, device } = await tokens.verify(bearer);
 */
export function accessTokens(secret: string | undefined): AccessTokens {
  const keys = parseKeys(secret);
  const jwks = {
    keys: keys.map(({ kty, crv, x, kid }): JWK => ({ kty, crv, x, kid, alg: ALGORITHM, use: "sig" })),
  };
  const keySet = createLocalJWKSet(jwks);
  const [first] = keys;
  // The key, not a promise of it: a promise made in one request may never settle for another.
  let signingKey: Awaited<ReturnType<typeof importJWK>> | undefined;

  return {
    jwks,
    async sign(user, device, now) {
      if (first === undefined) throw new MeridianError("unavailable", "SIGNING_KEYS is empty.");
      signingKey ??= await importJWK(first, ALGORITHM);
      const expires = Math.floor((now + ACCESS_TOKEN_MS) / 1000);
      const accessToken = await new SignJWT({ did: device })
        .setProtectedHeader({ alg: ALGORITHM, kid: first.kid, typ: "JWT" })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(user)
        .setIssuedAt(Math.floor(now / 1000))
        .setExpirationTime(expires)
        .sign(signingKey);
      return { accessToken, accessTokenExpiresAt: expires * 1000 };
    },
    async verify(token) {
      const { payload } = await jwtVerify(token, keySet, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        requiredClaims: ["sub", "did", "exp"],
      }).catch((error: unknown) => {
        if (error instanceof errors.JWTExpired)
          throw new MeridianError("token_expired", "The access token has expired.");
        throw new MeridianError("invalid_token", "The access token is not valid.");
      });
      const { sub, did, exp } = payload;
      if (!isId(sub) || !isId(did) || exp === undefined) {
        throw new MeridianError("invalid_token", "The access token names no user and device.");
      }
      return { user: sub as UserId, device: did as DeviceId, expiresAt: exp * 1000 };
    },
  };
}

function parseKeys(secret: string | undefined): SigningKeys {
  if (secret === undefined || secret === "") {
    throw new MeridianError(
      "unavailable",
      "The secret SIGNING_KEYS is not set: `npm start` makes one for development.",
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(secret);
  } catch {
    throw new MeridianError("unavailable", "The secret SIGNING_KEYS is not JSON.");
  }
  const keys = SigningKeys.safeParse(json);
  if (!keys.success)
    throw new MeridianError("unavailable", "The secret SIGNING_KEYS is no array of Ed25519 JWKs with kid.");
  return keys.data;
}

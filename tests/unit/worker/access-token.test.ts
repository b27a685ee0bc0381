import { generateKeyPairSync } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, importJWK, SignJWT, UnsecuredJWT, type JWTPayload } from "jose";
import { describe, expect, it } from "vitest";
import { accessTokens, AUDIENCE, ISSUER } from "../../../protocol/access-token.ts";
import type { DeviceId, UserId } from "../../../protocol/index.ts";

const user = "u_1" as UserId;
const device = "dev_1" as DeviceId;

interface TestKey {
  readonly kid: string;
  readonly jwk: { kty: string; crv: string; x: string; d: string; kid: string };
}

function makeKey(kid: string): TestKey {
  const { kty = "", crv = "", x = "", d = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  return { kid, jwk: { kty, crv, x, d, kid } };
}

const secretOf = (...keys: readonly TestKey[]) => JSON.stringify(keys.map(({ jwk }) => jwk));
const one = makeKey("one");
const two = makeKey("two");

/** A token that is right in everything but what is overridden. */
async function forge(
  key: TestKey,
  overrides: Record<string, string | undefined> = {},
  kid: string = key.kid,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: user, did: device, iat: now, exp: now + 60, ...overrides })
    .setProtectedHeader({ alg: "EdDSA", kid })
    .sign(await importJWK(key.jwk, "EdDSA"));
}

describe("access tokens", () => {
  const tokens = accessTokens(secretOf(one));

  it("[A2] name user, device, issuer, audience and key, and live for 15 minutes at most", async () => {
    const now = Date.now();
    const { accessToken, accessTokenExpiresAt } = await tokens.sign(user, device, now);
    expect(decodeProtectedHeader(accessToken)).toMatchObject({ alg: "EdDSA", kid: "one" });
    expect(decodeJwt(accessToken)).toMatchObject({ iss: ISSUER, aud: AUDIENCE, sub: user, did: device });
    expect(accessTokenExpiresAt - now).toBeLessThanOrEqual(15 * 60_000);
    expect(await tokens.verify(accessToken)).toStrictEqual({ user, device, expiresAt: accessTokenExpiresAt });
  });

  it("[A2] an expired one is token_expired", async () => {
    const { accessToken } = await tokens.sign(user, device, Date.now() - 16 * 60_000);
    await expect(tokens.verify(accessToken)).rejects.toMatchObject({ code: "token_expired" });
  });

  it.each([
    ["another issuer", () => forge(one, { iss: "somebody" })],
    ["another audience", () => forge(one, { aud: "somebody" })],
    ["no user", () => forge(one, { sub: "" })],
    ["no device", () => forge(one, { did: undefined })],
    ["a user that is no id", () => forge(one, { sub: "../etc" })],
    ["no expiry", () => forge(one, { exp: undefined })],
    ["another key under a known kid", () => forge(two, {}, "one")],
    ["an unknown kid", () => forge(two)],
    [
      "no signature",
      async () =>
        new UnsecuredJWT({ iss: ISSUER, aud: AUDIENCE, sub: user, did: device }).setExpirationTime("1m").encode(),
    ],
    ["another algorithm, keyed with the public key", () => symmetric(one)],
    ["a changed payload", async () => tamper(await forge(one))],
    ["no token at all", async () => "nonsense"],
  ])("[A2] %s is invalid_token", async (_what, token) => {
    await expect(tokens.verify(await token())).rejects.toMatchObject({ code: "invalid_token" });
  });

  it("[A2] a rotation invalidates no token that is still alive", async () => {
    const before = accessTokens(secretOf(one));
    const announced = accessTokens(secretOf(one, two));
    const moved = accessTokens(secretOf(two, one));
    const after = accessTokens(secretOf(two));
    const old = (await before.sign(user, device, Date.now())).accessToken;
    const fresh = (await moved.sign(user, device, Date.now())).accessToken;

    // Two deploys are never everywhere at once: each step accepts what the step before and after it sign.
    for (const step of [before, announced, moved]) expect((await step.verify(old)).user).toBe(user);
    for (const step of [announced, moved, after]) expect((await step.verify(fresh)).user).toBe(user);
    await expect(after.verify(old)).rejects.toMatchObject({ code: "invalid_token" });
  });

  it("publishes the public half of every key, and nothing else", () => {
    const { keys } = accessTokens(secretOf(one, two)).jwks;
    expect(keys.map(({ kid }) => kid)).toStrictEqual(["one", "two"]);
    for (const key of keys) expect(Object.keys(key).toSorted()).toStrictEqual(["alg", "crv", "kid", "kty", "use", "x"]);
  });

  it.each([undefined, "", "not json", "[]", "{}", '[{"kty":"RSA"}]'])("a secret like %j is unavailable", (secret) => {
    expect(() => accessTokens(secret)).toThrow(expect.objectContaining({ code: "unavailable" }));
  });
});

/** An HMAC with the public key as its secret: what a verifier falls for that lets the token choose its algorithm. */
async function symmetric(key: TestKey): Promise<string> {
  return new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: user, did: device })
    .setProtectedHeader({ alg: "HS256", kid: key.kid })
    .setExpirationTime("1m")
    .sign(Buffer.from(key.jwk.x, "base64url"));
}

function tamper(token: string): string {
  const [header, payload = "", signature] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as JWTPayload;
  return [header, Buffer.from(JSON.stringify({ ...claims, sub: "u_2" })).toString("base64url"), signature].join(".");
}

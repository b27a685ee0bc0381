/** Access tokens, refresh tokens and revocation against the real service. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRemoteJWKSet, decodeProtectedHeader, importJWK, jwtVerify, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Session } from "../../protocol/index.ts";
import { call, problemIn, register, signIn, startDirect, type Target } from "./support/http.ts";
import { startStack, type Stack } from "./support/stack.ts";
import { openSocket, upgrade } from "./support/upgrade.ts";

const vars = { PASSWORD_COST: "1024,8,1", SIGN_IN_RATE: "100000" };
const makeKey = (kid: string) => ({ ...generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }), kid });
const itsKey = makeKey("of-the-service");

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ vars: { ...vars, SIGNING_KEYS: JSON.stringify([itsKey]) } });
});
afterAll(() => stack?.stop());

const refresh = (refreshToken: string, target: Target = stack) =>
  call(target, "POST /v1/sessions/refresh", { body: { refreshToken } });
const refreshed = async (refreshToken: string) => (await refresh(refreshToken)).json() as Session;
const codeAt = async (route: string, token: string) => problemIn(await call(stack, route, { token })).code;

describe("access tokens", () => {
  /** Signs with the service's own key, so that nothing but the claims can be wrong. */
  async function signWithItsKey(claims: Record<string, unknown>): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({ iss: "meridian", aud: "meridian", iat: now, exp: now + 60, ...claims })
      .setProtectedHeader({ alg: "EdDSA", kid: itsKey.kid })
      .sign(await importJWK(itsKey, "EdDSA"));
  }

  test("[A2] anybody can verify one with the published keys", async () => {
    const { accessToken, accessTokenExpiresAt, user, device } = await register(stack);
    const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", stack.url));
    const { payload } = await jwtVerify(accessToken, keys, { issuer: "meridian", audience: "meridian" });
    expect(payload).toMatchObject({ sub: user.id, did: device.id });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(15 * 60);
    expect(accessTokenExpiresAt).toBe((payload.exp ?? 0) * 1000);
  });

  test("[A2] what is wrong with one decides the code", async () => {
    const { user, device } = await register(stack);
    const identity = { sub: user.id, did: device.id };
    expect((await call(stack, "GET /v1/me", { token: await signWithItsKey(identity) })).status).toBe(200);
    for (const [claims, code] of [
      [{ ...identity, exp: Math.floor(Date.now() / 1000) - 1 }, "token_expired"],
      [{ ...identity, iss: "somebody" }, "invalid_token"],
      [{ ...identity, aud: "somebody" }, "invalid_token"],
      [{ sub: user.id }, "invalid_token"],
      [{ did: device.id }, "invalid_token"],
      [{ ...identity, did: "dev_of_nobody" }, "device_revoked"],
      [{ sub: "u_nobody", did: device.id }, "device_revoked"],
    ] as const) {
      expect(await codeAt("GET /v1/me", await signWithItsKey(claims)), JSON.stringify(claims)).toBe(code);
    }
  });

  test("[W1] an expired one opens no socket", async () => {
    const { user, device } = await register(stack);
    const token = await signWithItsKey({ sub: user.id, did: device.id, exp: Math.floor(Date.now() / 1000) - 1 });
    const { status, text } = await upgrade(stack, ["meridian.v1", `bearer.${token}`]);
    expect(status).toBe(401);
    expect(JSON.parse(text)).toMatchObject({ code: "token_expired" });
  });

  test("[A2] a rotation of keys, step by step, signs nobody out", async () => {
    const [one, two] = [makeKey("one"), makeKey("two")];
    const state = mkdtempSync(join(tmpdir(), "meridian-rotation-"));
    let token = "";
    try {
      // Announce the new key, sign with it, and drop the old one once no token of it lives.
      for (const [step, keys] of [[one], [one, two], [two, one], [two]].entries()) {
        const rotating = await startStack({ state, vars: { ...vars, SIGNING_KEYS: JSON.stringify(keys) } });
        try {
          const session = await register(rotating);
          expect(decodeProtectedHeader(session.accessToken).kid).toBe(keys[0]?.kid);
          if (token !== "") expect((await call(rotating, "GET /v1/me", { token })).status, `step ${step}`).toBe(200);
          ({ accessToken: token } = session);
        } finally {
          await rotating.stop();
        }
      }
    } finally {
      rmSync(state, { recursive: true, force: true });
    }
  }, 120_000);
});

describe("refresh tokens", () => {
  test("[A3] rotate: each gives fresh tokens of the same device", async () => {
    const first = await register(stack);
    const second = await refreshed(first.refreshToken);
    expect(second.user).toStrictEqual(first.user);
    expect(second.device.id).toBe(first.device.id);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    const third = await refreshed(second.refreshToken);
    expect((await call(stack, "GET /v1/me", { token: third.accessToken })).status).toBe(200);
  });

  test("[A3] a lost answer signs nobody out: the previous one works until the new one was used", async () => {
    const { refreshToken } = await register(stack);
    await refresh(refreshToken);
    const retried = await refresh(refreshToken);
    expect(retried.status).toBe(200);
    expect((await refresh((retried.json() as Session).refreshToken)).status).toBe(200);
  });

  test("[A3] a replayed one revokes the device", async () => {
    const { refreshToken, accessToken } = await register(stack);
    const second = await refreshed(refreshToken);
    const third = await refreshed(second.refreshToken);
    expect(problemIn(await refresh(refreshToken))).toMatchObject({ status: 401, code: "token_reused" });
    expect((await refresh(third.refreshToken)).status).toBe(401);
    for (const token of [accessToken, third.accessToken])
      expect(await codeAt("GET /v1/me", token)).toBe("device_revoked");
  });

  test.each(["x", ".", "..", "u_1", "not an id.at.all.x", "%.a.b.c", `${"u".repeat(81)}.a.b.c`, "\u0000.a.b.c"])(
    "[A3] %j is refused with 401",
    async (token) => {
      expect(problemIn(await refresh(token)).status).toBe(401);
    },
  );

  test("[A3] one of another user, or changed anywhere, is refused", async () => {
    const [ada, bob] = await Promise.all([register(stack), register(stack)]);
    const [, ...rest] = ada.refreshToken.split(".");
    expect((await refresh([bob.user.id, ...rest].join("."))).status).toBe(401);
    const family = ada.refreshToken.split(".");
    family[2] = `${family[2]?.slice(0, -2)}__`;
    expect(problemIn(await refresh(family.join("."))).code).toBe("invalid_token");
    // Neither guess cost Ada or Bob anything.
    for (const { refreshToken } of [ada, bob]) expect((await refresh(refreshToken)).status).toBe(200);
  });
});

describe("revocation", () => {
  /** Two devices of one user. */
  async function twoDevices(): Promise<[Session, Session]> {
    const first = await register(stack);
    return [first, (await signIn(stack, first.user.handle)).json() as Session];
  }

  test("the devices of a user are listed, the caller's own marked", async () => {
    const [first, second] = await twoDevices();
    const { devices } = (await call(stack, "GET /v1/me/devices", { token: second.accessToken })).json() as {
      devices: { id: string; current: boolean }[];
    };
    const current = Object.fromEntries(devices.map(({ id, current: own }) => [id, own]));
    expect(current).toStrictEqual({ [first.device.id]: false, [second.device.id]: true });
  });

  test.each([
    ["signing out", (gone: Session) => ["DELETE /v1/sessions/current", gone.accessToken] as const],
    [
      "another device",
      (gone: Session, other: Session) => [`DELETE /v1/me/devices/${gone.device.id}`, other.accessToken] as const,
    ],
  ])("[A5] by %s: refused everywhere, at once", async (_by, how) => {
    const [gone, other] = await twoDevices();
    const chat = await startDirect(stack, gone.accessToken, other.user.id);
    const socket = await openSocket(stack, gone.accessToken);

    const [route, token] = how(gone, other);
    expect((await call(stack, route, { token })).status).toBe(204);

    expect(await socket.closed).toBe(4403);
    expect((await refresh(gone.refreshToken)).status).toBe(401);
    expect(await codeAt("GET /v1/me", gone.accessToken)).toBe("device_revoked");
    expect(await codeAt(`GET /v1/conversations/${chat}/entries`, gone.accessToken)).toBe("device_revoked");
    const body = { id: "0193a000-0000-7000-8000-000000000001", kind: "message", body: { text: "still here?" } };
    const send = await call(stack, `POST /v1/conversations/${chat}/entries`, { token: gone.accessToken, body });
    expect(problemIn(send).code).toBe("device_revoked");
    const handshake = await upgrade(stack, ["meridian.v1", `bearer.${gone.accessToken}`]);
    expect(handshake.status).toBe(401);
    expect(JSON.parse(handshake.text)).toMatchObject({ code: "device_revoked" });
    // The other device goes on, and nothing was sent.
    const log = await call(stack, `GET /v1/conversations/${chat}`, { token: other.accessToken });
    expect(log.json()).toMatchObject({ head: 0 });
  });

  test("[H4] a device that is not one's own is not_found", async () => {
    const [ada, bob] = await Promise.all([register(stack), register(stack)]);
    const route = `DELETE /v1/me/devices/${bob.device.id}`;
    expect(await codeAt(route, ada.accessToken)).toBe("not_found");
    expect((await call(stack, "GET /v1/me", { token: bob.accessToken })).status).toBe(200);
  });
});

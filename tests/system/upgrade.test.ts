/** Who gets a socket and who does not, against the real service. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Session } from "../../protocol/index.ts";
import { call, problemIn, register } from "./support/http.ts";
import { startStack, type Stack } from "./support/stack.ts";
import { upgrade } from "./support/upgrade.ts";

let stack: Stack;
let ada: Session;

beforeAll(async () => {
  stack = await startStack({ vars: { PASSWORD_COST: "1024,8,1" } });
  ada = await register(stack);
});
afterAll(() => stack?.stop());

describe("the upgrade to a socket", () => {
  const refused = ({ text }: { readonly text: string }) => (JSON.parse(text) as { code: string }).code;

  test("[W1] without a valid token it is refused with 401", async () => {
    for (const [protocols, headers] of [
      [["meridian.v1"], {}],
      [["meridian.v1", "bearer.nonsense"], {}],
      [["meridian.v1"], { Authorization: "Bearer nonsense" }],
      [["meridian.v1", "bearer."], {}],
      [[], {}],
    ] as const) {
      const handshake = await upgrade(stack, protocols, headers);
      expect(handshake.status).toBe(401);
      expect(handshake.headers["www-authenticate"]).toBe("Bearer");
      expect(refused(handshake)).toBe("invalid_token");
    }
  });

  test("[W1] a forged token wakes nobody", async () => {
    // An object that was ever woken leaves files, which is how a waking shows from outside.
    const files = () => readdirSync(join(stack.state, "v3/do/meridian-User")).length;
    const [header, , signature] = ada.accessToken.split(".");
    const claims = { iss: "meridian", aud: "meridian", sub: "u_forged", did: "dev_forged", exp: 9_999_999_999 };
    const forged = [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
    const before = files();
    expect((await upgrade(stack, ["meridian.v1", `bearer.${forged}`])).status).toBe(401);
    expect((await call(stack, "GET /v1/me", { token: forged })).status).toBe(401);
    expect(files()).toBe(before);
    await call(stack, "POST /v1/sessions/refresh", { body: { refreshToken: "u_forged.dev_forged.x.y" } });
    expect(files()).toBeGreaterThan(before);
  });

  test("[W1] without meridian.v1 it is unsupported_protocol, and so is a plain request", async () => {
    for (const protocols of [[], ["meridian.v2"], [`bearer.${ada.accessToken}`]]) {
      const handshake = await upgrade(stack, protocols, { Authorization: `Bearer ${ada.accessToken}` });
      expect([handshake.status, refused(handshake)]).toStrictEqual([400, "unsupported_protocol"]);
    }
    const plain = await call(stack, "GET /v1/socket", { token: ada.accessToken });
    expect(problemIn(plain).code).toBe("unsupported_protocol");
  });

  test("[W1] the token comes as a header or as a subprotocol, and is never echoed", async () => {
    for (const handshake of [
      await upgrade(stack, ["meridian.v1"], { Authorization: `Bearer ${ada.accessToken}` }),
      await upgrade(stack, ["meridian.v1", `bearer.${ada.accessToken}`]),
      await upgrade(stack, [`bearer.${ada.accessToken}`, "meridian.v1"], { Origin: "https://elsewhere.example" }),
    ]) {
      expect(handshake.status).toBe(101);
      expect(handshake.headers["sec-websocket-protocol"]).toBe("meridian.v1");
      expect(JSON.stringify(handshake.headers)).not.toContain(ada.accessToken);
    }
  });

  test("[W1] who the caller is, the token alone says", async () => {
    const forged = { "X-Meridian-User": ada.user.id, "X-Meridian-Device": ada.device.id };
    expect((await upgrade(stack, ["meridian.v1"], forged)).status).toBe(401);
    // Trusted, this would be a device that nobody signed in.
    const handshake = await upgrade(stack, ["meridian.v1", `bearer.${ada.accessToken}`], {
      "X-Meridian-Device": "dev_nobody",
      "X-Meridian-Expires-At": "1",
    });
    expect(handshake.status).toBe(101);
  });
});

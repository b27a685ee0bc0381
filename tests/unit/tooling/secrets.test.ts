import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { accessTokens } from "../../../protocol/access-token.ts";
import type { DeviceId, UserId } from "../../../protocol/index.ts";
import { ensureSecrets, makeSecrets } from "../../../tools/dev/secrets.ts";

const folder = mkdtempSync(join(tmpdir(), "meridian-secrets-"));
const file = join(folder, "secrets.env");
afterEach(() => rmSync(file, { force: true }));

test("secrets are made once and kept", () => {
  const first = ensureSecrets(file);
  expect(ensureSecrets(file)).toEqual(first);
  expect(statSync(file).mode & 0o077).toBe(0);
});

test("a secret that is new is added without touching the others", () => {
  writeFileSync(file, `MEDIA_LINK_KEY='kept'\nOTHER='mine'\n`);
  const secrets = ensureSecrets(file);
  expect(secrets).toMatchObject({ MEDIA_LINK_KEY: "kept", OTHER: "mine" });
  expect(secrets.SIGNING_KEYS).not.toBe("");
  expect(readFileSync(file, "utf8")).toContain("SIGNING_KEYS=");
});

test("[A2] the made signing keys sign access tokens that verify", async () => {
  const tokens = accessTokens(makeSecrets().SIGNING_KEYS);
  const { accessToken } = await tokens.sign("u_1" as UserId, "dev_1" as DeviceId, Date.now());
  expect(await tokens.verify(accessToken)).toMatchObject({ user: "u_1", device: "dev_1" });
});

test("the made Web Push keys are a P-256 pair", () => {
  const { publicKey, privateKey } = JSON.parse(makeSecrets().VAPID_KEYS) as Record<string, string>;
  expect(Buffer.from(publicKey ?? "", "base64url")).toHaveLength(65);
  expect(Buffer.from(privateKey ?? "", "base64url")).toHaveLength(32);
});

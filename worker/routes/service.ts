/** What operators and other services ask: health, readiness and the public keys. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { codeOf, MeridianError } from "../../protocol/index.ts";
import { probe } from "../accounts/accounts.ts";
import { withAccounts } from "../accounts/database.ts";
import { tokensOf } from "../auth/tokens.ts";
import type { Edge } from "../edge.ts";
import { json, problems, Tag } from "../openapi/describe.ts";

const Health = z.object({ status: z.literal("ok"), region: z.string(), version: z.string() });
const Ready = z.object({
  status: z.literal("ready"),
  accounts: z.literal("up"),
  region: z.string(),
  version: z.string(),
});
const KeySet = z.object({
  keys: z.array(
    z.object({
      kty: z.literal("OKP"),
      crv: z.literal("Ed25519"),
      x: z.string(),
      kid: z.string(),
      alg: z.literal("EdDSA"),
      use: z.literal("sig"),
    }),
  ),
});

const health = createRoute({
  method: "get",
  path: "/healthz",
  operationId: "health",
  tags: [Tag.service],
  summary: "Is this edge alive?",
  description: "Touches no storage.",
  responses: { 200: json(Health, "It is."), ...problems() },
});

const ready = createRoute({
  method: "get",
  path: "/readyz",
  operationId: "ready",
  tags: [Tag.service],
  summary: "Can it do everything, accounts included?",
  responses: { 200: json(Ready, "It can."), ...problems("accounts_unavailable") },
});

const keys = createRoute({
  method: "get",
  path: "/.well-known/jwks.json",
  operationId: "keys",
  tags: [Tag.service],
  summary: "The public keys of the access tokens",
  responses: { 200: json(KeySet, "A JSON Web Key Set (RFC 7517)."), ...problems() },
});

export const service = new OpenAPIHono<Edge>()
  .openapi(health, (c) => c.json({ status: "ok", region: c.env.REGION, version: c.env.VERSION }, 200))
  .openapi(ready, async (c) => {
    tokensOf(c.env);
    await withAccounts(c.env, probe).catch((error: unknown) => {
      throw new MeridianError(
        codeOf(error),
        "The accounts database cannot be reached or was not migrated. Chats go on; registration, sign-in and profiles " +
          "wait for it. On a developer's machine `npm start` starts it and migrates it.",
        { retryAfterMs: error instanceof MeridianError ? error.retryAfterMs : undefined },
      );
    });
    return c.json({ status: "ready", accounts: "up", region: c.env.REGION, version: c.env.VERSION }, 200);
  })
  .openapi(keys, (c) => {
    c.header("Cache-Control", "public, max-age=300");
    // The keys are made in `accessTokens` with exactly these members.
    return c.json(tokensOf(c.env).jwks as z.infer<typeof KeySet>, 200);
  });

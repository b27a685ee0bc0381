/** `POST /v1/accounts`: registration. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { Register, Session } from "../../protocol/index.ts";
import { register } from "../accounts/sign-in.ts";
import { addressKey } from "../address.ts";
import { sessionOf } from "../auth/session.ts";
import type { Edge } from "../edge.ts";
import { jsonBody } from "../http/body.ts";
import { limitRegistrations } from "../limits.ts";
import { body, BODY, json, problems, Tag } from "../openapi/describe.ts";
import { placementOf, type Origin } from "../placement.ts";

const create = createRoute({
  method: "post",
  path: "/v1/accounts",
  operationId: "register",
  tags: [Tag.accounts],
  summary: "Make an account and sign its first device in",
  description: "The handle is lower-cased. Limited per address and minute.",
  middleware: [...jsonBody] as const,
  request: { body: body(Register) },
  responses: {
    201: json(Session, "The account, its first device, and its tokens."),
    ...problems(...BODY, "handle_taken", "rate_limited", "accounts_unavailable"),
  },
});

export const accounts = new OpenAPIHono<Edge>().openapi(create, async (c) => {
  const { handle, password, displayName, device } = c.req.valid("json");
  await limitRegistrations(c.env, addressKey(c.req.header("CF-Connecting-IP")));
  const near = placementOf((c.req.raw.cf ?? {}) as Origin);
  const now = Date.now();
  const grant = await register(c.env, { handle, password, displayName: displayName ?? handle, device }, near, now);
  return c.json(await sessionOf(c.env, grant, now), 201);
});

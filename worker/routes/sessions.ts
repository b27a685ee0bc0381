/** `/v1/sessions`: sign-in, refresh and sign-out. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { isId, MeridianError, Refresh, Session, SignIn, type UserId } from "../../protocol/index.ts";
import { signIn } from "../accounts/sign-in.ts";
import { signedIn } from "../auth/caller.ts";
import { sessionOf } from "../auth/session.ts";
import type { Edge } from "../edge.ts";
import { jsonBody } from "../http/body.ts";
import { userObject } from "../objects.ts";
import { body, BODY, json, nothing, problems, signedInProblems, Tag, withBearer } from "../openapi/describe.ts";

const create = createRoute({
  method: "post",
  path: "/v1/sessions",
  operationId: "signIn",
  tags: [Tag.accounts],
  summary: "Sign in: adds a device",
  description: "An unknown handle and a wrong password are answered alike. Failures are limited per handle and minute.",
  middleware: [...jsonBody] as const,
  request: { body: body(SignIn) },
  responses: {
    201: json(Session, "The account, the new device, and its tokens."),
    ...problems(...BODY, "invalid_credentials", "rate_limited", "accounts_unavailable"),
  },
});

const refresh = createRoute({
  method: "post",
  path: "/v1/sessions/refresh",
  operationId: "refreshSession",
  tags: [Tag.accounts],
  summary: "Exchange a refresh token for fresh tokens",
  description:
    "Refresh tokens rotate: keep the new one. Presenting one that was already replaced signs the device out, except the " +
    "immediately previous one within a minute and before the new one was used. Needs no accounts database.",
  middleware: [...jsonBody] as const,
  request: { body: body(Refresh) },
  responses: {
    200: json(Session, "The account, the device, and its new tokens."),
    ...problems(...BODY, "invalid_token", "token_reused", "device_revoked"),
  },
});

const signOut = createRoute({
  method: "delete",
  path: "/v1/sessions/current",
  operationId: "signOut",
  tags: [Tag.accounts],
  summary: "Sign this device out",
  security: withBearer,
  middleware: [signedIn] as const,
  responses: { 204: nothing("Signed out: its tokens are dead, its socket closes."), ...signedInProblems() },
});

export const sessions = new OpenAPIHono<Edge>()
  .openapi(create, async (c) => {
    const { handle, password, device } = c.req.valid("json");
    const grant = await signIn(c.env, handle, password, device);
    return c.json(await sessionOf(c.env, grant, Date.now()), 201);
  })
  .openapi(refresh, async (c) => {
    const { refreshToken } = c.req.valid("json");
    // A refresh token begins with its user, whose object alone knows it: no other store is asked [A6].
    const user = refreshToken.split(".", 1)[0];
    if (!isId(user)) throw new MeridianError("invalid_token", "The refresh token is not valid.");
    const grant = await userObject(c.env, user as UserId).refresh(refreshToken);
    return c.json(await sessionOf(c.env, grant, Date.now()), 200);
  })
  .openapi(signOut, async (c) => {
    const { user, device } = c.get("caller");
    await userObject(c.env, user).revokeDevice(device);
    return c.body(null, 204);
  });

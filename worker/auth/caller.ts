/**
 * [H3] who is calling. The token alone is checked without any store [A2]; that its device is still signed in is asked
 * of the user's object [A5].
 */
import { createMiddleware } from "hono/factory";
import { MeridianError } from "../../protocol/index.ts";
import type { Edge, EdgeContext } from "../edge.ts";
import { userObject } from "../objects.ts";
import { bearerOf } from "./bearer.ts";
import { tokensOf } from "./tokens.ts";

/** Verifies the access token only: for routes whose object checks the device itself. */
export const identified = createMiddleware<Edge>(async (c, next) => {
  c.set("caller", await callerOf(c));
  await next();
});

/** Verifies the access token, and that its device was not signed out since. */
export const signedIn = createMiddleware<Edge>(async (c, next) => {
  const caller = await callerOf(c);
  c.set("caller", caller);
  await userObject(c.env, caller.user).authorize(caller.device);
  await next();
});

async function callerOf(c: EdgeContext) {
  const token = bearerOf(c.req.header("Authorization"));
  if (token === undefined) {
    throw new MeridianError("invalid_token", "Send an access token: Authorization: Bearer <access token>.");
  }
  return tokensOf(c.env).verify(token);
}

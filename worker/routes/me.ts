/** `/v1/me`: the caller's own account. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { DeleteAccount, MeridianError, UpdateMe, User } from "../../protocol/index.ts";
import { accountById, updateProfile } from "../accounts/accounts.ts";
import { withAccounts } from "../accounts/database.ts";
import { eraseAccount } from "../accounts/erasure.ts";
import { provePassword } from "../accounts/sign-in.ts";
import { signedIn } from "../auth/caller.ts";
import type { Edge } from "../edge.ts";
import { jsonBody } from "../http/body.ts";
import { userObject } from "../objects.ts";
import { body, BODY, json, nothing, signedInProblems, Tag, withBearer } from "../openapi/describe.ts";

const read = createRoute({
  method: "get",
  path: "/v1/me",
  operationId: "me",
  tags: [Tag.me],
  summary: "The caller's account",
  security: withBearer,
  middleware: [signedIn] as const,
  responses: { 200: json(User, "The account."), ...signedInProblems("accounts_unavailable") },
});

const update = createRoute({
  method: "patch",
  path: "/v1/me",
  operationId: "updateMe",
  tags: [Tag.me],
  summary: "Change the profile or the privacy settings",
  security: withBearer,
  middleware: [signedIn, ...jsonBody] as const,
  request: { body: body(UpdateMe) },
  responses: { 200: json(User, "The account as it now is."), ...signedInProblems(...BODY, "accounts_unavailable") },
});

const erase = createRoute({
  method: "delete",
  path: "/v1/me",
  operationId: "deleteAccount",
  tags: [Tag.me],
  summary: "Erase the account and what only it owns",
  security: withBearer,
  middleware: [signedIn, ...jsonBody] as const,
  request: { body: body(DeleteAccount) },
  responses: {
    204: nothing("Erased. Asking again after a lost answer finishes what is left."),
    ...signedInProblems(...BODY, "forbidden", "rate_limited", "accounts_unavailable"),
  },
});

export const me = new OpenAPIHono<Edge>()
  .openapi(read, async (c) => {
    const { user } = c.get("caller");
    const account = await withAccounts(c.env, (db) => accountById(db, user));
    if (account === undefined || account.erasing) throw gone();
    return c.json(account.user, 200);
  })
  .openapi(update, async (c) => {
    const caller = c.get("caller");
    const patch = c.req.valid("json");
    const user = await withAccounts(c.env, (db) => updateProfile(db, caller.user, patch, Date.now()));
    if (user === undefined) throw gone();
    await userObject(c.env, user.id).profileChanged(user);
    return c.json(user, 200);
  })
  .openapi(erase, async (c) => {
    const caller = c.get("caller");
    const { password } = c.req.valid("json");
    const account = await withAccounts(c.env, (db) => accountById(db, caller.user));
    // An erasure that was begun has proven its password; its row holds the hash until the end.
    if (account !== undefined && !account.erasing) await provePassword(c.env, account, password);
    await eraseAccount(c.env, caller.user, Date.now());
    return c.body(null, 204);
  });

function gone(): MeridianError {
  return new MeridianError("device_revoked", "This account is being erased.");
}

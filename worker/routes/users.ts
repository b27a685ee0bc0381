/** `/v1/users`: public profiles. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { MeridianError, PublicProfile, type User } from "../../protocol/index.ts";
import { accountByHandle, accountById } from "../accounts/accounts.ts";
import { withAccounts } from "../accounts/database.ts";
import { signedIn } from "../auth/caller.ts";
import type { Edge } from "../edge.ts";
import { json, Path, signedInProblems, Tag, withBearer } from "../openapi/describe.ts";

const found = {
  200: json(PublicProfile, "The profile."),
  ...signedInProblems("not_found", "invalid_request", "accounts_unavailable"),
};

const byId = createRoute({
  method: "get",
  path: "/v1/users/{id}",
  operationId: "user",
  tags: [Tag.users],
  summary: "A profile by id",
  security: withBearer,
  middleware: [signedIn] as const,
  request: { params: Path.user },
  responses: found,
});

const byHandle = createRoute({
  method: "get",
  path: "/v1/users",
  operationId: "userByHandle",
  tags: [Tag.users],
  summary: "A profile by handle",
  security: withBearer,
  middleware: [signedIn] as const,
  request: {
    query: z.object({ handle: z.string().min(1).max(256).meta({ description: "In any case.", example: "ada" }) }),
  },
  responses: found,
});

export const users = new OpenAPIHono<Edge>()
  .openapi(byId, async (c) => {
    const { id } = c.req.valid("param");
    const account = await withAccounts(c.env, (db) => accountById(db, id));
    return c.json(profileOf(account?.erasing === true ? undefined : account?.user), 200);
  })
  .openapi(byHandle, async (c) => {
    const { handle } = c.req.valid("query");
    const account = await withAccounts(c.env, (db) => accountByHandle(db, handle.toLowerCase()));
    return c.json(profileOf(account?.user), 200);
  });

function profileOf(user: User | undefined): PublicProfile {
  if (user === undefined) throw new MeridianError("not_found", "There is no such user.");
  const { id, handle, displayName, about, avatar } = user;
  return { id, handle, displayName, about, avatar };
}

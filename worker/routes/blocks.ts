/** `/v1/me/blocks`: whom the caller does not want to hear from [V3]. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { BlockList } from "../../protocol/index.ts";
import { signedIn } from "../auth/caller.ts";
import type { Edge } from "../edge.ts";
import { userObject } from "../objects.ts";
import { json, nothing, Path, signedInProblems, Tag, withBearer } from "../openapi/describe.ts";

const list = createRoute({
  method: "get",
  path: "/v1/me/blocks",
  operationId: "blocks",
  tags: [Tag.me],
  summary: "The users that the caller blocks",
  security: withBearer,
  middleware: [signedIn] as const,
  responses: { 200: json(BlockList, "Their ids."), ...signedInProblems() },
});

const block = createRoute({
  method: "put",
  path: "/v1/me/blocks/{userId}",
  operationId: "block",
  tags: [Tag.me],
  summary: "Block a user",
  description: "Entries of a direct chat from a blocked user are kept from the caller; the sender is not told.",
  security: withBearer,
  middleware: [signedIn] as const,
  request: { params: Path.blocked },
  responses: { 204: nothing("Blocked."), ...signedInProblems("not_found") },
});

const unblock = createRoute({
  method: "delete",
  path: "/v1/me/blocks/{userId}",
  operationId: "unblock",
  tags: [Tag.me],
  summary: "End a block",
  security: withBearer,
  middleware: [signedIn] as const,
  request: { params: Path.blocked },
  responses: { 204: nothing("Not blocked."), ...signedInProblems() },
});

export const blocks = new OpenAPIHono<Edge>()
  .openapi(list, async (c) => c.json({ users: await userObject(c.env, c.get("caller").user).blocks() }, 200))
  .openapi(block, async (c) => {
    const { userId } = c.req.valid("param");
    await userObject(c.env, c.get("caller").user).block(userId);
    return c.body(null, 204);
  })
  .openapi(unblock, async (c) => {
    const { userId } = c.req.valid("param");
    await userObject(c.env, c.get("caller").user).unblock(userId);
    return c.body(null, 204);
  });

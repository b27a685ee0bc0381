/** `/v1/conversations/{id}/members`: who takes part [V1]. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import { ListQuery, Member, MemberList, PutMember } from "../../protocol/index.ts";
import { signedIn } from "../auth/caller.ts";
import type { Edge } from "../edge.ts";
import { optionalJsonBody } from "../http/body.ts";
import { userObject } from "../objects.ts";
import { BODY, json, nothing, optionalBody, Path, signedInProblems, Tag, withBearer } from "../openapi/describe.ts";

const list = createRoute({
  method: "get",
  path: "/v1/conversations/{id}/members",
  operationId: "members",
  tags: [Tag.members],
  summary: "The members with their roles and watermarks",
  security: withBearer,
  middleware: [signedIn] as const,
  request: { params: Path.conversation, query: ListQuery },
  responses: {
    200: json(MemberList, "A page; `cursor` asks for the next one and is absent on the last."),
    ...signedInProblems("not_found", "invalid_request"),
  },
});

const put = createRoute({
  method: "put",
  path: "/v1/conversations/{id}/members/{userId}",
  operationId: "putMember",
  tags: [Tag.members],
  summary: "Add a member, or change a member's role",
  description: "For admins of a group.",
  security: withBearer,
  middleware: [signedIn, ...optionalJsonBody] as const,
  request: { params: Path.member, body: optionalBody(PutMember) },
  responses: {
    200: json(Member, "The member as it now is."),
    ...signedInProblems(...BODY, "forbidden", "not_found", "group_full"),
  },
});

const remove = createRoute({
  method: "delete",
  path: "/v1/conversations/{id}/members/{userId}",
  operationId: "removeMember",
  tags: [Tag.members],
  summary: "Remove a member, or leave where it is the caller",
  description:
    "Removing others is for admins. The last admin who leaves hands the role to the longest-standing member.",
  security: withBearer,
  middleware: [signedIn] as const,
  request: { params: Path.member },
  responses: { 204: nothing("No member any more."), ...signedInProblems("forbidden", "not_found") },
});

export const members = new OpenAPIHono<Edge>()
  .openapi(list, async (c) => {
    const { id } = c.req.valid("param");
    const { limit, cursor } = c.req.valid("query");
    return c.json(await userObject(c.env, c.get("caller").user).members(id, limit, cursor), 200);
  })
  .openapi(put, async (c) => {
    const { id, userId } = c.req.valid("param");
    const { role } = c.req.valid("json");
    return c.json(await userObject(c.env, c.get("caller").user).putMember(id, userId, role), 200);
  })
  .openapi(remove, async (c) => {
    const { id, userId } = c.req.valid("param");
    await userObject(c.env, c.get("caller").user).removeMember(id, userId);
    return c.body(null, 204);
  });

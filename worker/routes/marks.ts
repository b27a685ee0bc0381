/** What the caller's other devices and the other members learn of its reading, over HTTP. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { MarkRead, Mute, ReceiptList } from "../../protocol/index.ts";
import { signedIn } from "../auth/caller.ts";
import type { Edge } from "../edge.ts";
import { jsonBody } from "../http/body.ts";
import { userObject } from "../objects.ts";
import { body, BODY, json, nothing, Path, signedInProblems, Tag, withBearer } from "../openapi/describe.ts";

const read = createRoute({
  method: "put",
  path: "/v1/conversations/{id}/read",
  operationId: "markRead",
  tags: [Tag.conversations],
  summary: "Mark everything up to a seq as read",
  security: withBearer,
  middleware: [signedIn, ...jsonBody] as const,
  request: { params: Path.conversation, body: body(MarkRead) },
  responses: { 204: nothing("Read. The mark only rises."), ...signedInProblems(...BODY, "not_found") },
});

const mute = createRoute({
  method: "put",
  path: "/v1/conversations/{id}/mute",
  operationId: "mute",
  tags: [Tag.conversations],
  summary: "Mute until a time, or end it with null",
  security: withBearer,
  middleware: [signedIn, ...jsonBody] as const,
  request: { params: Path.conversation, body: body(Mute) },
  responses: { 204: nothing("Set for all of the caller's devices."), ...signedInProblems(...BODY, "not_found") },
});

const receipts = createRoute({
  method: "get",
  path: "/v1/conversations/{id}/receipts",
  operationId: "receipts",
  tags: [Tag.conversations],
  summary: "Who has received and who has read an entry",
  security: withBearer,
  middleware: [signedIn] as const,
  request: {
    params: Path.conversation,
    query: z.object({ seq: z.coerce.number().int().min(1).meta({ type: "integer", minimum: 1, example: 2 }) }),
  },
  responses: {
    200: json(ReceiptList, "Exact for every size of group."),
    ...signedInProblems("not_found", "invalid_request"),
  },
});

export const marks = new OpenAPIHono<Edge>()
  .openapi(read, async (c) => {
    const { id } = c.req.valid("param");
    const { seq } = c.req.valid("json");
    const { user, device } = c.get("caller");
    await userObject(c.env, user).markRead(device, id, seq);
    return c.body(null, 204);
  })
  .openapi(mute, async (c) => {
    const { id } = c.req.valid("param");
    const { until } = c.req.valid("json");
    await userObject(c.env, c.get("caller").user).mute(id, until);
    return c.body(null, 204);
  })
  .openapi(receipts, async (c) => {
    const { id } = c.req.valid("param");
    const { seq } = c.req.valid("query");
    return c.json(await userObject(c.env, c.get("caller").user).receiptsAt(id, seq), 200);
  });

/** `/v1/conversations`: making, listing, reading and changing conversations, through the caller's User object. */
import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import {
  Conversation,
  ConversationList,
  CreateConversation,
  ListQuery,
  UpdateConversation,
} from "../../protocol/index.ts";
import { signedIn } from "../auth/caller.ts";
import type { Edge } from "../edge.ts";
import { jsonBody } from "../http/body.ts";
import { userObject } from "../objects.ts";
import { body, BODY, json, Path, signedInProblems, Tag, withBearer } from "../openapi/describe.ts";

const create = createRoute({
  method: "post",
  path: "/v1/conversations",
  operationId: "createConversation",
  tags: [Tag.conversations],
  summary: "Start a direct chat or a group",
  description: "A direct chat is one per pair of users, whoever starts it; one with oneself keeps notes.",
  security: withBearer,
  middleware: [signedIn, ...jsonBody] as const,
  request: { body: body(CreateConversation) },
  responses: {
    200: json(Conversation, "The direct chat, which existed."),
    201: json(Conversation, "The new conversation."),
    ...signedInProblems(...BODY, "not_found", "group_full"),
  },
});

const list = createRoute({
  method: "get",
  path: "/v1/conversations",
  operationId: "conversations",
  tags: [Tag.conversations],
  summary: "The caller's conversations, newest activity first",
  security: withBearer,
  middleware: [signedIn] as const,
  request: { query: ListQuery },
  responses: {
    200: json(ConversationList, "A page; `cursor` asks for the next one and is absent on the last."),
    ...signedInProblems("invalid_request"),
  },
});

const read = createRoute({
  method: "get",
  path: "/v1/conversations/{id}",
  operationId: "conversation",
  tags: [Tag.conversations],
  summary: "A conversation as the caller sees it",
  security: withBearer,
  middleware: [signedIn] as const,
  request: { params: Path.conversation },
  responses: { 200: json(Conversation, "The conversation."), ...signedInProblems("not_found") },
});

const update = createRoute({
  method: "patch",
  path: "/v1/conversations/{id}",
  operationId: "updateConversation",
  tags: [Tag.conversations],
  summary: "Change title, avatar or retention",
  description: "For admins of a group.",
  security: withBearer,
  middleware: [signedIn, ...jsonBody] as const,
  request: { params: Path.conversation, body: body(UpdateConversation) },
  responses: {
    200: json(Conversation, "The conversation as it now is."),
    ...signedInProblems(...BODY, "forbidden", "not_found"),
  },
});

export const conversations = new OpenAPIHono<Edge>()
  .openapi(create, async (c) => {
    const request = c.req.valid("json");
    const { created, conversation } = await userObject(c.env, c.get("caller").user).createConversation(request);
    return created ? c.json(conversation, 201) : c.json(conversation, 200);
  })
  .openapi(list, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const { user, device } = c.get("caller");
    return c.json(await userObject(c.env, user).conversations(device, limit, cursor), 200);
  })
  .openapi(read, async (c) => {
    const { id } = c.req.valid("param");
    return c.json(await userObject(c.env, c.get("caller").user).conversation(id), 200);
  })
  .openapi(update, async (c) => {
    const { id } = c.req.valid("param");
    const patch = c.req.valid("json");
    return c.json(await userObject(c.env, c.get("caller").user).updateConversation(id, patch), 200);
  });

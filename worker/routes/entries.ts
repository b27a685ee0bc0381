/** `/v1/conversations/{id}/entries`: the log over HTTP. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import {
  AppendRequest,
  AppendResult,
  EntriesQuery,
  MAX_TEXT_CHARS,
  MeridianError,
  Page,
} from "../../protocol/index.ts";
import { identified, signedIn } from "../auth/caller.ts";
import type { Edge } from "../edge.ts";
import { entryBody } from "../http/body.ts";
import { jsonText } from "../http/json-text.ts";
import { onInvalid } from "../http/validation.ts";
import { userObject } from "../objects.ts";
import { body, BODY, json, nothing, Path, signedInProblems, Tag, withBearer } from "../openapi/describe.ts";

const append = createRoute({
  method: "post",
  path: "/v1/conversations/{id}/entries",
  operationId: "appendEntry",
  tags: [Tag.entries],
  summary: "Append an entry: the socket's `send` over HTTP",
  description:
    "Answered once the entry is durable. `id` is chosen by the client (UUID version 7) and makes a retry safe: the same " +
    "id again answers the first `seq` and appends nothing.",
  security: withBearer,
  // The object checks the device itself, in the same call.
  middleware: [identified, ...entryBody] as const,
  request: { params: Path.conversation, body: body(AppendRequest) },
  responses: {
    200: json(AppendResult, "A retry: what the first attempt was answered."),
    201: json(AppendResult, "Durable, at this place."),
    ...signedInProblems(...BODY, "forbidden", "not_found", "id_conflict", "rate_limited"),
  },
});

const page = createRoute({
  method: "get",
  path: "/v1/conversations/{id}/entries",
  operationId: "entries",
  tags: [Tag.entries],
  summary: "All that the caller may see of a range of the log",
  description:
    "After a seq, before one, or, with neither, the newest. Ascending; what is missing in (after, to] is not for the caller.",
  security: withBearer,
  middleware: [signedIn] as const,
  request: { params: Path.conversation, query: EntriesQuery },
  responses: { 200: json(Page, "The range."), ...signedInProblems("not_found", "invalid_request") },
});

const hide = createRoute({
  method: "delete",
  path: "/v1/conversations/{id}/entries/{seq}",
  operationId: "hideEntry",
  tags: [Tag.entries],
  summary: "Delete an entry for the caller alone",
  description: "For everyone is an entry of kind `delete`.",
  security: withBearer,
  middleware: [signedIn] as const,
  request: { params: Path.entry, query: z.object({ for: z.literal("me") }) },
  responses: {
    204: nothing("Hidden on all of the caller's devices."),
    ...signedInProblems("not_found", "invalid_request"),
  },
});

export const entries = new OpenAPIHono<Edge>()
  .openapi(
    append,
    async (c) => {
      const { id } = c.req.valid("param");
      const request = c.req.valid("json");
      const { user, device } = c.get("caller");
      const result = await userObject(c.env, user).append(device, id, request);
      return result.duplicate === true ? c.json(result, 200) : c.json(result, 201);
    },
    (result, c) => {
      // [E5] a text past its limit is too large, as on the socket, rather than of the wrong shape.
      const tooLong = !result.success && result.error.issues.some(isTextTooLong);
      if (tooLong) throw new MeridianError("payload_too_large", `A text has at most ${MAX_TEXT_CHARS} characters.`);
      return onInvalid(result, c);
    },
  )
  .openapi(page, async (c) => {
    const { id } = c.req.valid("param");
    return jsonText(c, await userObject(c.env, c.get("caller").user).entries(id, c.req.valid("query")));
  })
  .openapi(hide, async (c) => {
    const { id, seq } = c.req.valid("param");
    const { user, device } = c.get("caller");
    await userObject(c.env, user).hide(device, id, seq);
    return c.body(null, 204);
  });

function isTextTooLong({ code, path }: z.core.$ZodIssue): boolean {
  return code === "too_big" && path.join(".") === "body.text";
}

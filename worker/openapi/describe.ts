/**
 * The parts that route descriptions are made of.
 */
import { z } from "@hono/zod-openapi";
import {
  ConversationId,
  DeviceId,
  Id,
  statusOf,
  titleOf,
  UserId,
  Problem,
  type ErrorCode,
} from "../../protocol/index.ts";
import { typeOf } from "../http/problem.ts";
import { ids } from "./examples.ts";
import { exampleOf } from "./names.ts";

/** Sections of the browsable description. */
export const Tag = {
  accounts: "Accounts and sessions",
  me: "The caller",
  users: "Users",
  conversations: "Conversations",
  members: "Members",
  entries: "Entries",
  media: "Media",
  socket: "The socket",
  service: "The service",
} as const;

/** The name of the security scheme in the description. */
export const BEARER = "accessToken";
export const withBearer = [{ [BEARER]: [] }];

/** A JSON answer. */
export function json<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { "application/json": media(schema) } };
}

/** A JSON request body. */
export function body<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { "application/json": media(schema) } };
}

/** A JSON request body that may be left out. */
export function optionalBody<Schema extends z.ZodType>(schema: Schema) {
  return { required: false, content: { "application/json": media(schema) } };
}

/** An answer without a body. */
export function nothing(description: string) {
  return { description };
}

function media<Schema extends z.ZodType>(schema: Schema) {
  const example = exampleOf(schema);
  return { schema, ...(example === undefined ? {} : { example }) };
}

/** Ids in paths. What cannot be an id names nothing: 404, like any id that the caller may not know of [H4]. */
export const Path = {
  conversation: z.object({ id: ConversationId.meta({ example: ids.conversation }) }),
  user: z.object({ id: UserId.meta({ example: ids.user }) }),
  device: z.object({ id: DeviceId.meta({ example: ids.device }) }),
  blocked: z.object({ userId: UserId.meta({ example: ids.user }) }),
  member: z.object({
    id: ConversationId.meta({ example: ids.conversation }),
    userId: UserId.meta({ example: ids.user }),
  }),
  media: z.object({
    id: ConversationId.meta({ example: ids.conversation }),
    mediaId: Id.meta({ example: ids.media }),
  }),
  entry: z.object({
    id: ConversationId.meta({ example: ids.conversation }),
    seq: z.coerce.number().int().min(1).meta({ type: "integer", minimum: 1, example: 2 }),
  }),
};

/** What any route may answer. */
const ALWAYS = ["internal", "unavailable"] as const;
/** What any route with an access token may answer [H3]. */
const SIGNED_IN = ["invalid_token", "token_expired", "device_revoked"] as const;
/** What any route with a body may answer [H2]. */
export const BODY = ["malformed_request", "invalid_request", "payload_too_large"] as const;

/** Problems of a route without an access token, as OpenAPI responses by status. */
export function problems(...codes: readonly ErrorCode[]): object {
  const byStatus = Map.groupBy(new Set([...codes, ...ALWAYS]), statusOf);
  return Object.fromEntries([...byStatus].map(([status, same]) => [status, response(status, same)]));
}

/** Problems of a route with an access token. */
export function signedInProblems(...codes: readonly ErrorCode[]): object {
  return problems(...SIGNED_IN, ...codes);
}

function response(status: number, codes: readonly ErrorCode[]) {
  const headers: Record<string, unknown> = {};
  if (status === 401) headers["WWW-Authenticate"] = { schema: { type: "string" }, description: "`Bearer`" };
  if (status === 429 || status === 503)
    headers["Retry-After"] = { schema: { type: "integer" }, description: "seconds" };
  return {
    description: codes.map((code) => `\`${code}\`: ${titleOf(code)}.`).join(" "),
    headers,
    content: {
      "application/problem+json": {
        schema: Problem,
        examples: Object.fromEntries(codes.map((code) => [code, { value: exampleProblem(code) }])),
      },
    },
  };
}

function exampleProblem(code: ErrorCode): Problem {
  const status = statusOf(code);
  return {
    type: typeOf(code),
    title: titleOf(code),
    status,
    detail: `${titleOf(code)}.`,
    code,
    ...(status === 429 || status === 503 ? { retryAfterMs: 1_000 } : {}),
    ...(code === "invalid_request" ? { errors: [{ path: "device.name", message: "Invalid input" }] } : {}),
  };
}

/**
 * The OpenAPI 3.1 description, made from the routes and the validators that check their requests.
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { PROTOCOL_VERSION } from "../../protocol/index.ts";
import type { Edge } from "../edge.ts";
import { BEARER, Tag } from "./describe.ts";

const DESCRIPTION = `
A messenger: accounts and sessions, conversations and their logs over HTTP, and a WebSocket that delivers.

Requests and answers are JSON. Every error is \`application/problem+json\` (RFC 9457) with a stable \`code\`. Times are
milliseconds since the epoch. Ids are opaque. Unknown fields are ignored.
`.trim();

/** Describes an application; `version` is that of the service. */
export function describe(app: OpenAPIHono<Edge>, version: string): object {
  app.openAPIRegistry.registerComponent("securitySchemes", BEARER, {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "An access token, as registration, sign-in and refresh answer it. Lives for at most 15 minutes.",
  });
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Meridian", version: `${PROTOCOL_VERSION}+${version}`, description: DESCRIPTION },
    servers: [{ url: "/" }],
    tags: Object.values(Tag).map((name) => ({ name })),
  });
}

/**
 * What operators ask: `/metrics`, and the goodbye before a planned stop. Neither is part of the contract with clients, so
 * neither is in the OpenAPI document.
 */
import { Hono } from "hono";
import { z } from "zod";
import { MeridianError, UserId } from "../../protocol/index.ts";
import type { Edge, EdgeContext } from "../edge.ts";
import { readBody } from "../http/read-body.ts";
import { log } from "../log.ts";
import { userObject } from "../objects.ts";
import { drain } from "./drain.ts";
import { operatorsOnly } from "./gate.ts";
import { isolate } from "./isolate.ts";

const OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);
/** Users in one call, where they are named. */
const MAX_USERS = 10_000;
const MAX_BODY_BYTES = 1024 * 1024;

const Drain = z.object({
  /** Shown to clients in the frame. */
  reason: z.string().max(100).default("the server restarts"),
  /** Whom; by default everybody whose object lives in this isolate. */
  users: z.array(UserId).max(MAX_USERS).optional(),
});

export const operations = new Hono<Edge>()
  .get("/metrics", async (c) => {
    if (!onThisMachine(c)) await operatorsOnly(c, c.env.METRICS_TOKEN);
    return c.body(isolate().text(), 200, { "Content-Type": OPENMETRICS });
  })
  .post("/v1/internal/drain", async (c) => {
    await operatorsOnly(c, c.env.OPERATIONS_TOKEN);
    const body = new TextDecoder().decode(await readBody(c.req.raw, MAX_BODY_BYTES));
    const request = Drain.safeParse(parsed(body));
    if (!request.success) throw new MeridianError("invalid_request", "Send {reason?, users?}.");
    const { reason, users = isolate().liveUsers() } = request.data;
    const result = await drain(users, (user, withinMs) => userObject(c.env, user).goodbye(reason, withinMs));
    log("info", "drained", { requestId: c.get("requestId"), ...result });
    return c.json(result);
  });

/** The body as JSON; none at all stands for the defaults. */
function parsed(body: string): unknown {
  if (body === "") return {};
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new MeridianError("malformed_request", "The body is not JSON.");
  }
}

/**
 * A developer's own machine: the setting alone could be deployed by mistake, an address of the loopback cannot be asked
 * from elsewhere.
 */
function onThisMachine(c: EdgeContext): boolean {
  return c.env.REGION === "local" && LOOPBACK.has(new URL(c.req.url).hostname);
}

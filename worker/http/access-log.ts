import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import type { Edge } from "../edge.ts";
import { log } from "../log.ts";

/** One line per request: who, which route, how it went, how long it took. */
export const accessLog = createMiddleware<Edge>(async (c, next) => {
  const started = Date.now();
  await next();
  const caller = c.get("caller") as Edge["Variables"]["caller"] | undefined;
  log("info", "request", {
    requestId: c.get("requestId"),
    method: c.req.method,
    // The pattern, not the path: ids stay out of what is counted, and what a caller typed stays out of the log.
    route: routePath(c, -1),
    status: c.res.status,
    ms: Date.now() - started,
    user: caller?.user,
    device: caller?.device,
    conversation: conversationIn(c.req.path),
    region: c.env.REGION,
    version: c.env.VERSION,
  });
});

/** The conversation of a path, where it has the form of an id: whatever else was typed there stays out of the log. */
function conversationIn(path: string): string | undefined {
  return /^\/v1\/conversations\/([dg]_[A-Za-z0-9_-]{1,78})(?:\/|$)/.exec(path)?.[1];
}

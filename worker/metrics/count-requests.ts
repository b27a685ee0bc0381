import { createMiddleware } from "hono/factory";
import type { Edge } from "../edge.ts";
import { isolate } from "./isolate.ts";

type StatusClass = "1xx" | "2xx" | "3xx" | "4xx" | "5xx";

/** Counts every request by the class of its status, and those that failed on our side by their code. */
export const countRequests = createMiddleware<Edge>(async (c, next) => {
  const started = Date.now();
  await next();
  const shared = isolate();
  const { status } = c.res;
  shared.metrics.observe("request_seconds", Date.now() - started, {
    status: `${Math.floor(status / 100)}xx` as StatusClass,
  });
  if (status >= 500)
    shared.metrics.count("errors", { where: "edge", code: status === 503 ? "unavailable" : "internal" });
  shared.ship(c.env, Date.now());
});

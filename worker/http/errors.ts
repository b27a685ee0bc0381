import type { ErrorHandler, NotFoundHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { MeridianError } from "../../protocol/index.ts";
import type { Edge, EdgeContext } from "../edge.ts";
import { log, traceOf } from "../log.ts";
import { headersOf, problemOf } from "./problem.ts";

/** [H1] answers an error; one that nobody foresaw is logged first, without its message. */
export const onError: ErrorHandler<Edge> = (error, c) => {
  const answer = respond(c, error);
  if (answer.status === 500) log("error", "unexpected", { requestId: c.get("requestId"), ...traceOf(error) });
  return answer;
};

/** A path that no route has. */
export const onNotFound: NotFoundHandler<Edge> = (c) =>
  respond(c, new MeridianError("not_found", "There is nothing at this address."));

/** A path that has routes, but none for this method. */
export function onMethodNotAllowed(c: EdgeContext, methods: readonly string[]): Response {
  const allow = methods.join(", ");
  return respond(c, new MeridianError("method_not_allowed", `Allowed here: ${allow}.`), { Allow: allow });
}

function respond(c: EdgeContext, error: unknown, headers: Record<string, string> = {}): Response {
  const problem = problemOf(error, c.get("requestId"));
  return c.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, { ...headersOf(problem), ...headers });
}

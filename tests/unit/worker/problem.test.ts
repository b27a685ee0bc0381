import { HTTPException } from "hono/http-exception";
import { describe, expect, it } from "vitest";
import { ERROR_CODES, MeridianError, Problem, statusOf } from "../../../protocol/index.ts";
import { headersOf, problemOf } from "../../../worker/http/problem.ts";

/** What arrives from an object: an error of no known class with the properties that the platform carries over. */
function remote(properties: Record<string, unknown>): Error {
  return Object.assign(new Error("detail of the object"), { remote: true, ...properties });
}

describe("problems", () => {
  it.each(ERROR_CODES)("[H1] %s has a type, a title, its status, a detail and its code", (code) => {
    const problem = problemOf(new MeridianError(code, "What happened."), "r1");
    expect(Problem.parse(problem)).toStrictEqual(problem);
    expect(problem).toMatchObject({ code, status: statusOf(code) });
    expect(problem.title.length).toBeGreaterThan(0);
  });

  it("[H1] retryAfterMs comes with Retry-After in whole seconds, never sooner", () => {
    const problem = problemOf(new MeridianError("rate_limited", "Slow down.", { retryAfterMs: 1_200.4 }), "r1");
    expect(problem.retryAfterMs).toBe(1_201);
    expect(headersOf(problem)).toMatchObject({ "Content-Type": "application/problem+json", "Retry-After": "2" });
  });

  it("[H1] an error that lost its class on the way from an object keeps its code, detail and wait", () => {
    const violations = [{ path: "title", message: "too long" }];
    const problem = problemOf(remote({ code: "rate_limited", retryAfterMs: 250, violations }), "r1");
    expect(problem).toMatchObject({ status: 429, code: "rate_limited", retryAfterMs: 250, errors: violations });
    expect(problem.detail).toBe("detail of the object");
  });

  it.each(["retryable", "overloaded", "durableObjectReset"])(
    "an object that is %s is unavailable, not a failure",
    (mark) => {
      const problem = problemOf(remote({ [mark]: true }), "r1");
      expect(problem).toMatchObject({ status: 503, code: "unavailable", retryAfterMs: 1_000 });
    },
  );

  it("[H1] an unexpected error names the request and nothing of itself", () => {
    const problem = problemOf(new TypeError("secret text"), "request-7");
    expect(problem).toMatchObject({ status: 500, code: "internal" });
    expect(problem.detail).toContain("request-7");
    expect(JSON.stringify(problem)).not.toContain("secret");
  });

  it.each([
    [400, "malformed_request"],
    [413, "payload_too_large"],
    [415, "malformed_request"],
    [418, "internal"],
  ] as const)("[H2] the framework's %d is %s", (status, code) => {
    expect(problemOf(new HTTPException(status), "r1").code).toBe(code);
  });

  it("[H3] every 401 says how to authenticate", () => {
    for (const code of ERROR_CODES) {
      const headers = headersOf(problemOf(new MeridianError(code, ""), "r1"));
      expect(headers["WWW-Authenticate"]).toBe(statusOf(code) === 401 ? "Bearer" : undefined);
    }
  });
});

/**
 * Calls of the HTTP API: JSON in, JSON out, and every failure a typed error.
 */
import type { Problem } from "../../protocol/errors.ts";
import type { Clock } from "../clock.ts";
import { MeridianError, errorOf } from "../errors.ts";
import type { Fetch } from "../types/options.ts";

/** How long the server may take to answer. */
const TIMEOUT_MS = 20_000;

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface HttpPorts {
  readonly fetch: Fetch;
  readonly clock: Clock;
  url(): string;
  /** The address did not answer. */
  blame(url: string): void;
}

/**
 * Makes one call.
 *
 * @param path from `/v1` on
 * @param token access token, for routes that want one
 * @returns the parsed body; undefined for `204`
 * @throws MeridianError `offline`, `timeout`, or what the server answered [H1]
 */
export async function call(
  ports: HttpPorts,
  method: Method,
  path: string,
  { body, token }: { body?: unknown; token?: string | undefined } = {},
): Promise<unknown> {
  const base = ports.url();
  const abort = new AbortController();
  const stop = ports.clock.after(TIMEOUT_MS, () => abort.abort());
  try {
    const response = await ports.fetch(base.replace(/\/$/, "") + path, {
      method,
      signal: abort.signal,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw problemOf(response.status, text);
    return text === "" ? undefined : JSON.parse(text);
  } catch (error) {
    if (error instanceof MeridianError) throw error;
    if (error instanceof SyntaxError) throw errorOf("internal", "The answer was not JSON.", { cause: error });
    ports.blame(base);
    if (abort.signal.aborted) throw errorOf("timeout", "The server did not answer.", { cause: error });
    throw errorOf("offline", "The server could not be reached.", { cause: error });
  } finally {
    stop();
  }
}

/** [H1] the error that a problem document names. What is none came from something in between: it will pass. */
export function problemOf(status: number, text: string): MeridianError {
  try {
    const problem = JSON.parse(text) as Partial<Problem> | null;
    if (typeof problem?.code === "string") {
      return errorOf(problem.code, problem.detail ?? problem.title ?? problem.code, {
        retryAfterMs: problem.retryAfterMs,
        violations: problem.errors,
      });
    }
  } catch {
    // Not a problem document: the status has to do.
  }
  return errorOf("unavailable", `Something between this device and the server answered ${status}.`);
}

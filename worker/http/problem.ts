/**
 * [H1] every error leaves the edge as `application/problem+json` (RFC 9457).
 */
import { HTTPException } from "hono/http-exception";
import {
  codeOf,
  MeridianError,
  statusOf,
  titleOf,
  type ErrorCode,
  type Problem,
  type Violation,
} from "../../protocol/index.ts";

const RETRY_UNAVAILABLE_MS = 1_000;

/** What the platform marks on errors of a call to an object that did not come from the object's own code. */
interface PlatformError {
  readonly retryable?: unknown;
  readonly overloaded?: unknown;
  readonly durableObjectReset?: unknown;
}

/**
 * The problem that tells a caller about an error. Errors of an object lose their class on the way here but keep
 * `code`, `message`, `retryAfterMs` and `violations`.
 *
 * @param error whatever was thrown
 * @param requestId named in the detail of an unexpected error, so that its log line can be found
 */
export function problemOf(error: unknown, requestId: string): Problem {
  const known = translate(error);
  const code = codeOf(known);
  const { message, retryAfterMs, violations } = (known ?? {}) as Partial<MeridianError>;
  const detail =
    code === "internal" ? `The server failed; its log has it under request ${requestId}.` : (message ?? "");
  return {
    type: typeOf(code),
    title: titleOf(code),
    status: statusOf(code),
    detail,
    code,
    ...(typeof retryAfterMs === "number" ? { retryAfterMs: Math.max(0, Math.ceil(retryAfterMs)) } : {}),
    ...(Array.isArray(violations) ? { errors: [...(violations as readonly Violation[])] } : {}),
  };
}

/** The `type` of a problem: a name, not an address. */
export function typeOf(code: ErrorCode): string {
  return `urn:meridian:problem:${code}`;
}

/** Headers that belong to a problem: its media type, when to come back, how to sign in [H3]. */
export function headersOf(problem: Problem): Record<string, string> {
  const headers: Record<string, string> = { "Content-Type": "application/problem+json" };
  if (problem.retryAfterMs !== undefined) headers["Retry-After"] = String(Math.ceil(problem.retryAfterMs / 1000));
  if (problem.status === 401) headers["WWW-Authenticate"] = "Bearer";
  return headers;
}

/** Turns what the framework and the platform throw into errors of the contract; leaves everything else alone. */
function translate(error: unknown): unknown {
  if (codeOf(error) !== "internal") return error;
  if (error instanceof HTTPException) return ofFramework(error);
  const { retryable, overloaded, durableObjectReset } = (error ?? {}) as PlatformError;
  if (retryable === true || overloaded === true || durableObjectReset === true) {
    return new MeridianError("unavailable", "A part of the service cannot be reached right now.", {
      retryAfterMs: RETRY_UNAVAILABLE_MS,
    });
  }
  return error;
}

function ofFramework({ status }: HTTPException): unknown {
  switch (status) {
    case 400:
      return new MeridianError("malformed_request", "The body is not valid JSON.");
    case 413:
      return new MeridianError("payload_too_large", "The body is too large.");
    case 415:
      return new MeridianError("malformed_request", "The body must be JSON, with Content-Type: application/json.");
    default:
      return new MeridianError("internal", "");
  }
}

/**
 * The one closed union of error codes [H1], with the HTTP status and the title that go with each.
 * A `switch (error.code)` over {@link ErrorCode} is exhaustive.
 */
import { z } from "zod";

const catalogue = {
  malformed_request: [400, "The request is not valid JSON"],
  invalid_request: [422, "The request does not have the right shape"],
  payload_too_large: [413, "The payload is too large"],
  unsupported_protocol: [400, "The protocol is not supported"],
  malformed_frame: [400, "The frame is not a frame of this protocol"],
  invalid_credentials: [401, "Handle or password is wrong"],
  invalid_token: [401, "The token is not valid"],
  token_expired: [401, "The token has expired"],
  token_reused: [401, "The refresh token was already used"],
  device_revoked: [401, "This device was signed out"],
  forbidden: [403, "Not allowed"],
  not_found: [404, "Not found"],
  method_not_allowed: [405, "The method is not allowed here"],
  handle_taken: [409, "The handle is taken"],
  id_conflict: [409, "The id was used for another entry"],
  group_full: [409, "The group is full"],
  rate_limited: [429, "Too many requests"],
  accounts_unavailable: [503, "The accounts database cannot be reached"],
  unavailable: [503, "The service cannot answer right now"],
  internal: [500, "Something went wrong on the server"],
  digest_mismatch: [422, "The bytes are not the announced ones"],
  media_expired: [410, "The upload or link has expired"],
  range_not_satisfiable: [416, "The range is not in the file"],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ErrorCode = keyof typeof catalogue;
export const ERROR_CODES = Object.keys(catalogue) as [ErrorCode, ...ErrorCode[]];
export const ErrorCodeSchema = z.enum(ERROR_CODES);

/** The HTTP status of a code. */
export function statusOf(code: ErrorCode): number {
  return catalogue[code][0];
}

/** The short, human title of a code. */
export function titleOf(code: ErrorCode): string {
  return catalogue[code][1];
}

/** One thing that is wrong with a request, by its path in the body. */
export const Violation = z.object({ path: z.string(), message: z.string() });
export type Violation = z.infer<typeof Violation>;

/** [H1] `application/problem+json` (RFC 9457). */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: ErrorCodeSchema,
  retryAfterMs: z.int().min(0).optional(),
  errors: z.array(Violation).optional(),
});
export type Problem = z.infer<typeof Problem>;

/**
 * An error that the contract knows: what any part of the server throws where a caller is to be told.
 *
 * @example
 * throw new MeridianError("not_found", "No such conversation.");
 */
export class MeridianError extends Error {
  override readonly name = "MeridianError";
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;
  readonly violations: readonly Violation[] | undefined;

  constructor(
    code: ErrorCode,
    detail: string,
    more: { retryAfterMs?: number | undefined; violations?: readonly Violation[] | undefined } = {},
  ) {
    super(detail);
    this.code = code;
    this.retryAfterMs = more.retryAfterMs;
    this.violations = more.violations;
  }
}

/**
 * Reads the code from an error that may have crossed an RPC boundary, where classes are lost but
 * `code` survives. Anything else is `internal`.
 */
export function codeOf(error: unknown): ErrorCode {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && Object.hasOwn(catalogue, code) ? (code as ErrorCode) : "internal";
}

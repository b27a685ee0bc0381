/**
 * Errors of the SDK: each a class of its own family with a stable `code` and a `hint` that says what to do.
 *
 * | class | when |
 * | --- | --- |
 * | `NetworkError` | the server could not be reached: `offline`, `timeout` |
 * | `AuthError` | sign-in is needed or was refused |
 * | `RequestError` | the server refused the request as it is: repeating it changes nothing |
 * | `RetryableError` | the server cannot right now: try again after `retryAfterMs` |
 * | `StateError` | the SDK was asked for something that its state does not allow |
 */
import type { ErrorCode, Violation } from "../protocol/errors.ts";

/** Codes that only the SDK raises, beside the server's. */
export type ClientErrorCode =
  | "offline"
  | "timeout"
  | "signed_out"
  | "signed_in"
  | "outbox_full"
  | "discarded"
  | "closed"
  | "storage";
export type Code = ErrorCode | ClientErrorCode;

export interface ErrorDetails {
  readonly retryAfterMs?: number | undefined;
  readonly violations?: readonly Violation[] | undefined;
  readonly cause?: unknown;
}

const HINTS: Record<Code, string> = {
  malformed_request: "This looks like a fault in the SDK: report it with what was called.",
  invalid_request: "Look at `violations` for the fields that are wrong.",
  payload_too_large: "Send less: text up to 8,192 characters, bodies up to 32 KiB.",
  unsupported_protocol: "Update the SDK: the server no longer speaks its protocol version.",
  malformed_frame: "This looks like a fault in the SDK: report it with what was called.",
  invalid_credentials: "Check handle and password.",
  invalid_token: "Sign in again.",
  token_expired: "Sign in again, or check this device's clock.",
  token_reused: "Somebody used a copy of this session: sign in again and look at the list of devices.",
  device_revoked: "This device was signed out: sign in again.",
  forbidden: "Ask an admin of the conversation, or check the password.",
  not_found: "It does not exist, or this user may not know of it.",
  method_not_allowed: "Check that `url` is the address of a Meridian server.",
  handle_taken: "Choose another handle.",
  id_conflict: "The id was used for something else: send it again as a new message.",
  group_full: "Remove a member first, or start another group.",
  rate_limited: "Wait for `retryAfterMs`, then try again.",
  accounts_unavailable: "Sign-in and profiles are down for the moment; messages still work. Try again later.",
  unavailable: "Try again later.",
  internal: "Try again; if it stays, report it.",
  digest_mismatch: "The upload was damaged on its way: try again.",
  media_expired: "The link is too old: ask for a new one.",
  range_not_satisfiable: "Ask for a range that lies inside the file.",
  offline: "Check the network; the SDK reconnects by itself.",
  timeout: "The server took too long: try again.",
  signed_out: "Call `signIn()` or `register()` first.",
  signed_in: "Call `signOut()` first.",
  outbox_full: "Wait until queued messages are sent, or discard failed ones.",
  discarded: "The message was discarded before it was sent.",
  closed: "This instance was closed: make a new one.",
  storage: "The device's storage failed: it may be full or blocked by the browser.",
};

/**
 * The parent of every error that the SDK throws.
 *
 * @example
 * try { await meridian.signIn({ handle, password }); }
 * catch (error) { if (error instanceof MeridianError) show(error.code, error.hint); }
 */
export class MeridianError extends Error {
  override readonly name: string = "MeridianError";
  readonly code: Code;
  /** What to do about it, in one sentence of English. */
  readonly hint: string;
  /** Wait at least this long before another try, in ms. */
  readonly retryAfterMs: number | undefined;
  /** What is wrong with which field of the request. */
  readonly violations: readonly Violation[];

  constructor(code: Code, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = HINTS[code];
    this.retryAfterMs = details.retryAfterMs;
    this.violations = details.violations ?? [];
  }
}

export class NetworkError extends MeridianError {
  override readonly name = "NetworkError";
}
export class AuthError extends MeridianError {
  override readonly name = "AuthError";
}
export class RequestError extends MeridianError {
  override readonly name = "RequestError";
}
export class RetryableError extends MeridianError {
  override readonly name = "RetryableError";
}
export class StateError extends MeridianError {
  override readonly name = "StateError";
}

type Family = new (code: Code, message: string, details?: ErrorDetails) => MeridianError;

/** One list decides the class of every code; what is in none of them is a `RequestError`. */
const FAMILIES: readonly (readonly [Family, readonly Code[]])[] = [
  [NetworkError, ["offline", "timeout"]],
  [
    AuthError,
    ["invalid_credentials", "invalid_token", "token_expired", "token_reused", "device_revoked", "signed_out"],
  ],
  [RetryableError, ["rate_limited", "accounts_unavailable", "unavailable", "internal"]],
  [StateError, ["signed_in", "outbox_full", "discarded", "closed", "storage"]],
];

/**
 * Makes the error of the right class for a code; a code that this version does not know becomes `internal`.
 *
 * @param code a code of the contract or of the SDK
 * @param message what happened, in English
 */
export function errorOf(code: string, message: string, details: ErrorDetails = {}): MeridianError {
  const known: Code = isCode(code) ? code : "internal";
  const family = FAMILIES.find(([, codes]) => codes.includes(known));
  return new (family?.[0] ?? RequestError)(known, message, details);
}

/** Whatever was thrown, as a {@link MeridianError}; what is unknown is `internal` with the original as `cause`. */
export function asError(thrown: unknown): MeridianError {
  if (thrown instanceof MeridianError) return thrown;
  return errorOf("internal", thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
}

/** True where trying the same again later can help. */
export function isRetryable(error: unknown): boolean {
  return error instanceof RetryableError || error instanceof NetworkError;
}

/** An error as plain data, for storage and for other tabs. */
export interface ErrorData {
  readonly code: Code;
  readonly message: string;
  readonly retryAfterMs?: number | undefined;
  readonly violations?: readonly Violation[] | undefined;
}

export function toData(error: MeridianError): ErrorData {
  const { code, message, retryAfterMs, violations } = error;
  return {
    code,
    message,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(violations.length === 0 ? {} : { violations }),
  };
}

export function fromData(data: ErrorData): MeridianError {
  return errorOf(data.code, data.message, data);
}

function isCode(code: string): code is Code {
  return Object.hasOwn(HINTS, code);
}

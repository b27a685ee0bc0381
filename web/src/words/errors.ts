/** What went wrong, in words for people. */
import { type Code, MeridianError } from "../../../client/index.ts";

const WORDS: Partial<Record<Code, string>> = {
  offline: "There is no connection. Try again when you are back online.",
  timeout: "The server took too long. Try again.",
  invalid_credentials: "Handle and password do not match.",
  handle_taken: "This handle is taken.",
  not_found: "Nobody and nothing was found.",
  forbidden: "You may not do this.",
  group_full: "The group is full.",
  rate_limited: "Too fast. Wait a moment, then try again.",
  accounts_unavailable: "Accounts are down for the moment; messages still work. Try again soon.",
  unavailable: "The service is down for the moment. Try again soon.",
  internal: "Something went wrong. Try again.",
  payload_too_large: "That is too long.",
  device_revoked: "This device was signed out.",
  token_reused: "This device was signed out for safety.",
  outbox_full: "Too much is waiting to be sent.",
  storage: "This device's storage is full or blocked.",
};

export function wordsFor(error: unknown): string {
  if (!(error instanceof MeridianError)) return "Something went wrong. Try again.";
  const [violation] = error.violations;
  if (violation !== undefined) return sentence(`${violation.path} ${violation.message}`);
  return WORDS[error.code] ?? error.hint;
}

/** What is wrong with one field of a form, if anything. */
export function wordsForField(error: unknown, field: string): string | null {
  if (!(error instanceof MeridianError)) return null;
  const violation = error.violations.find(({ path }) => path === field || path === `/${field}`);
  return violation === undefined ? null : sentence(violation.message);
}

function sentence(text: string): string {
  const plain = text.trim().replace(/^\//, "");
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}${/[.!?]$/.test(plain) ? "" : "."}`;
}

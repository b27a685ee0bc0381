/**
 * Checks what a member wants to append, with the code that the contract gives to each fault.
 */
import { MemberContent, type MemberKind } from "./entry.ts";
import { MeridianError } from "./errors.ts";
import { MAX_MESSAGE_BODY_BYTES, MAX_SEALED_BODY_BYTES, MAX_TEXT_CHARS } from "./limits.ts";

/**
 * Parses the body of a kind.
 *
 * @throws MeridianError `payload_too_large` [E5], or `invalid_request` with what is wrong where
 * @example
 * const content = parseContent("message", { text: "hi" });
 */
export function parseContent(kind: MemberKind, body: unknown): MemberContent {
  const text = (body as { text?: unknown } | null)?.text;
  if (typeof text === "string" && text.length > MAX_TEXT_CHARS) {
    throw new MeridianError("payload_too_large", `A text has at most ${MAX_TEXT_CHARS} characters.`);
  }
  const limit = kind === "sealed" ? MAX_SEALED_BODY_BYTES : MAX_MESSAGE_BODY_BYTES;
  // A first, cheap bound in characters; the exact one, in bytes of the canonical form, is the sequencer's.
  if ((JSON.stringify(body) ?? "").length > limit) {
    throw new MeridianError("payload_too_large", `The body of a ${kind} has at most ${limit} bytes.`);
  }
  const content = MemberContent.safeParse({ kind, body });
  if (content.success) return content.data;
  throw new MeridianError("invalid_request", `This is no body of a ${kind}.`, {
    violations: content.error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message })),
  });
}

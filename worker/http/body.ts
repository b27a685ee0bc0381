/**
 * [H2] request bodies: bounded before they are parsed, and JSON in well-formed UTF-8.
 */
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { MAX_FRAME_BYTES, MeridianError } from "../../protocol/index.ts";
import type { Edge } from "../edge.ts";

/** Enough for every request but an entry. */
const MAX_BODY_BYTES = 64 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** For routes that need a body of at most 64 KiB. */
export const jsonBody = body(MAX_BODY_BYTES, true);
/** For routes whose body may be left out. */
export const optionalJsonBody = body(MAX_BODY_BYTES, false);
/** For appends: a sealed entry is as large over HTTP as on the socket. */
export const entryBody = body(MAX_FRAME_BYTES, true);

function body(maxSize: number, required: boolean) {
  const limit = bodyLimit({
    maxSize,
    onError: () => {
      throw new MeridianError("payload_too_large", `The body may have at most ${maxSize} bytes.`);
    },
  });
  const check = createMiddleware<Edge>(async (c, next) => {
    const bytes = await c.req.arrayBuffer();
    if (bytes.byteLength > 0) assertText(bytes);
    else if (required) throw new MeridianError("malformed_request", "The request needs a JSON body.");
    await next();
  });
  return [limit, check] as const;
}

/** @throws MeridianError `malformed_request` where the bytes are no UTF-8 or escape half a surrogate pair */
function assertText(bytes: ArrayBuffer): void {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new MeridianError("malformed_request", "The body is not UTF-8.");
  }
  if (!/\\u[dD][89a-fA-F]/.test(text)) return;
  // Half a surrogate pair has no UTF-8 form: no store keeps it and no digest covers it.
  try {
    JSON.parse(text, assertWellFormed);
  } catch (error) {
    if (error instanceof MeridianError) throw error;
    throw new MeridianError("malformed_request", "The body is not valid JSON.");
  }
}

function assertWellFormed(key: string, value: unknown): unknown {
  if (!key.isWellFormed() || (typeof value === "string" && !value.isWellFormed())) {
    throw new MeridianError("malformed_request", "The body has half a surrogate pair in a string.");
  }
  return value;
}

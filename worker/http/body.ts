/**
 * [H2] request bodies: bounded before they are parsed, and JSON in well-formed UTF-8.
 */
import { createMiddleware } from "hono/factory";
import { MAX_FRAME_BYTES, MeridianError } from "../../protocol/index.ts";
import type { Edge } from "../edge.ts";
import { readBody } from "./read-body.ts";

/** Enough for every request but an entry. */
const MAX_BODY_BYTES = 64 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** For routes that need a body of at most 64 KiB. */
export const jsonBody = [body(MAX_BODY_BYTES, true)] as const;
/** For routes whose body may be left out. */
export const optionalJsonBody = [body(MAX_BODY_BYTES, false)] as const;
/** For appends: a sealed entry is as large over HTTP as on the socket. */
export const entryBody = [body(MAX_FRAME_BYTES, true)] as const;

function body(maxBytes: number, required: boolean) {
  return createMiddleware<Edge>(async (c, next) => {
    const bytes = await readBody(c.req.raw, maxBytes);
    if (bytes.byteLength > 0) assertText(bytes);
    else if (required) throw new MeridianError("malformed_request", "The request needs a JSON body.");
    c.req.raw = again(c.req.raw, bytes);
    await next();
  });
}

/** The body was read: validators get it from a request that still has it, or from one that has and announces none. */
function again(request: Request, bytes: Uint8Array): Request {
  const { method } = request;
  if (bytes.byteLength > 0) return new Request(request, { method, body: bytes });
  const headers = new Headers(request.headers);
  headers.delete("Content-Type");
  return new Request(request.url, { method, headers });
}

/** @throws MeridianError `malformed_request` where the bytes are no UTF-8 or escape half a surrogate pair */
function assertText(bytes: Uint8Array): void {
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

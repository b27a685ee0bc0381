/**
 * The bytes of a file through a signed link [M1, M2]: streamed, whole or in part, and cached no longer than the link
 * lives.
 */
import { MEDIA_PART_BYTES, MeridianError } from "../../protocol/index.ts";
import { mediaKey } from "../../durable-objects/rpc/media.ts";
import type { EdgeContext } from "../edge.ts";
import { recall, remember, type Held } from "./cache.ts";
import type { LinkClaims } from "./links.ts";
import { isHeld, rangeOf, type ByteRange } from "./range.ts";
import { readStretches } from "./stretches.ts";
import { describeFile } from "./types.ts";

/** What even a browser that shows the file must not do with it. */
const SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'";

/**
 * Answers a request for a file.
 *
 * @throws MeridianError `not_found` where the file is erased
 */
export async function serve(c: EdgeContext, claims: LinkClaims, now: number): Promise<Response> {
  const { id, size, expires } = claims;
  const etag = `"${id}"`;
  const shared = {
    ETag: etag,
    "Accept-Ranges": "bytes",
    "Cache-Control": `public, max-age=${Math.max(0, Math.floor((expires - now) / 1000))}, immutable`,
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": SANDBOX,
    "Cross-Origin-Resource-Policy": "cross-origin",
  };
  const { headers } = c.req.raw;
  const range = rangeOf(headers, size, etag);
  const known = isHeld(headers, etag);
  // Small files are asked of the store at once; parts, large ones and what is only looked at cost a look first.
  const small = size <= MEDIA_PART_BYTES && range === "whole" && !known && c.req.method === "GET";
  const found = await find(c, claims, small, now);
  if (known) return new Response(null, { status: 304, headers: shared });
  if (range === "unsatisfiable") {
    c.header("Content-Range", `bytes */${size}`);
    throw new MeridianError("range_not_satisfiable", `The file has ${size} bytes.`);
  }
  const partial = range !== "whole";
  const stretch = partial ? range : { from: 0, to: size - 1 };
  const body = c.req.method === "HEAD" ? null : await found.bytes(stretch);
  return new Response(body, {
    status: partial ? 206 : 200,
    headers: {
      ...shared,
      ...describeFile(found.type, found.name),
      "Content-Length": String(stretch.to - stretch.from + 1),
      ...(partial ? { "Content-Range": `bytes ${stretch.from}-${stretch.to}/${size}` } : {}),
    },
  });
}

/** A file that was found, wherever it lies. */
interface Found {
  readonly type: string;
  readonly name: string;
  bytes(range: ByteRange): Promise<BodyInit> | BodyInit;
}

async function find(c: EdgeContext, claims: LinkClaims, atOnce: boolean, now: number): Promise<Found> {
  const cached = await recall(claims);
  if (cached !== undefined) return fromMemory(cached);
  const { MEDIA: bucket } = c.env;
  const key = mediaKey(claims.conversation, claims.id);
  if (key === undefined) throw notFound();
  if (atOnce) {
    const object = await bucket.get(key);
    if (object === null) throw notFound();
    const file = { ...nameOf(object), body: object.body };
    const small = await remember(c.executionCtx, claims, file, now);
    return small === undefined ? { ...nameOf(object), bytes: () => object.body } : fromMemory(small);
  }
  const object = await bucket.head(key);
  if (object === null) throw notFound();
  return {
    ...nameOf(object),
    bytes: ({ from, to }) =>
      readStretches(bucket, key, from, to - from + 1, (reading) => c.executionCtx.waitUntil(reading)),
  };
}

function nameOf({ httpMetadata, customMetadata }: R2Object): { type: string; name: string } {
  return { type: httpMetadata?.contentType ?? "", name: decodeURIComponent(customMetadata?.["name"] ?? "file") };
}

function notFound(): MeridianError {
  return new MeridianError("not_found", "There is nothing at this address.");
}

function fromMemory({ type, name, bytes }: Held): Found {
  return { type, name, bytes: ({ from, to }) => bytes.subarray(from, to + 1) };
}

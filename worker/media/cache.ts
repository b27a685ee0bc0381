/**
 * Small files in the cache of the data centre that serves them. Only small ones: to cache while streaming, a stream must
 * be split, and what the slower reader has not taken yet would fill the memory.
 */
import { mediaCacheKey } from "../../durable-objects/rpc/media.ts";
import type { LinkClaims } from "./links.ts";

const MAX_CACHED_BYTES = 1024 * 1024;

/** A file in memory. */
export interface Held {
  readonly type: string;
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A file that was cached under a link that is still good; links are checked before this is asked. */
export async function recall(claims: LinkClaims): Promise<Held | undefined> {
  if (claims.size > MAX_CACHED_BYTES) return undefined;
  const cached = await caches.default.match(keyOf(claims));
  if (cached === undefined) return undefined;
  const bytes = new Uint8Array(await cached.arrayBuffer());
  return {
    bytes,
    type: cached.headers.get("Content-Type") ?? "",
    name: decodeURIComponent(cached.headers.get("X-Name") ?? ""),
  };
}

/** Reads a small file into memory and caches it until the link ends. @returns undefined where it is not small */
export async function remember(
  context: Pick<ExecutionContext, "waitUntil">,
  claims: LinkClaims,
  file: { readonly type: string; readonly name: string; readonly body: ReadableStream },
  now: number,
): Promise<Held | undefined> {
  if (claims.size > MAX_CACHED_BYTES) return undefined;
  const bytes = new Uint8Array(await new Response(file.body).arrayBuffer());
  const seconds = Math.floor((claims.expires - now) / 1000);
  const headers = {
    "Content-Type": file.type,
    "X-Name": encodeURIComponent(file.name),
    "Cache-Control": `public, max-age=${Math.max(0, seconds)}`,
  };
  context.waitUntil(caches.default.put(keyOf(claims), new Response(bytes, { headers })));
  return { type: file.type, name: file.name, bytes };
}

function keyOf({ conversation, id }: LinkClaims): string {
  return mediaCacheKey(conversation, id);
}

/**
 * Conditional and partial requests (RFC 9110, sections 13 and 14), for bytes that never change.
 */

/** An inclusive stretch of bytes. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/**
 * What part of `size` bytes a request wants.
 *
 * @returns `whole` where it wants all, names several ranges or none that can be read, or its `If-Range` is of another
 * file; `unsatisfiable` where nothing of what it wants is there
 */
export function rangeOf(headers: Headers, size: number, etag: string): ByteRange | "whole" | "unsatisfiable" {
  const range = /^bytes=(\d*)-(\d*)$/.exec(headers.get("Range")?.trim() ?? "");
  const ifRange = headers.get("If-Range");
  if (range === null || (ifRange !== null && ifRange !== etag)) return "whole";
  const [, first = "", last = ""] = range;
  if (first === "" && last === "") return "whole";
  if (first === "") {
    const wanted = Math.min(Number(last), size);
    return wanted === 0 ? "unsatisfiable" : { from: size - wanted, to: size - 1 };
  }
  const from = Number(first);
  const to = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < from) return "whole";
  return from >= size ? "unsatisfiable" : { from, to };
}

/** Whether the caller has these bytes already: `If-None-Match`, compared weakly as the RFC wants. */
export function isHeld(headers: Headers, etag: string): boolean {
  const held = headers.get("If-None-Match");
  if (held === null) return false;
  return held.trim() === "*" || held.split(",").some((one) => one.trim().replace(/^W\//, "") === etag);
}

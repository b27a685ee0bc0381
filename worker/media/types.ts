/**
 * [M2] what a browser may show by itself, and under which name it saves the rest.
 */

/** Types that no browser runs anything from. SVG, HTML and XML are not among them, and never will be. */
const INLINE = new Set([
  ...["png", "jpeg", "gif", "webp", "avif", "apng", "bmp", "heic", "heif"].map((type) => `image/${type}`),
  ...["mpeg", "mp4", "aac", "ogg", "opus", "wav", "x-wav", "webm", "flac", "x-m4a", "3gpp"].map(
    (type) => `audio/${type}`,
  ),
  ...["mp4", "webm", "ogg", "quicktime", "mpeg", "3gpp", "x-matroska", "x-m4v"].map((type) => `video/${type}`),
]);

/** Types that are worth naming truly though they are only ever saved. */
const HARMLESS = new Set([
  "application/pdf",
  "application/zip",
  "application/gzip",
  "application/x-tar",
  "application/x-7z-compressed",
  "text/plain",
  "text/csv",
]);

/** Headers that say what the bytes are. */
export function describeFile(type: string, name: string): { "Content-Type": string; "Content-Disposition": string } {
  const [essence = ""] = type.toLowerCase().split(";", 1);
  const inline = INLINE.has(essence.trim());
  return {
    "Content-Type": inline || HARMLESS.has(essence.trim()) ? essence.trim() : "application/octet-stream",
    "Content-Disposition": disposition(inline ? "inline" : "attachment", name),
  };
}

/** RFC 6266: the name in ASCII for old readers, and in UTF-8 for all others. */
function disposition(how: "inline" | "attachment", name: string): string {
  const last = name.toWellFormed().split(/[/\\]/).at(-1)?.trim() ?? "";
  const safe = last === "" || /^\.+$/.test(last) ? "file" : last;
  const ascii = safe.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const utf8 = encodeURIComponent(safe).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${how}; filename="${ascii}"; filename*=UTF-8''${utf8}`;
}

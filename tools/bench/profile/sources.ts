/** From a place in the bundled Worker to the file in which it was written. */
import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, relative, resolve } from "node:path";
import type { ProfileNode } from "./inspector.ts";
import type { Source } from "./summary.ts";

/**
 * @param main the bundle, with its map beside it
 * @param root the project's folder: files are named from there
 */
export function sourcesOf(main: string, root: string): (frame: ProfileNode["callFrame"]) => Source | undefined {
  const map = new SourceMap(JSON.parse(readFileSync(`${main}.map`, "utf8")) as SourceMapPayload);
  return ({ url, lineNumber, columnNumber }) => {
    if (!url.endsWith("index.js") || lineNumber < 0) return undefined;
    const entry = map.findEntry(lineNumber, columnNumber);
    if (!("originalSource" in entry)) return undefined;
    return { file: relative(root, resolve(dirname(main), entry.originalSource)), line: entry.originalLine + 1 };
  };
}

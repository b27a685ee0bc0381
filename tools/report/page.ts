/** Reports as single pages that need nothing else: styles, data and the plotting library are in them. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export interface PageParts {
  readonly title: string;
  /** CSS beside that of every report. */
  readonly styles: string;
  /** HTML of the page's main part. */
  readonly body: string;
  /** What the script draws: it finds it as JSON in `#data`. */
  readonly data: object;
  /** An ES module; `uPlot` and `plots` (plots.mjs) are there. */
  readonly script: string;
}

/** @returns HTML */
export function renderPage({ title, styles, body, data, script }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${part("uplot/dist/uPlot.min.css")}${textOf(import.meta.dirname, "page.css")}${styles}</style>
<main>
${body}
</main>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll("<", "\\u003c")}</script>
<script>${part("uplot/dist/uPlot.iife.min.js")}</script>
<script type="module">${textOf(import.meta.dirname, "plots.mjs")}</script>
<script type="module">${script}</script>
</html>
`;
}

/** A word in a coloured pill. */
export function badge(tone: "good" | "bad" | "plain", text: string): string {
  return `<span class="badge ${tone}">${escape(text)}</span>`;
}

/** Text for HTML, in elements and in quoted attributes. */
export function escape(text: string): string {
  const names: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replaceAll(/[&<>"]/g, (character) => names[character] ?? character);
}

/** A file of a report's own folder. */
export function textOf(folder: string, name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

/** A file of a package, found from the package's main file. */
function part(path: string): string {
  const [name = "", ...rest] = path.split("/");
  const main = createRequire(import.meta.url).resolve(name);
  return readFileSync(join(dirname(main), "..", ...rest), "utf8");
}

import { gzipSync } from "node:zlib";
import { resolve } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { build, type Rolldown } from "vite";

/** What everybody downloads: the entry and all that it imports at once. */
const CORE_LIMIT = 20_000;

let chunks: readonly Rolldown.OutputChunk[];

beforeAll(async () => {
  const built = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      minify: true,
      target: "es2022",
      // As a library: without what Vite adds to a page's scripts.
      lib: { entry: resolve(import.meta.dirname, "../../../client/index.ts"), formats: ["es"] },
      rolldownOptions: {
        preserveEntrySignatures: "allow-extension",
        output: { minify: true, chunkFileNames: "[name].js" },
      },
    },
  });
  const outputs = Array.isArray(built) ? built : [built as Rolldown.RolldownOutput];
  chunks = outputs.flatMap(({ output }) => output).filter((each) => each.type === "chunk");
}, 60_000);

const size = (names: Iterable<string>) =>
  [...names].reduce(
    (sum, name) => sum + gzipSync(chunks.find(({ fileName }) => fileName === name)?.code ?? "").length,
    0,
  );

/** A chunk and everything that it imports at once. */
function closure(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const next of chunks.find(({ fileName }) => fileName === name)?.imports ?? []) closure(next, seen);
  return seen;
}

test("the core is under 20 KB gzip, and what not everybody needs is apart from it", () => {
  const entry = chunks.find(({ isEntry }) => isEntry);
  const core = closure(entry?.fileName ?? "");
  const rest = chunks.map(({ fileName }) => fileName).filter((name) => !core.has(name));
  const lines = [`core ${size(core)} bytes gzip`, ...rest.map((name) => `  on demand: ${name} ${size([name])}`)];
  console.log(lines.join("\n"));
  expect(size(core)).toBeGreaterThan(1_000);
  expect(size(core)).toBeLessThan(CORE_LIMIT);
  expect(rest.length).toBeGreaterThan(4);
});

test("the core has no dependency at all", () => {
  const modules = [...closure(chunks.find(({ isEntry }) => isEntry)?.fileName ?? "")].flatMap(
    (name) => chunks.find(({ fileName }) => fileName === name)?.moduleIds ?? [],
  );
  expect(modules.some((id) => id.endsWith("client/engine/local.ts"))).toBe(true);
  expect(modules.filter((id) => /node_modules\/([^/]+)\//.test(id))).toEqual([]);
});

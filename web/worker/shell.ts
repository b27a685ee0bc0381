/** Tells the page and its service worker which files they are made of. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin, type Rolldown } from "vite";

const SOURCE = join(import.meta.dirname, "sw.ts");
/** A name that worker/sw.ts uses and nobody declares: the build puts the list in its place. */
const PLACEHOLDER = "MERIDIAN_SHELL";
const WORKER = "sw.js";

/** Vite plugin: builds the service worker with its list of files, and lets the page ask for all of them at once. */
export function shell(): Plugin {
  let publicDir = "";
  return {
    name: "meridian-shell",
    apply: "build",
    configResolved(config) {
      ({ publicDir } = config);
    },
    // Everything is needed soon: asked for at once, it does not come one after the other.
    transformIndexHtml: {
      order: "post",
      handler: (_, { bundle = {} }) =>
        Object.values(bundle)
          .filter((file) => file.type === "chunk" && !file.isEntry)
          .map(({ fileName }) => ({
            tag: "link",
            attrs: { rel: "modulepreload", crossorigin: true, href: `/${fileName}` },
            injectTo: "head" as const,
          })),
    },
    async generateBundle(_, bundle) {
      const code = await buildWorker();
      const hash = createHash("sha256").update(code);
      const files = ["/"];
      for (const [name, file] of Object.entries(bundle).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
        if (name.endsWith(".map")) continue;
        hash.update(name).update(file.type === "chunk" ? file.code : file.source);
        if (name !== "index.html") files.push(`/${name}`);
      }
      for (const name of readdirSync(publicDir).toSorted()) {
        const path = join(publicDir, name);
        if (name.startsWith("_") || !statSync(path).isFile()) continue;
        hash.update(name).update(readFileSync(path));
        files.push(`/${name}`);
      }
      const list = JSON.stringify({ version: hash.digest("base64url").slice(0, 16), files });
      if (!code.includes(PLACEHOLDER)) throw new Error("The service worker has no place for the list of files.");
      this.emitFile({ type: "asset", fileName: WORKER, source: code.replace(PLACEHOLDER, list) });
    },
  };
}

/** One file without imports: not every browser takes a module as a service worker, and none loads parts of one later. */
async function buildWorker(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    build: {
      write: false,
      target: "es2023",
      modulePreload: false,
      rolldownOptions: {
        // The bundler's helper for loading parts is in it and never runs: all parts are in the one file.
        checks: { emptyImportMeta: false, ineffectiveDynamicImport: false },
        input: SOURCE,
        output: { format: "iife", codeSplitting: false, entryFileNames: WORKER },
      },
    },
  });
  const { output } = built as Rolldown.RolldownOutput;
  if (output.length !== 1) throw new Error("The service worker must be one file.");
  return output[0].code;
}

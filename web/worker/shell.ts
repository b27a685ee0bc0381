/** Tells the page and its service worker which files they are made of. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/** A name that worker/sw.ts uses and nobody declares: the build puts the list in its place. */
const PLACEHOLDER = "MERIDIAN_SHELL";
const WORKER = "sw.js";

/** Vite plugin: fills the service worker's list of files, and lets the page ask for all of them at once. */
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
    generateBundle(_, bundle) {
      const worker = bundle[WORKER];
      if (worker?.type !== "chunk") throw new Error("The build made no service worker.");
      const hash = createHash("sha256").update(worker.code);
      const files = ["/"];
      for (const [name, file] of Object.entries(bundle).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
        if (name === WORKER || name.endsWith(".map")) continue;
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
      if (!worker.code.includes(PLACEHOLDER)) throw new Error("The service worker has no place for the list of files.");
      worker.code = worker.code.replace(PLACEHOLDER, list);
    },
  };
}

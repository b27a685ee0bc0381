/**
 * One process of a region: the Workers runtime with either the edge or the objects in it. Told what to be by a line of JSON
 * on stdin; says `ready` on stdout; ends when stdin ends.
 */
import { readFileSync } from "node:fs";
import { createRequire, flushCompileCache } from "node:module";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import type * as MiniflareModule from "miniflare";
import type { V4WorkerOptions } from "miniflare";

export interface RegionSpec {
  /** Name of the Worker: `meridian` is the one with the objects. */
  readonly name: string;
  readonly port: number;
  /** File of the Worker's one module. */
  readonly main: string;
  /** Options of the runtime, without the values of its text bindings. */
  readonly worker: Readonly<Record<string, unknown>>;
  readonly bindings: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Where it finds the objects' process, or is found. */
  readonly registry: string;
  /** How wrong its clock is. */
  readonly skewMs: number;
}

/** The runtime's own package: the very one that wrangler uses. */
async function loadMiniflare(): Promise<typeof MiniflareModule> {
  const wrangler = createRequire(createRequire(import.meta.url).resolve("wrangler/package.json"));
  return (await import(wrangler.resolve("miniflare"))) as typeof MiniflareModule;
}

/** Source that goes before the Worker's: from there on every reading of the clock is wrong by so much. */
function wrongClock(skewMs: number): string {
  if (skewMs === 0) return "";
  return `{
    const Real = globalThis.Date;
    globalThis.Date = class Date extends Real {
      constructor(...args) { if (args.length === 0) super(Real.now() + ${skewMs}); else super(...args); }
      static now() { return Real.now() + ${skewMs}; }
    };
  }\n`;
}

async function start(spec: RegionSpec): Promise<void> {
  const { Miniflare, Log, LogLevel, convertV4MiniflareOptions } = await loadMiniflare();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: spec.port,
      resourcePersistencePath: spec.folder,
      unsafeDevRegistryPath: spec.registry,
      cf: false,
      log: new Log(LogLevel.WARN),
      logRequests: false,
      telemetry: { enabled: false },
      unsafeLocalExplorer: false,
      unsafeObservability: false,
      handleStructuredLogs: ({ level, message }) => {
        if (level === "warn" || level === "error") process.stderr.write(`${level} ${message}\n`);
      },
      workers: [
        {
          ...(spec.worker as Partial<V4WorkerOptions>),
          name: spec.name,
          bindings: { ...spec.bindings },
          modulesRoot: dirname(spec.main),
          modules: [
            { type: "ESModule", path: spec.main, contents: wrongClock(spec.skewMs) + readFileSync(spec.main, "utf8") },
          ],
        },
      ],
    }),
  );
  await miniflare.ready;
  process.stdout.write("ready\n");
  // This process will be killed, and its successor must not compile all of it again.
  flushCompileCache();
}

if (import.meta.main) {
  const lines = createInterface({ input: process.stdin });
  lines.once("line", (line) => {
    start(JSON.parse(line) as RegionSpec).catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  });
  lines.once("close", () => process.exit(0));
}

/**
 * The built Worker straight on workerd: no proxy in front of it, no watcher, no tracing. State lies where `wrangler dev`
 * keeps it, so that both can run on the same folder, one after the other.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type * as MiniflareModule from "miniflare";
import type { V4WorkerOptions } from "miniflare";
import { Refusal } from "./refusal.ts";
import type { WorkerBundle } from "./worker-bundle.ts";

export interface RuntimeOptions {
  readonly host: string;
  readonly port: number;
  /** Folder to keep objects and media in. */
  readonly folder: string;
  /** Values of the bindings that are text: `[vars]` and secrets. */
  readonly bindings: Readonly<Record<string, string>>;
  /** Folder of the web page's build; null: without it. */
  readonly web: string | null;
  /** Set: the runtime can be debugged and profiled on this port, 0 for any free one. */
  readonly inspectorPort?: number | undefined;
  /** Called with every line that the Worker logs. */
  readonly onLog: (level: string, line: string) => void;
}

export interface Runtime {
  readonly url: URL;
  /** Where its inspector listens, if it does. */
  readonly inspector: URL | undefined;
  stop(): Promise<void>;
}

/** The runtime's own package: the very one that wrangler uses. */
async function loadMiniflare(): Promise<typeof MiniflareModule> {
  const wrangler = createRequire(createRequire(import.meta.url).resolve("wrangler/package.json"));
  return (await import(wrangler.resolve("miniflare"))) as typeof MiniflareModule;
}

/**
 * Starts the Worker and resolves once it takes requests.
 *
 * @throws Refusal where its port is taken
 */
export async function startRuntime(bundle: WorkerBundle, options: RuntimeOptions): Promise<Runtime> {
  const { Miniflare, Log, LogLevel, convertV4MiniflareOptions } = await loadMiniflare();
  const { assets, ...worker } = bundle.options;
  const handlers = signalHandlers();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: options.host,
      port: options.port,
      resourcePersistencePath: join(options.folder, "v3"),
      cf: false,
      log: new Log(LogLevel.WARN),
      logRequests: false,
      telemetry: { enabled: false },
      ...(options.inspectorPort === undefined ? {} : { inspectorPort: options.inspectorPort }),
      unsafeLocalExplorer: false,
      unsafeObservability: false,
      // Scheduled jobs are run through it (see crons.ts).
      unsafeTriggerHandlers: true,
      handleStructuredLogs: ({ level, message }) => options.onLog(level, message),
      workers: [
        {
          ...(worker as Partial<V4WorkerOptions>),
          ...(options.web === null ? {} : { assets: { ...(assets as object), directory: options.web } }),
          name: "meridian",
          bindings: { ...bundle.options.bindings, ...options.bindings },
          modulesRoot: dirname(bundle.main),
          modules: [{ type: "ESModule", path: bundle.main, contents: readFileSync(bundle.main, "utf8") }],
        },
      ],
    }),
  );
  // It would end this process on a signal at once, before the Worker and the database were stopped in good order.
  for (const [signal, handler] of signalHandlers()) {
    if (!handlers.some((known) => known[1] === handler)) process.off(signal, handler);
  }
  try {
    const url = await miniflare.ready;
    const inspector = options.inspectorPort === undefined ? undefined : await miniflare.getInspectorURL();
    return { url, inspector, stop: () => miniflare.dispose() };
  } catch (error) {
    await miniflare.dispose().catch(() => undefined);
    if ((error as { code?: unknown }).code === "ERR_ADDRESS_IN_USE") {
      throw new Refusal(
        `Port ${options.port} on ${options.host} is in use by another program: set PORT to a free one.`,
      );
    }
    throw error;
  }
}

function signalHandlers(): [NodeJS.Signals, NodeJS.SignalsListener][] {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  return signals.flatMap((signal) =>
    process.listeners(signal).map((handler): [NodeJS.Signals, NodeJS.SignalsListener] => [signal, handler]),
  );
}

/**
 * The random programs straight on workerd: objects and programs in one bundle, on the bindings of wrangler.toml.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, type Rolldown } from "vite";
import { root } from "../../tools/dev/options.ts";
import { startRuntime } from "../../tools/dev/runtime.ts";
import { makeSecrets } from "../../tools/dev/secrets.ts";
import { bundleWorker, type WorkerBundle } from "../../tools/dev/worker-bundle.ts";
import type { Outcome } from "./outcome.ts";

const KEPT_LINES = 40;

export interface SimulationRuntime {
  /** Runs the program of a seed. @throws Error with what the runtime said where the program does not end well */
  run(seed: number): Promise<Outcome>;
  stop(): Promise<void>;
}

/** Bundles the programs with the objects into a folder. */
export async function bundleSimulation(folder: string): Promise<WorkerBundle> {
  const { options } = await bundleWorker();
  const built = (await build({
    configFile: false,
    logLevel: "warn",
    resolve: { alias: { "cloudflare:test": join(root, "tests/objects/simulation/runner.ts") } },
    build: {
      write: false,
      minify: false,
      target: "esnext",
      lib: { entry: join(root, "tests/objects/simulation/worker.ts"), formats: ["es"] },
      rolldownOptions: { external: [/^(?:cloudflare:workers$|workerd:|node:)/] },
    },
  })) as Rolldown.RolldownOutput[];
  const main = join(folder, "simulation.js");
  writeFileSync(main, built[0]?.output[0].code ?? "");
  const { compatibilityFlags } = options as { compatibilityFlags?: readonly string[] };
  return {
    main,
    options: {
      ...options,
      // Lets a program evict an object from memory.
      compatibilityFlags: [...(compatibilityFlags ?? []), "unsafe_module"],
      cronTriggers: [],
      queueConsumers: {},
      assets: undefined,
    },
  };
}

/** Starts a process with objects of its own. */
export async function startSimulation(bundle: WorkerBundle): Promise<SimulationRuntime> {
  const folder = mkdtempSync(join(tmpdir(), "meridian-simulation-"));
  const said: string[] = [];
  const runtime = await startRuntime(bundle, {
    host: "127.0.0.1",
    port: 0,
    folder,
    bindings: { ...makeSecrets() },
    web: null,
    // Objects that die and calls that are refused are part of every program: shown only where one fails.
    onLog: (_level, line) => {
      said.push(line);
      if (said.length > KEPT_LINES) said.shift();
    },
  });
  return {
    async run(seed) {
      const response = await fetch(new URL(`?seed=${seed}`, runtime.url));
      const text = await response.text();
      if (!response.ok) throw new Error([text, "The runtime said last:", ...said].join("\n"));
      return JSON.parse(text) as Outcome;
    },
    async stop() {
      await runtime.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

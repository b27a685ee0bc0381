import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { makeSecrets } from "./tools/dev/secrets.ts";

declare module "vitest" {
  export interface ProvidedContext {
    simulation: { first: number; count: number };
  }
}

// The Worker under test reads its secrets from the environment, as it does under `npm start`.
Object.assign(process.env, makeSecrets());

/** What puts the machine under load runs by itself, last. */
const LOAD = ["tests/system/drill.test.ts", "tests/system/overload.test.ts", "tests/system/media.test.ts"];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/unit/**/*.test.ts", "protocol/**/*.test.ts"],
          // Properties run many cases; a busy machine is no failure.
          testTimeout: 60_000,
        },
      },
      {
        plugins: [
          cloudflareTest({ main: "./tests/objects/support/worker.ts", wrangler: { configPath: "./wrangler.toml" } }),
        ],
        test: {
          name: "objects",
          include: ["tests/objects/**/*.test.ts"],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "simulation",
          include: ["tests/simulation/**/*.test.ts"],
          hookTimeout: 180_000,
          // Seeds of the random programs; `npm run simulate` asks for others.
          provide: {
            simulation: {
              first: Number(process.env["SIMULATION_FIRST"] ?? 1),
              count: Number(process.env["SIMULATION_SEEDS"] ?? 200),
            },
          },
        },
      },
      {
        test: {
          name: "system",
          include: ["tests/system/**/*.test.ts"],
          exclude: LOAD,
          // Bounds for what hangs: on a busy machine a start alone can take half a minute.
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // Most of their time is spent waiting: for starts, and for what is tried again later.
          maxWorkers: 4,
        },
      },
      {
        test: {
          name: "load",
          include: LOAD,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          fileParallelism: false,
        },
      },
    ],
  },
});

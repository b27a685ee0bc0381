/** `wrangler dev` as a child of `npm start`. */
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { root } from "./options.ts";
import type { StateFolder } from "./state.ts";
import { wranglerBin } from "./worker-bundle.ts";

const KEPT_CHARACTERS = 20_000;
/** Its own line for each request: the Worker writes one that says more. */
const ECHO = "[wrangler:info] ";

export interface WranglerOptions {
  readonly host: string;
  readonly port: number;
  readonly state: StateFolder;
  /** `[vars]` and secrets among other things: wrangler takes those that wrangler.toml names. */
  readonly env: NodeJS.ProcessEnv;
}

export interface WranglerDev {
  readonly child: ChildProcess;
  /** From now on what it writes goes to the terminal: until then only a failed start makes it interesting. */
  show(): void;
  /** The end of what it wrote. */
  log(): string;
}

/** Starts it; whether it is ready is for its caller to find out. */
export function startWrangler(options: WranglerOptions): WranglerDev {
  const args = ["dev", "--ip", options.host, "--port", String(options.port)];
  args.push("--inspector-ip", "127.0.0.1", "--inspector-port", "0");
  args.push("--persist-to", options.state.runtime, "--env-file", options.state.secrets);
  args.push("--show-interactive-dev-session=false", "--log-level", process.env["MERIDIAN_LOG"] ?? "log");
  const child = spawn(process.execPath, [wranglerBin, ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...options.env,
      // Nothing here needs the network, and nothing is to be written outside the state folder.
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_HIDE_BANNER: "true",
      WRANGLER_WRITE_LOGS: "false",
      WRANGLER_REGISTRY_PATH: options.state.registry,
    },
  });
  let shown = false;
  let kept = "";
  for (const [stream, terminal] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    createInterface({ input: stream }).on("line", (line) => {
      if (!shown) kept = `${kept}${line}\n`.slice(-KEPT_CHARACTERS);
      else if (!line.startsWith(ECHO)) terminal.write(`${line}\n`);
    });
  }
  return { child, show: () => (shown = true), log: () => kept };
}

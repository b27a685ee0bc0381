/** What the environment and the command line ask of `npm start` and `npm run serve`. */
import { isIP } from "node:net";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Refusal } from "./refusal.ts";

/** The project's folder. */
export const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));

export interface Options {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Folder of everything that outlives a restart. */
  readonly state: string;
  /** Set: that accounts database is used as it is. Unset: one is run beside the service. */
  readonly accountsUrl: string | undefined;
  readonly demo: boolean;
  /** False: the service without its web page. */
  readonly web: boolean;
  readonly help: boolean;
}

/** @throws Refusal that names the bad setting */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): Options {
  const known = ["--demo", "--no-web", "--help", "-h"];
  for (const arg of args) {
    if (!known.includes(arg)) throw new Refusal(`Unknown option ${arg}: --help lists those there are.`);
  }
  // Some shells export HOST as the machine's name: only an address is meant for us.
  const host = env["HOST"] === undefined || isIP(env["HOST"]) === 0 ? "127.0.0.1" : env["HOST"];
  return {
    host,
    port: readPort(env["PORT"]),
    state: resolve(root, env["MERIDIAN_STATE"] || ".state"),
    accountsUrl: env["ACCOUNTS_URL"] || undefined,
    demo: args.includes("--demo"),
    web: !args.includes("--no-web"),
    help: args.includes("--help") || args.includes("-h"),
  };
}

/** Explains a command and its settings. */
export function usage(command: string, does: string): string {
  return `${command}: ${does}

Options
  --demo     fill the service with example users and conversations once it is ready
  --no-web   without the web page
  --help     this text

Environment
  PORT             port of the service (8787; 0 takes any free one)
  HOST             address to listen on (127.0.0.1)
  MERIDIAN_STATE   folder for everything that outlives a restart (.state)
  ACCOUNTS_URL     an accounts database that runs elsewhere, already migrated (one is started beside the service)
  and each name under [vars] in wrangler.toml: REGION, VERSION, SEND_RATE_PER_USER, ...

docs/operations.md describes them all.`;
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === "") return 8787;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Refusal(`PORT is no port number: ${text}`);
  return port;
}

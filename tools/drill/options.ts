/** The command line of `npm run drill`. */
import { parseArgs } from "node:util";
import { Refusal } from "../dev/refusal.ts";

export interface Options {
  /** Names of scenarios, in the order in which they run. */
  readonly scenarios: readonly string[];
  readonly seed: number;
  readonly devices: number;
  readonly rate: number;
  readonly seconds: number;
  /** Multiplies every latency of the network. */
  readonly latency: number;
  readonly out: string;
  readonly check: boolean;
  readonly help: boolean;
}

/** @throws Refusal that names the bad option */
export function readOptions(args: readonly string[], known: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        scenario: { type: "string", multiple: true, default: [] },
        all: { type: "boolean", default: false },
        seed: { type: "string", default: "1" },
        devices: { type: "string", default: "24" },
        rate: { type: "string", default: "20" },
        seconds: { type: "string", default: "30" },
        latency: { type: "string", default: "1" },
        out: { type: "string", default: "reports/drill" },
        check: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const named = values.scenario.flatMap((text) => text.split(",")).filter((name) => name !== "");
    const unknown = named.find((name) => !known.includes(name));
    if (unknown !== undefined) throw new Refusal(`There is no scenario ${unknown}: ${known.join(", ")}.`);
    if (!values.help && !values.all && named.length === 0) {
      throw new Refusal("Say which scenario: --all, or --scenario NAME. --help lists them.");
    }
    return {
      scenarios: values.all ? known : named,
      seed: number("--seed", values.seed, 0, 2 ** 32 - 1),
      devices: number("--devices", values.devices, 4, 2_000),
      rate: number("--rate", values.rate, 1, 10_000),
      seconds: number("--seconds", values.seconds, 2, 3_600),
      latency: number("--latency", values.latency, 0, 10),
      out: values.out,
      check: values.check,
      help: values.help,
    };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`${(error as Error).message} --help lists the options there are.`);
  }
}

export function usage(scenarios: readonly { readonly name: string; readonly title: string }[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  return `npm run drill -- [options]: breaks the service under load, and proves that the promise holds.

Three edges, the objects' process, an accounts database with two replicas and a network with latency run on this machine.
Devices with the real SDK write all the while; what each of them said and heard is judged by the history checker.

Options
  --all            all scenarios, one after the other
  --scenario A,B   only these
  --seed N         what chance does; the same seed makes the same people say the same (1)
  --devices N      devices, spread over the regions (24)
  --rate N         messages a second, of all devices together (20)
  --seconds N      seconds of load in each scenario; more where it takes longer until all are back (30)
  --latency X      multiplies every latency of the network (1)
  --out DIR        where histories, logs and the report go (reports/drill)
  --check          exit code 1 where anything at all is wrong
  --help           this text

Scenarios
${scenarios.map(({ name, title }) => `  ${name.padEnd(width)}   ${title}`).join("\n")}

docs/drills.md says how to read the results.`;
}

function number(name: string, text: string, least: number, most: number): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= least && value <= most) return value;
  throw new Refusal(`${name} is a number from ${least} to ${most}, not ${text}.`);
}

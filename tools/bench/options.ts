/** The command line of `npm run bench`. */
import { parseArgs } from "node:util";
import { Refusal } from "../dev/refusal.ts";

export interface Options {
  /** Names of shapes; empty for all. */
  readonly shapes: readonly string[];
  /** Seconds of load per server and shape. */
  readonly seconds: number;
  readonly json: string;
  readonly html: string;
  /** Profile the service under the shapes instead of measuring them. */
  readonly profile: boolean;
  readonly help: boolean;
}

/** @throws Refusal that names the bad option */
export function readOptions(args: readonly string[], known: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        shape: { type: "string", default: "" },
        seconds: { type: "string", default: "6" },
        json: { type: "string", default: "reports/bench.json" },
        html: { type: "string", default: "reports/bench.html" },
        profile: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const shapes = values.shape.split(",").filter((name) => name !== "");
    const unknown = shapes.find((name) => !known.includes(name));
    if (unknown !== undefined) throw new Refusal(`There is no shape ${unknown}: ${known.join(", ")}.`);
    const seconds = Number(values.seconds);
    if (!(seconds >= 1 && seconds <= 120)) throw new Refusal("--seconds is a number from 1 to 120.");
    return { shapes, seconds, json: values.json, html: values.html, profile: values.profile, help: values.help };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`${(error as Error).message} --help lists the options there are.`);
  }
}

export function usage(shapes: readonly { readonly name: string; readonly title: string }[]): string {
  const width = Math.max(...shapes.map(({ name }) => name.length));
  return `npm run bench -- [options]: the service under load, and beside it a bare Durable Object under the same.

Options
  --shape A,B    only these shapes
  --seconds N    seconds of load per server and shape, 1 to 120 (6)
  --json FILE    where the numbers go (reports/bench.json)
  --html FILE    where the page with plots goes (reports/bench.html)
  --profile      instead: where the service's time goes under these shapes (one), through the inspector;
                 profiles for the browser's developer tools go to reports/SHAPE.cpuprofile
  --help         this text

Shapes
${shapes.map(({ name, title }) => `  ${name.padEnd(width)}   ${title}`).join("\n")}

docs/performance.md says what the numbers mean.`;
}

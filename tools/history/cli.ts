/**
 * `node tools/history/cli.ts check FILE`: exit 0 where no rule is broken, 1 where one is, 2 where it cannot be judged.
 */
import { parseArgs } from "node:util";
import { checkHistory } from "./check.ts";
import { HistoryFile } from "./file.ts";
import { renderReport } from "./report.ts";

const HELP = `Checks a recorded history against the contract.

  node tools/history/cli.ts check FILE [options]

FILE is NDJSON, one event a line; tools/history/events.ts says which there are.

  --json        print the report as JSON
  --kept N      print the first N violations of each rule (default 20); all are counted
  --window N    entries that may be unacknowledged in one stream (default: the contract's)
  --help        print this

Exit code: 0 no rule is broken, 1 a rule is broken, 2 the history could not be read.
`;

/** Runs the command; answers the exit code. */
export function main(args: readonly string[], print: (text: string) => void, complain: (text: string) => void): number {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        kept: { type: "string", default: "20" },
        window: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      print(HELP);
      return 0;
    }
    const [command, path, ...others] = positionals;
    if (command !== "check" || path === undefined || others.length > 0) {
      complain(HELP);
      return 2;
    }
    const window = values.window === undefined ? {} : { window: natural("--window", values.window) };
    const report = checkHistory(new HistoryFile(path), { kept: natural("--kept", values.kept), ...window });
    print(values.json ? `${JSON.stringify(report, null, 2)}\n` : renderReport(report));
    return report.ok ? 0 : 1;
  } catch (error) {
    complain(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

function natural(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new RangeError(`${name} wants a number, not ${text}`);
  return Number(text);
}

if (import.meta.main) {
  const write = (stream: NodeJS.WriteStream) => (text: string) => void stream.write(text);
  process.exitCode = main(process.argv.slice(2), write(process.stdout), write(process.stderr));
}

/** Runs the examples of docs/sdk.md, as they are printed, against a real server. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { command } from "../../tools/test/command.ts";
import { root } from "../../tools/dev/options.ts";
import { fresh } from "./harness.ts";

/**
 * @param url address of the server
 * @returns by the heading that an example stands under: `passed`, or what was wrong
 */
export async function runExamples(url: string): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), "meridian-examples-"));
  const results: Record<string, string> = {};
  try {
    for (const { heading, source } of examples()) {
      const file = join(folder, `${fresh("example")}.ts`);
      writeFileSync(file, placed(source, url));
      const { code, output } = await command(process.execPath, [file], { patience: 60_000 });
      results[heading] = code === 0 ? "passed" : output;
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function examples(): { heading: string; source: string }[] {
  const text = readFileSync(join(root, "docs/sdk.md"), "utf8");
  return text.split(/^## /m).flatMap((section) => {
    const heading = section.slice(0, section.indexOf("\n"));
    return [...section.matchAll(/```ts run\n([\s\S]*?)```/g)].map((match) => ({
      heading: `example: ${heading}`,
      source: match[1] ?? "",
    }));
  });
}

/** The example with this server's address, this project's files, and names that nobody else has. */
function placed(source: string, url: string): string {
  const names = new Map(["ada", "grace"].map((name) => [name, fresh(name)]));
  return source
    .replaceAll("http://127.0.0.1:8787", url)
    .replaceAll('from "./client/', `from "${pathToFileURL(root).href}/client/`)
    .replaceAll(/handle: "(\w+)"/g, (whole, name: string) =>
      names.has(name) ? `handle: "${names.get(name)}"` : whole,
    );
}

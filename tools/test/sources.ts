import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../dev/options.ts";
import { violations } from "./boundaries.ts";

const MAX_LINES = 400;
const GENERATED = ["worker-configuration.d.ts"];

/** Files of the project that carry one of the endings: those in git and those on their way there. */
function sources(endings: readonly string[]): string[] {
  const list = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  return list
    .split("\n")
    .filter((file) => endings.some((ending) => file.endsWith(ending)))
    .filter((file) => !GENERATED.includes(file) && existsSync(join(root, file)));
}

const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** Imports against the dependency rule, a line each. */
export function forbiddenImports(): string[] {
  return sources([".ts", ".tsx"]).flatMap((file) => violations(file, read(file)));
}

/** Files of more than 400 lines, a line each. */
export function longFiles(): string[] {
  return sources([".ts", ".tsx", ".mjs", ".js", ".css", ".html", ".sql", ".toml"]).flatMap((file) => {
    const lines = read(file).trimEnd().split("\n").length;
    return lines > MAX_LINES ? [`${file} has ${lines} lines: ${MAX_LINES} are the most.`] : [];
  });
}

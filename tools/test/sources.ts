import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../dev/options.ts";
import { violations } from "./boundaries.ts";

const MAX_LINES = 400;
const GENERATED = ["worker-configuration.d.ts", "package-lock.json"];
/** Folders of .gitignore: git itself may be missing where the tests run. */
const IGNORED = new Set([".git", "node_modules", "dist", ".wrangler", ".state", ".test-results", "reports"]);

/** Every file of the project but what is built, installed or kept, as paths below its folder. */
export function projectFiles(folder = ""): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return IGNORED.has(entry.name) ? [] : projectFiles(path);
    return entry.isFile() && !/^\.(dev\.vars|env)/.test(entry.name) ? [path] : [];
  });
}

function sources(endings: readonly string[]): string[] {
  return projectFiles().filter((file) => !GENERATED.includes(file) && endings.some((ending) => file.endsWith(ending)));
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

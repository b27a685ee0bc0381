/**
 * The dependency rule between folders: connections, ordering and delivery stay apart only as long as arrows point one
 * way. The table is the one of docs/architecture.md.
 */
import { posix } from "node:path";

interface Rule {
  /** Folders that may be imported, beside the folder itself. */
  readonly may: readonly string[];
  /** Folders of which only types may be imported. */
  readonly types?: readonly string[];
  /** True: runs where Node's modules do not exist. */
  readonly portable?: boolean;
}

/** First match counts. What is not listed may import anything. */
const RULES: readonly (readonly [folder: string, rule: Rule])[] = [
  ["protocol", { may: [], portable: true }],
  // The one place where the classes of the objects meet the edge: the platform wants them exported from one module.
  ["worker/index.ts", { may: ["protocol", "worker", "durable-objects"] }],
  ["worker", { may: ["protocol", "durable-objects/rpc"], types: ["durable-objects"] }],
  ["durable-objects/rpc", { may: ["protocol"], portable: true }],
  ["durable-objects/shared", { may: ["protocol", "durable-objects/rpc"], portable: true }],
  ...["conversation", "user", "limiter", "relay"].map((name): readonly [string, Rule] => [
    `durable-objects/${name}`,
    { may: ["protocol", "durable-objects/rpc", "durable-objects/shared", "migrations/objects"], portable: true },
  ]),
  ["client", { may: ["protocol"], portable: true }],
  ["web", { may: ["client", "protocol"] }],
  ["migrations", { may: [] }],
];

/**
 * Finds imports that the rule forbids.
 *
 * @param file path of a source file below the project's folder, with forward slashes
 * @param source its text
 * @returns a line per forbidden import
 * @example
 * violations("client/a.ts", 'import { x } from "../worker/b.ts";'); // ["client/a.ts imports worker/b.ts: ..."]
 */
export function violations(file: string, source: string): string[] {
  const found = RULES.find(([folder]) => inside(file, folder));
  if (found === undefined) return [];
  const [folder, rule] = found;
  return importsOf(source).flatMap(({ specifier, typeOnly }) => {
    if (specifier.startsWith("node:")) {
      return rule.portable === true ? [`${file} imports ${specifier}: ${folder}/ runs where there is no Node.`] : [];
    }
    if (!specifier.startsWith(".")) return [];
    const target = posix.join(posix.dirname(file), specifier);
    const allowed = [folder, ...rule.may, ...(typeOnly ? (rule.types ?? []) : [])];
    if (allowed.some((may) => inside(target, may))) return [];
    return [`${file} imports ${target}: ${folder}/ may import ${rule.may.join(", ") || "nothing of ours"}.`];
  });
}

function inside(file: string, folder: string): boolean {
  return file === folder || file.startsWith(`${folder}/`);
}

function importsOf(source: string): { specifier: string; typeOnly: boolean }[] {
  // Examples in comments are no imports.
  const code = source.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
  const statement = /^\s*(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s*)?["']([^"']+)["']/gm;
  const call = /\bimport\s*\(\s*["']([^"']+)["']/g;
  return [
    ...[...code.matchAll(statement)].map((match) => ({ specifier: match[2] ?? "", typeOnly: match[1] !== undefined })),
    ...[...code.matchAll(call)].map((match) => ({ specifier: match[1] ?? "", typeOnly: false })),
  ];
}

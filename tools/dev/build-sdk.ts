/** Builds the SDK as a package into dist/sdk: ES modules with types, as it would be published. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join, relative } from "node:path";
import { root } from "./options.ts";
import { runMain } from "./refusal.ts";

const NAME = "meridian-client";

/** What can be imported: the package itself, and what not everybody needs. */
export const SDK_ENTRIES: Readonly<Record<string, string>> = {
  index: "client/index.ts",
  media: "client/media/index.ts",
  memory: "client/storage/memory.ts",
};

/** The contract's types are made with zod; no code of the SDK runs it. */
const TYPES_FROM = ["zod"];

/**
 * @param folder where the package is put; what was there is replaced
 * @throws Error of the bundler or the compiler
 */
export async function buildSdk(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const needed = new Set([...(await bundle(folder)), ...declare(join(folder, "types"))]);
  const { version, license, dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    version: string;
    license: string;
    dependencies: Record<string, string>;
  };
  const entry = (name: string): object => ({
    types: `./types/${(SDK_ENTRIES[name] ?? "").replace(/\.ts$/, ".d.ts")}`,
    default: `./${name}.js`,
  });
  const manifest = {
    name: NAME,
    version,
    description: "Meridian for browsers, Node, Bun and Deno: sign in, send, and watch state that is always in order.",
    license,
    type: "module",
    sideEffects: false,
    exports: Object.fromEntries(
      Object.keys(SDK_ENTRIES).map((name) => [name === "index" ? "." : `./${name}`, entry(name)]),
    ),
    dependencies: Object.fromEntries([...needed].toSorted().map((name) => [name, dependencies[name]])),
  };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(folder, "README.md"), readme());
}

/** The guide, with the package's names in place of the sources'. */
function readme(): string {
  return Object.entries(SDK_ENTRIES).reduce(
    (text, [name, file]) => text.replaceAll(`"./${file}"`, `"${name === "index" ? NAME : `${NAME}/${name}`}"`),
    readFileSync(join(root, "docs/sdk.md"), "utf8"),
  );
}

/** @returns the packages that the bundles import */
async function bundle(outDir: string): Promise<string[]> {
  const { build } = await import("vite");
  const built = await build({
    configFile: false,
    logLevel: "error",
    build: {
      outDir,
      target: "es2022",
      minify: false,
      lib: {
        entry: Object.fromEntries(Object.entries(SDK_ENTRIES).map(([name, file]) => [name, join(root, file)])),
        formats: ["es"],
      },
      rolldownOptions: { external: (id) => isPackage(id), output: { chunkFileNames: "parts/[name].js" } },
    },
  });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((each) => ("output" in each ? each.output : []));
  const own = new Set(outputs.map(({ fileName }) => fileName));
  return outputs.flatMap((each) =>
    each.type === "chunk"
      ? [...each.imports, ...each.dynamicImports].filter((name) => !own.has(name)).map(packageOf)
      : [],
  );
}

/**
 * Writes the declarations that the entries reach, and no others.
 *
 * @returns the packages that they import
 */
function declare(folder: string): string[] {
  const all = mkdtempSync(`${folder}-`);
  try {
    const { status, stdout } = spawnSync(
      join(root, "node_modules/.bin/tsc"),
      ["-p", "tsconfig.client.json", "--noEmit", "false", "--declaration", "--emitDeclarationOnly"].concat([
        "--rewriteRelativeImportExtensions",
        "--rootDir",
        root,
        "--outDir",
        all,
      ]),
      { cwd: root, encoding: "utf8" },
    );
    if (status !== 0) throw new Error(`The declarations cannot be made:\n${stdout}`);
    const packages = new Set<string>();
    const seen = new Set<string>();
    const waiting = Object.values(SDK_ENTRIES).map((file) => join(all, file.replace(/\.ts$/, ".d.ts")));
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      const text = readFileSync(file, "utf8").replaceAll(SPECIFIER, (whole, start: string, name: string) => {
        if (isPackage(name)) {
          packages.add(packageOf(name));
          return whole;
        }
        waiting.push(join(dirname(file ?? ""), name.replace(/\.ts$/, ".d.ts")));
        return `${start}"${name.replace(/\.ts$/, ".js")}"`;
      });
      const target = join(folder, relative(all, file));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
    const strange = [...packages].filter((name) => !TYPES_FROM.includes(name));
    if (strange.length > 0) throw new Error(`The SDK's types need ${strange.join(", ")}.`);
    return [...packages];
  } finally {
    rmSync(all, { recursive: true, force: true });
  }
}

/** `from "x"` and `import("x")` at the start of a line of code or within a type. */
const SPECIFIER = /((?:^(?:import|export)[^"'\n]*from |import\())"([^"]+)"/gm;

function isPackage(id: string): boolean {
  return !id.startsWith(".") && !isAbsolute(id);
}

function packageOf(id: string): string {
  return id.split("/", id.startsWith("@") ? 2 : 1).join("/");
}

if (import.meta.main) {
  await runMain(async () => {
    const folder = join(root, "dist/sdk");
    await buildSdk(folder);
    const files = readdirSync(folder, { recursive: true }).filter((name) => existsSync(join(folder, String(name))));
    console.log(`dist/sdk: ${files.length} files. npm pack ./dist/sdk makes the package.`);
  });
}

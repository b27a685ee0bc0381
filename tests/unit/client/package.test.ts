/** The SDK as others get it: built, put into a project that knows nothing of this one, compiled against and run. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildSdk } from "../../../tools/dev/build-sdk.ts";

const modules = resolve(import.meta.dirname, "../../../node_modules");
let project: string;

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), "meridian-package-"));
  const installed = join(project, "node_modules");
  await buildSdk(join(installed, "meridian-client"));
  mkdirSync(join(installed, "@noble"));
  for (const name of Object.keys(manifest().dependencies)) symlinkSync(join(modules, name), join(installed, name));
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
}, 120_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

function manifest(): { exports: Record<string, unknown>; dependencies: Record<string, string> } {
  return JSON.parse(readFileSync(join(project, "node_modules/meridian-client/package.json"), "utf8")) as ReturnType<
    typeof manifest
  >;
}

test("says what can be imported and what it needs, at exact versions", () => {
  expect(Object.keys(manifest().exports)).toEqual([".", "./media", "./memory"]);
  expect(Object.keys(manifest().dependencies)).toEqual(["@noble/hashes", "canonicalize", "idb", "zod"]);
  for (const version of Object.values(manifest().dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});

test("compiles under strict settings, and says what is wrong", () => {
  const good = `
    import { Meridian, isRetryable, type Storage, type TimelineState } from "meridian-client";
    import { MeridianMedia } from "meridian-client/media";
    import { MemoryStorage } from "meridian-client/memory";
    const storage: Storage = new MemoryStorage();
    export const meridian = new Meridian({ url: "http://127.0.0.1:1", storage });
    export const media: typeof MeridianMedia = MeridianMedia;
    export function last(state: TimelineState): string | undefined {
      const item = state.items.at(-1);
      return item?.type === "message" ? item.text : undefined;
    }
    try { await meridian.send("d_x" as never, "hello"); } catch (error) {
      if (!isRetryable(error)) throw error;
    }
  `;
  expect(compile(good)).toBe("");
  const bad = `import { Meridian } from "meridian-client"; new Meridian({ address: 1 });`;
  expect(compile(bad)).toContain("'address' does not exist");
});

test("runs in Node", () => {
  const script = `
    import { Meridian, AuthError } from "meridian-client";
    import { MemoryStorage } from "meridian-client/memory";
    await import("meridian-client/media");
    const meridian = new Meridian({ url: "http://127.0.0.1:1", storage: new MemoryStorage(), verifyChains: true });
    await meridian.createDirect({ handle: "x" }).catch((error) => console.log(error instanceof AuthError, error.code));
    await meridian.close();
  `;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: project,
    encoding: "utf8",
  });
  expect(output).toBe("true signed_out\n");
});

/** @returns what the compiler says */
function compile(source: string): string {
  writeFileSync(join(project, "use.ts"), source);
  const flags = ["--noEmit", "--strict", "--skipLibCheck", "false", "--module", "nodenext", "--target", "es2024"];
  try {
    execFileSync(
      join(modules, ".bin/tsc"),
      [...flags, "--lib", "es2024,esnext.disposable,dom,dom.iterable", "use.ts"],
      {
        cwd: project,
        encoding: "utf8",
      },
    );
    return "";
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

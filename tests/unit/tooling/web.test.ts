import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { buildWeb } from "../../../tools/dev/build-web.ts";
import { publishWeb } from "../../../tools/dev/publish-web.ts";

describe("a build of the page", () => {
  test("lies in a folder of its own that the next build from the same sources uses again, and leaves nothing else", async () => {
    const [first, second] = await Promise.all([buildWeb(), buildWeb()]);
    expect(second).toBe(first);
    const page = readFileSync(join(first, "index.html"), "utf8");
    const named = [...page.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, name]) => name ?? "");
    expect(named.length).toBeGreaterThan(2);
    for (const name of named) expect(existsSync(join(first, name))).toBe(true);
    // What is deployed, not what this runner's environment would make of it: with its service worker registered.
    const [main] = readdirSync(join(first, "assets")).filter((name) => /^main-.*\.js$/.test(name));
    expect(readFileSync(join(first, "assets", main ?? ""), "utf8")).toContain(".serviceWorker.register(");
    expect(await buildWeb()).toBe(first);
    expect(readdirSync(join(first, "..")).filter((name) => name.includes(`.${process.pid}.`))).toEqual([]);
  }, 120_000);
});

describe("publishing a build", () => {
  let folder: string;
  let to: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "meridian-web-"));
    to = join(folder, "web");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function build(version: string): string {
    const made = join(folder, version);
    mkdirSync(join(made, "assets"), { recursive: true });
    writeFileSync(join(made, "index.html"), `page ${version}`);
    writeFileSync(join(made, "sw.js"), `worker ${version}`);
    for (const kind of ["js", "js.map", "css"]) writeFileSync(join(made, `assets/main-${version}.${kind}`), version);
    return made;
  }

  test("keeps the parts of pages that are open, and nothing else of what was there before", () => {
    publishWeb(build("one"), to);
    writeFileSync(join(to, "left.txt"), "of an older layout");
    writeFileSync(join(to, "assets/half.js.77.copying"), "of a copy under way");
    publishWeb(build("two"), to);
    expect(readFileSync(join(to, "index.html"), "utf8")).toBe("page two");
    expect(readFileSync(join(to, "sw.js"), "utf8")).toBe("worker two");
    expect(readdirSync(to).toSorted()).toEqual(["assets", "index.html", "sw.js"]);
    const names = [
      "half.js.77.copying",
      "main-one.css",
      "main-one.js",
      "main-two.css",
      "main-two.js",
      "main-two.js.map",
    ];
    expect(readdirSync(join(to, "assets")).toSorted()).toEqual(names);
  });

  test("keeps so many of them, the newest", () => {
    for (let version = 0; version < 40; version++) {
      publishWeb(build(`v${version}`), to);
      for (const kind of ["js", "css"])
        utimesSync(join(to, `assets/main-v${version}.${kind}`), version + 1, version + 1);
    }
    const versions = new Set(readdirSync(join(to, "assets")).map((name) => /-(v\d+)\./.exec(name)?.[1]));
    expect(versions.size).toBe(31);
    expect(versions.has("v9")).toBe(true);
    expect(versions.has("v8")).toBe(false);
  });
});

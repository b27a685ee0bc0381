/**
 * Finds a Chromium for the browser tests without installing anything: the one that CHROMIUM_PATH names, the one that
 * comes with the project's packages (Linux x64), or the system's.
 */
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { root } from "../dev/options.ts";
import { Refusal } from "../dev/refusal.ts";

export interface Chromium {
  readonly executablePath: string;
  /** What its environment must have beside that of this process. */
  readonly env: Readonly<Record<string, string>>;
}

/** Arguments for tests: no sandbox, because containers have no user namespaces, and nothing that calls home. */
export const chromiumArgs: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** @throws Refusal where this machine has none */
export async function findChromium(): Promise<Chromium> {
  const named = process.env["CHROMIUM_PATH"];
  if (named) return { executablePath: named, env: {} };
  if (process.platform === "linux" && process.arch === "x64") return packaged();
  const system = [
    ...["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"].flatMap((name) =>
      (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name)),
    ),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ].find((path) => existsSync(path));
  if (system !== undefined) return { executablePath: system, env: {} };
  throw new Refusal("The browser tests need Chrome or Chromium: install one, or set CHROMIUM_PATH to it.");
}

/** Unpacks the packaged browser once (200 MB, a few seconds) and says how to run it. */
async function packaged(): Promise<Chromium> {
  const require = createRequire(import.meta.url);
  const folder = dirname(dirname(require.resolve("@sparticuz/chromium")));
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  const unpacked = join(root, "node_modules/.cache/chromium", version);
  if (!existsSync(join(unpacked, "chromium"))) await unpack(folder, unpacked);
  return {
    executablePath: join(unpacked, "chromium"),
    env: {
      FONTCONFIG_FILE: join(unpacked, "fonts.conf"),
      // Its libraries come from the distribution where they are there, else from the set in the package.
      LD_LIBRARY_PATH: [process.env["LD_LIBRARY_PATH"], "/usr/lib/x86_64-linux-gnu", join(unpacked, "al2023/lib")]
        .filter((path) => path !== undefined && path !== "")
        .join(":"),
    },
  };
}

async function unpack(folder: string, target: string): Promise<void> {
  const { extract } = createRequire(join(folder, "package.json"))("tar-fs") as {
    extract(this: void, into: string): Writable;
  };
  const fresh = `${target}.${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  const from = (name: string) => createReadStream(join(folder, "bin", name), { highWaterMark: 2 ** 22 });
  const plain = () => createBrotliDecompress({ chunkSize: 2 ** 21 });
  await Promise.all([
    pipeline(from("chromium.br"), plain(), createWriteStream(join(fresh, "chromium"), { mode: 0o755 })),
    pipeline(from("swiftshader.tar.br"), plain(), extract(fresh)),
    pipeline(from("fonts.tar.br"), plain(), extract(join(fresh, "fonts"))),
    pipeline(from("al2023.tar.br"), plain(), extract(join(fresh, "al2023"))),
  ]);
  // The one in the package looks for fonts in /tmp, and without any font a page load crashes.
  const folders = ["/usr/share/fonts", join(target, "fonts")].map((path) => `<dir>${path}</dir>`).join("");
  writeFileSync(
    join(fresh, "fonts.conf"),
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">` +
      `<fontconfig>${folders}<cachedir>${join(target, "fontcache")}</cachedir></fontconfig>`,
  );
  try {
    renameSync(fresh, target);
  } catch (error) {
    // Another process was faster: what it unpacked is the same.
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(join(target, "chromium"))) throw error;
  }
}

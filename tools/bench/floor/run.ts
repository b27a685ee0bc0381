/**
 * Runs the floor's Worker on the same runtime, by the same launcher as the service. Says `ready URL` on stdout and ends
 * when its stdin does. `node tools/bench/floor/run.ts FOLDER`
 */
import { readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { startRuntime } from "../../dev/runtime.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("The folder for its state is missing.");

const main = join(folder, "floor.js");
writeFileSync(main, stripTypeScriptTypes(readFileSync(new URL("worker.ts", import.meta.url), "utf8")));
const options = {
  compatibilityDate: "2026-10-20",
  durableObjects: { ROOM: { className: "Room", useSQLite: true } },
  bindings: {},
  cronTriggers: [],
  assets: undefined,
};
const runtime = await startRuntime(
  { main, options },
  { host: "127.0.0.1", port: 0, folder, bindings: {}, web: null, onLog: (_level, line) => console.error(line) },
);
console.log(`ready ${runtime.url.href}`);
process.stdin.resume();
process.stdin.once("end", () => void runtime.stop().then(() => process.exit(0)));

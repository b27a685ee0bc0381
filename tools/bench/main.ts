/** `npm run bench`: the service under load, and the floor under the same load beside it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { dirname, resolve } from "node:path";
import { root } from "../dev/options.ts";
import { exit, Refusal, runMain } from "../dev/refusal.ts";
import { judge } from "./goals.ts";
import { readOptions, usage, type Options } from "./options.ts";
import { profileShape } from "./profile/run.ts";
import { renderBenchPage } from "./report/html.ts";
import type { Result } from "./report/result.ts";
import { renderTable } from "./report/table.ts";
import { startFloor, startMeridian, type Server } from "./servers.ts";
import { shapes } from "./shapes/all.ts";
import type { Row } from "./shapes/shape.ts";
import { FloorTarget } from "./targets/floor.ts";
import { MeridianTarget } from "./targets/meridian.ts";

await runMain(async () => {
  const options = readOptions(
    process.argv.slice(2),
    shapes.map(({ name }) => name),
  );
  if (options.help) return console.log(usage(shapes));
  if (options.profile) return profile(options);
  const servers: Server[] = [];
  const start = async () => {
    const [floor, meridian] = await Promise.all([startFloor(), startMeridian()]);
    servers.push(floor, meridian);
    return { floor: new FloorTarget(floor), meridian: new MeridianTarget(meridian), servers: [floor, meridian] };
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => void stopAll(servers).then(() => exit(1)));
  }
  try {
    const began = Date.now();
    const load = loadavg().map((average) => Math.round(average * 100) / 100);
    const chosen = shapes.filter(({ name }) => options.shapes.length === 0 || options.shapes.includes(name));
    say("starts the servers");
    const { floor, meridian } = await start();
    const rows: Row[] = [];
    for (const [index, shape] of chosen.entries()) {
      const where = `${index + 1}/${chosen.length} ${shape.title}`;
      const progress = (text: string): void => say(`${where}: ${text}`);
      const row = await shape.run({ seconds: options.seconds, floor, meridian, fresh: start, progress });
      rows.push(row);
      say("");
      console.log(renderTable([row]).split("\n")[1]);
    }
    console.log(`\n${renderTable(rows)}\n`);
    console.log("Where two numbers stand together, the floor's is the first. CPU ms: processor time per operation.");
    const targets = judge(rows);
    console.log(`Targets: ${targets.filter(({ met }) => met).length} of ${targets.length} met.`);
    const result: Result = {
      at: new Date(began).toISOString(),
      tookSeconds: Math.round((Date.now() - began) / 1_000),
      options: { shapes: chosen.map(({ name }) => name), seconds: options.seconds },
      machine: {
        processor: cpus()[0]?.model ?? "unknown",
        processors: cpus().length,
        memoryGiB: Math.round(totalmem() / 2 ** 30),
        system: `${process.platform} ${release()}`,
        node: process.version,
        load,
      },
      rows,
      targets,
    };
    write(options.json, `${JSON.stringify(result, null, 2)}\n`);
    write(options.html, renderBenchPage(result));
    console.log(`Written to ${options.json} and, with plots, ${options.html}.`);
  } finally {
    await stopAll(servers);
  }
  await exit(0);
});

/** Profiles shapes, one after the other, each on a server of its own. */
async function profile({ shapes: names, seconds }: Options): Promise<void> {
  for (const name of names.length === 0 ? ["one"] : names) {
    const how = shapes.find((shape) => shape.name === name)?.load;
    if (how === undefined) throw new Refusal(`Only shapes of senders can be profiled: ${name} is none.`);
    const file = `reports/${name}.cpuprofile`;
    const text = await profileShape({ name, load: how, seconds, file, progress: say });
    say("");
    console.log(`${text}\n`);
  }
  await exit(0);
}

async function stopAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()));
}

function write(file: string, text: string): void {
  const path = resolve(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Shows how far it is: in place on a terminal, a line each elsewhere. */
function say(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
  else if (text !== "") process.stderr.write(`${text}\n`);
}

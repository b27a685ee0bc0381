/** One scenario from the first registration to the verdict. */
import { join } from "node:path";
import { checkHistory } from "../../history/check.ts";
import { HistoryFile, HistoryWriter } from "../../history/file.ts";
import type { HistoryEvent } from "../../history/events.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { Crowd } from "../devices/crowd.ts";
import { Load } from "../devices/load.ts";
import { sleep, until } from "../patience.ts";
import { Random } from "../random.ts";
import type { Scenario, Stage } from "../scenarios/scenario.ts";
import { drainTime, longestBelow, peakPerSecond } from "./levels.ts";
import { Meter } from "./meter.ts";
import type { DrillOptions, Outcome } from "./outcome.ts";
import { settle } from "./settle.ts";

/** Part of a scenario's time before anything happens, and after everybody is back. */
const CALM = 0.2;
const BACK_MS = 90_000;

/** Shows how a scenario is getting on. */
export type Progress = (line: string) => void;

export async function drill(
  cluster: Cluster,
  scenario: Scenario,
  options: DrillOptions,
  progress: Progress,
): Promise<Outcome> {
  const random = new Random(options.seed);
  const history = join(options.out, `${scenario.name}.ndjson`);
  const writer = new HistoryWriter(history);
  const meter = new Meter();
  const recorder = {
    write(event: HistoryEvent): void {
      writer.write(event);
      meter.write(event);
    },
  };
  const { name, title, expects } = scenario;
  recorder.write({
    type: "run",
    seed: options.seed,
    scenario: name,
    version: "drill",
    startedAt: Date.now(),
    devices: [],
    resendsInOrder: true,
  });
  const notes: string[] = [];
  const problems: string[] = [];
  let skipped: string | undefined;
  progress("registers its devices");
  const crowd = await Crowd.gather({
    cluster,
    recorder,
    random,
    size: options.devices,
    queued: (id, t) => meter.enqueue(id, t),
  });
  try {
    const stage: Stage = {
      cluster,
      crowd,
      random,
      recorder,
      seconds: options.seconds,
      strike: (kind, target) => recorder.write({ type: "fault", kind, target, t: Date.now() }),
      pause: (share) => sleep(share * options.seconds * 1_000),
      note: (text) => notes.push(text),
      problem: (text) => problems.push(text),
      skip: (why) => (skipped = why),
    };
    meter.start();
    const load = new Load(crowd, random, options.rate);
    const watch = setInterval(() => progress(line(meter, crowd)), 500);
    try {
      await stage.pause(CALM);
      await scenario.act(stage);
      await until(() => crowd.live === crowd.devices.length, BACK_MS, "not all devices are back online");
      if (skipped === undefined) {
        await sleep(meter.began + options.seconds * 1_000 * (1 - CALM) - Date.now());
        await stage.pause(CALM);
      }
    } catch (error) {
      // What is left of the promise is judged all the same, and the next scenario finds the service whole.
      problems.push(error instanceof Error ? error.message : String(error));
      await cluster.heal();
    } finally {
      load.stop();
      clearInterval(watch);
    }
    const loadEnded = Date.now();
    progress("waits until everything has arrived");
    problems.push(...(await settle(cluster, crowd, recorder)));
    writer.close();
    progress("checks the history");
    const report = checkHistory(new HistoryFile(history));
    const count = crowd.devices.length;
    const warm = meter.began + options.seconds * 1_000 * CALM;
    const below = (share: number): number => longestBelow(meter.live, Math.ceil(count * share), loadEnded);
    return {
      scenario: { name, title, expects },
      ok: report.ok && problems.length === 0,
      skipped,
      options,
      report,
      recovery: {
        below50: below(0.5),
        below99: below(0.99),
        below100: below(1),
        stall: meter.longestStall,
        reconnectsPerSecond: peakPerSecond(meter.connects),
        backlog: Math.max(...meter.backlog.map(({ value }) => value)),
        drained: drainTime(meter.backlog, warm),
      },
      problems,
      notes,
      faults: meter.faults,
      series: meter.series(),
      history,
    };
  } finally {
    await crowd.leave();
  }
}

function line(meter: Meter, crowd: Crowd): string {
  const seconds = ((Date.now() - meter.began) / 1_000).toFixed(1);
  const waiting = meter.queued - meter.acknowledged;
  const last = meter.faults.at(-1);
  const fault = last === undefined ? "" : `, ${last.kind} ${last.target} at ${last.at.toFixed(1)} s`;
  return `${seconds} s: ${crowd.live}/${crowd.devices.length} live, ${meter.acknowledged} acknowledged, ${waiting} waiting${fault}`;
}

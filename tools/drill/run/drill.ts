/** One scenario from the first registration to the verdict. */
import { join } from "node:path";
import { checkHistory } from "../../history/check.ts";
import { HistoryFile, HistoryWriter } from "../../history/file.ts";
import type { HistoryEvent, Recorder } from "../../history/events.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { Crowd } from "../devices/crowd.ts";
import { Load } from "../devices/load.ts";
import { sleep, until } from "../patience.ts";
import { Random } from "../../random.ts";
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
  const history = join(options.out, `${scenario.name}.ndjson`);
  const writer = new HistoryWriter(history);
  const meter = new Meter();
  let over = false;
  const recorder = {
    write(event: HistoryEvent): void {
      if (over) return;
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
  const end = (): void => {
    // That everybody leaves is not part of it.
    over = true;
    writer.close();
  };
  const played = await perform({ cluster, scenario, options, meter, recorder, end, progress });
  const { notes, problems, ended } = played;
  progress("checks the history");
  const report = checkHistory(new HistoryFile(history));
  const warm = meter.began + options.seconds * 1_000 * CALM;
  const below = (share: number): number => longestBelow(meter.live, Math.ceil(options.devices * share), ended);
  return {
    scenario: { name, title, expects },
    ok: report.ok && problems.length === 0,
    options,
    report,
    recovery: {
      below50: below(0.5),
      below99: below(0.99),
      below100: below(1),
      stall: meter.longestStall,
      reconnectsPerSecond: peakPerSecond(meter.connects),
      backlog: Math.max(0, ...meter.backlog.map(({ value }) => value)),
      drained: drainTime(meter.backlog, warm),
    },
    problems,
    notes,
    faults: meter.faults,
    series: meter.series(),
    history,
  };
}

interface Setting {
  readonly cluster: Cluster;
  readonly scenario: Scenario;
  readonly options: DrillOptions;
  readonly meter: Meter;
  readonly recorder: Recorder;
  /** Called when all that is judged has happened. */
  readonly end: () => void;
  readonly progress: Progress;
}

interface Performance {
  readonly notes: readonly string[];
  readonly problems: readonly string[];
  /** When the load ended. */
  readonly ended: number;
}

/** Plays the scenario. Whatever goes wrong is a problem of this scenario: the next one finds the service whole. */
async function perform({ cluster, scenario, options, meter, recorder, end, progress }: Setting): Promise<Performance> {
  const { seed, devices: size, seconds, rate } = options;
  const random = new Random(seed);
  const notes: string[] = [];
  const problems: string[] = [];
  let ended = Date.now();
  const crowd = new Crowd();
  const stage: Stage = {
    cluster,
    crowd,
    random,
    recorder,
    seconds,
    strike: (kind, target) => recorder.write({ type: "fault", kind, target, t: Date.now() }),
    pause: (share) => sleep(share * seconds * 1_000),
    note: (text) => notes.push(text),
    problem: (text) => problems.push(text),
  };
  const act = async (): Promise<void> => {
    meter.start();
    const load = new Load(crowd, random, rate);
    const watch = setInterval(() => progress(line(meter, crowd)), 500);
    try {
      await stage.pause(CALM);
      await scenario.act(stage);
      await until(() => crowd.live === crowd.devices.length, BACK_MS, "not all devices are back online");
      await sleep(meter.began + seconds * 1_000 * (1 - CALM) - Date.now());
      await stage.pause(CALM);
    } catch (error) {
      // What is left of the promise is judged all the same.
      problems.push(wordsOf(error));
      await cluster.heal();
    } finally {
      load.stop();
      clearInterval(watch);
      ended = Date.now();
    }
  };
  try {
    progress("registers its devices");
    await crowd.gather({ cluster, recorder, random, size, queued: (id, t) => meter.enqueue(id, t) });
    await act();
    progress("waits until everything has arrived");
    problems.push(...(await settle(cluster, crowd, recorder)));
  } catch (error) {
    problems.push(wordsOf(error));
    await cluster.heal().catch((worse: unknown) => problems.push(wordsOf(worse)));
  } finally {
    end();
    await crowd.leave();
  }
  return { notes, problems, ended };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function line(meter: Meter, crowd: Crowd): string {
  const seconds = ((Date.now() - meter.began) / 1_000).toFixed(1);
  const waiting = meter.queued - meter.acknowledged;
  const last = meter.faults.at(-1);
  const fault = last === undefined ? "" : `, ${last.kind} ${last.target} at ${last.at.toFixed(1)} s`;
  return `${seconds} s: ${crowd.live}/${crowd.devices.length} live, ${meter.acknowledged} acknowledged, ${waiting} waiting${fault}`;
}

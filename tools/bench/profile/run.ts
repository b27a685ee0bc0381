/** `npm run bench -- --profile`: where the service's time goes under a shape. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { root } from "../../dev/options.ts";
import { bundleWorker } from "../../dev/worker-bundle.ts";
import { drive } from "../drive.ts";
import { startInspected } from "../servers.ts";
import { closeRooms, openRooms } from "../shapes/load.ts";
import type { Load } from "../shapes/shape.ts";
import { MeridianTarget } from "../targets/meridian.ts";
import { profiled } from "./inspector.ts";
import { sourcesOf } from "./sources.ts";
import { renderSummary, summarise } from "./summary.ts";

/** Functions of this service run this often before they are compiled with care. */
const WARM_MESSAGES = 3_000;
const WARM_TURNS = 20;
const TURN_MS = 1_000;
const FUNCTIONS = 40;

export interface ProfileOptions {
  readonly name: string;
  readonly load: Load;
  readonly seconds: number;
  /** The `.cpuprofile`, for the browser's developer tools. */
  readonly file: string;
  readonly progress: (text: string) => void;
}

/** Profiles one shape on a server of its own. @returns what to print */
export async function profileShape({ name, load, seconds, file, progress }: ProfileOptions): Promise<string> {
  const server = await startInspected();
  try {
    const loaded = await openRooms(new MeridianTarget(server), load);
    const run = (ms: number) => drive(loaded.open, loaded.sending, ms, server.pid);
    let done = 0;
    for (let turn = 0; turn < WARM_TURNS && done < WARM_MESSAGES; turn++) {
      progress(`${name}: warms up, ${done} of ${WARM_MESSAGES} messages`);
      done += (await run(TURN_MS)).acknowledgement?.count ?? 0;
    }
    progress(`${name}: ${seconds} s`);
    const { profile, result } = await profiled(server.inspector, () => run(seconds * 1_000));
    closeRooms(loaded);
    const path = resolve(root, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(profile));
    const { main } = await bundleWorker();
    const summary = summarise(profile, sourcesOf(main, root), (result.cpu ?? Number.NaN) * 1_000);
    return [
      `${name}: ${Math.round(result.rate)} sends/s, acknowledged in ${result.acknowledgement?.p50} ms (p50), ` +
        `over ${result.acknowledgement?.count} sends; written to ${file}`,
      renderSummary(summary, FUNCTIONS),
    ].join("\n");
  } finally {
    await server.stop();
  }
}

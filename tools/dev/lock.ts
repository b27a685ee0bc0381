/**
 * One service per state folder. The lock is a file that names its holder by pid and start time, so that a holder that
 * was killed is never mistaken for a later process with the same pid.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { endAll, findMarked, identify, isRunning, type ProcessId } from "./processes.ts";
import { Refusal } from "./refusal.ts";
import type { StateFolder } from "./state.ts";

/** Environment variable that marks every process working on a state folder. */
export const MARK = "MERIDIAN_RUN";

interface Holder {
  readonly process: ProcessId;
  /** The commands that started it. Once one of them is gone the holder ends itself. */
  readonly launchers: readonly ProcessId[];
  readonly url: string;
}

export interface Lock {
  /** True where an earlier run on this state was killed and its remains were ended. */
  readonly recovered: boolean;
  release(): void;
}

/**
 * Takes the lock of a state folder. Where the holder was killed, what it left running is found by its mark and ended
 * first: nothing else may touch the databases while the new run does.
 *
 * @param url where the service is going to be, for the message of a second one
 * @throws Refusal where a living service works on this state
 */
export async function takeLock(state: StateFolder, launchers: readonly ProcessId[], url: string): Promise<Lock> {
  const self = identify(process.pid);
  if (self === undefined) throw new Error("This process cannot be found in the process table.");
  const mine = `${state.lock}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ process: self, launchers, url } satisfies Holder));
  let stale = false;
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      // A link appears with its whole content or not at all, and never over an existing one.
      if (tryLink(mine, state.lock)) {
        const remains = findMarked(MARK, state.mark);
        await endAll(() => findMarked(MARK, state.mark));
        return { recovered: stale || remains.length > 0, release: () => rmSync(state.lock, { force: true }) };
      }
      const holder = read(state.lock);
      if (holder !== undefined && (await outlives(holder))) {
        throw new Refusal(
          `Another instance (pid ${holder.process.pid}, ${holder.url}) works on the state folder ${state.path}: ` +
            "stop it, or set MERIDIAN_STATE to another folder.",
        );
      }
      stale = true;
      discard(state.lock, holder);
    }
    throw new Refusal(`The state folder ${state.path} is being started by another process: try again.`);
  } finally {
    rmSync(mine, { force: true });
  }
}

/** True where the holder is alive and means to stay; an orphan gets time to end itself and is ended after that. */
async function outlives(holder: Holder): Promise<boolean> {
  if (!isRunning(holder.process)) return false;
  if (holder.launchers.every(isRunning)) return true;
  const deadline = Date.now() + 8_000;
  while (isRunning(holder.process) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  await endAll(() => (isRunning(holder.process) ? [holder.process.pid] : []));
  return false;
}

/** Takes a dead holder's lock away, unless somebody else was faster and it is already another's. */
function discard(file: string, dead: Holder | undefined): void {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const taken = read(aside);
  if (JSON.stringify(taken) !== JSON.stringify(dead)) tryLink(aside, file);
  rmSync(aside, { force: true });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** A lock that cannot be read, after a power cut say, names nobody. */
function read(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

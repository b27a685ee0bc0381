/** The state folder: everything that outlives a restart, and nothing else. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Refusal } from "./refusal.ts";

export interface StateFolder {
  readonly path: string;
  /** What the Workers runtime keeps: objects, media. It adds a folder `v3` of its own. */
  readonly runtime: string;
  /** Databases of sqld. */
  readonly accounts: string;
  readonly accountsPort: string;
  readonly secrets: string;
  readonly lock: string;
  readonly logs: string;
  /** Where runtimes find each other: one per state, so that two instances do not. */
  readonly registry: string;
  /** Emptied at every start: what a killed run left there is of no use to the next one. */
  readonly temporary: string;
  /** Value of `MERIDIAN_RUN` in the environment of every process that works on this state. */
  readonly mark: string;
}

/**
 * Makes the folder where it is missing and checks that it can be written to.
 *
 * @throws Refusal that says why it cannot be used
 */
export function openState(path: string): StateFolder {
  try {
    makeFolder(join(path, "logs"));
    const probe = join(path, `.probe-${process.pid}`);
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Refusal(`The state folder ${path} cannot be written to (${code}): set MERIDIAN_STATE to one that can.`);
  }
  const real = realpathSync(path);
  return {
    path: real,
    runtime: real,
    accounts: join(real, "accounts"),
    accountsPort: join(real, "accounts.port"),
    secrets: join(real, "secrets.env"),
    lock: join(real, "lock"),
    logs: join(real, "logs"),
    registry: join(real, "registry"),
    temporary: join(real, "tmp"),
    mark: createHash("sha256").update(real).digest("hex").slice(0, 24),
  };
}

/** As `mkdirSync` with `recursive`, which never returns where the kernel denies that a folder of its own exists (/proc). */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  mkdirSync(path);
}

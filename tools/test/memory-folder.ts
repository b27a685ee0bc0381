import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";

const GIB = 1024 ** 3;
/** Far more than the suite's services, browsers and media keep at one time. */
const NEEDED_BYTES = 4 * GIB;

/**
 * Makes a folder in memory for the services under test, so that they wait for no disk: each of thousands of small
 * databases would have its commits flushed. What crash tests prove stays proved: they kill processes, and what a process
 * has written outlives it in the page cache and in memory alike. A machine that loses its power is simulated nowhere.
 *
 * @returns the folder, or undefined where the system has none with room
 */
export function memoryFolder(): string | undefined {
  const shared = "/dev/shm";
  try {
    accessSync(shared, constants.W_OK);
    const { bavail, bsize } = statfsSync(shared);
    if (bavail * bsize < NEEDED_BYTES || process.availableMemory() < 2 * NEEDED_BYTES) return undefined;
    const folder = mkdtempSync(join(shared, "meridian-tests-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    return folder;
  } catch {
    return undefined;
  }
}

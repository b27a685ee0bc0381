/**
 * The commands above this process (npm, its shell, the bootstrap). When one of them is killed nobody is left to press
 * Ctrl-C, so the service ends itself instead of holding its port for ever.
 */
import { ancestry, identify, isRunning, titleOf, type ProcessId } from "./processes.ts";

const INTERVAL_MS = 500;

/** Empty where the service was started by hand: then it outlives whoever started it, as any command does. */
export function findLaunchers(env: NodeJS.ProcessEnv): ProcessId[] {
  if (env["MERIDIAN_LAUNCHER"] === undefined) return [];
  const above = ancestry().slice(1, 5);
  const direct = above.indexOf(Number(env["MERIDIAN_LAUNCHER"]));
  if (direct === -1) return [];
  const npm = env["npm_lifecycle_event"] === undefined ? -1 : above.findIndex((pid) => titleOf(pid) === "npm");
  return above
    .slice(0, Math.max(direct, npm) + 1)
    .map(identify)
    .filter((id) => id !== undefined);
}

/** Calls back once when a launcher is gone. */
export function onLauncherGone(launchers: readonly ProcessId[], gone: () => void): void {
  const timer = setInterval(() => {
    if (launchers.every(isRunning)) return;
    clearInterval(timer);
    gone();
  }, INTERVAL_MS);
  timer.unref();
}

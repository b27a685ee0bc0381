/** Waiting for things that take a while, always with an end. */
import { MeridianError } from "../../client/errors.ts";

const POLL_MS = 50;
const RETRIES = 40;

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

/** @throws Error that says `otherwise` after `patience` milliseconds */
export async function until(met: () => boolean | Promise<boolean>, patience: number, otherwise: string): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await met())) {
    if (Date.now() > deadline) throw new Error(`After ${patience / 1_000} s ${otherwise}.`);
    await sleep(POLL_MS);
  }
}

/** Tries again what the SDK leaves to its user: calls over HTTP that fail now and may succeed in a moment. */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let left = RETRIES; ; left--) {
    try {
      return await call();
    } catch (error) {
      if (left === 0 || !(error instanceof MeridianError)) throw error;
      await sleep(250);
    }
  }
}

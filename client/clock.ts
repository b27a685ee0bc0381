/**
 * Time as a port, so that tests need no waiting.
 */

/** Milliseconds since the epoch, and timers. */
export interface Clock {
  now(): number;
  /** @returns cancels the timer; calling it later or again does nothing */
  after(ms: number, run: () => void): () => void;
}

/** The runtime's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}

/** What both targets need. */

/** Finds a number behind a key in JSON text that is not worth parsing; -1 where there is none. */
export function numberAfter(text: Buffer, key: string): number {
  let at = text.indexOf(key);
  if (at < 0) return -1;
  at += key.length;
  let value = 0;
  for (let digit = (text[at] ?? 0) - 48; digit >= 0 && digit <= 9; digit = (text[++at] ?? 0) - 48) {
    value = value * 10 + digit;
  }
  return value;
}

/** Joins the times at which entries were sent with those at which they arrived, in whatever order both are learnt. */
export class Lags {
  readonly #sent = new Map<number, number>();
  readonly #arrived = new Map<number, number>();
  #lags: number[] = [];

  sent(seq: number, at: number): void {
    const arrived = this.#arrived.get(seq);
    if (arrived === undefined) this.#sent.set(seq, at);
    else this.#lags.push(arrived - at);
    this.#arrived.delete(seq);
  }

  /** Everything in (after, to] arrived now. */
  arrived(after: number, to: number): void {
    const now = performance.now();
    for (let seq = after + 1; seq <= to; seq++) {
      const at = this.#sent.get(seq);
      if (at === undefined) this.#arrived.set(seq, now);
      else this.#lags.push(now - at);
      this.#sent.delete(seq);
    }
  }

  take(): number[] {
    const lags = this.#lags;
    this.#lags = [];
    return lags;
  }
}

/** Runs work on many items, so many at a time. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await work(item, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return results;
}

/** The numbers from 0 up. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/**
 * Waits until something is so, looking every few milliseconds.
 * @throws Error with `what` where it is not so in time
 */
export async function until(what: string, condition: () => boolean, ms = 20_000): Promise<void> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`${what}: not so after ${ms / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

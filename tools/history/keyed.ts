/** State by two strings, without gluing them into one for every event. */
export class Keyed<T> {
  readonly #maps = new Map<string, Map<string, T>>();
  readonly #make: () => T;

  constructor(make: () => T) {
    this.#make = make;
  }

  /** The state of the pair; made where there is none. */
  of(first: string, second: string): T {
    let map = this.#maps.get(first);
    if (map === undefined) this.#maps.set(first, (map = new Map()));
    let state = map.get(second);
    if (state === undefined) map.set(second, (state = this.#make()));
    return state;
  }

  find(first: string, second: string): T | undefined {
    return this.#maps.get(first)?.get(second);
  }

  *entries(): Iterable<[first: string, second: string, state: T]> {
    for (const [first, map] of this.#maps) for (const [second, state] of map) yield [first, second, state];
  }
}

/**
 * Stubs of the objects that one object lately called. Making a stub takes a hash of the name, and its first call a channel
 * of its own: with every message that is a good part of what a call costs. A stub holds nobody awake.
 */

/** More than a large group has members. */
const KEPT = 2_048;

export class Stubs<Stub> {
  readonly #make: (name: string) => Stub;
  readonly #kept = new Map<string, Stub>();

  /** @param make a new stub */
  constructor(make: (name: string) => Stub) {
    this.#make = make;
  }

  get(name: string): Stub {
    const known = this.#kept.get(name);
    if (known !== undefined) return known;
    if (this.#kept.size >= KEPT) this.#kept.clear();
    const stub = this.#make(name);
    this.#kept.set(name, stub);
    return stub;
  }

  /** A stub that saw the platform fail keeps failing: the next call gets a new one. */
  drop(name: string): void {
    this.#kept.delete(name);
  }
}

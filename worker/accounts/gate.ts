/**
 * A bound on password work. scrypt occupies the isolate's only thread, so that every waiting sign-in delays all other
 * requests of the isolate; past the bound a caller is told to come back instead.
 */
import { MeridianError } from "../../protocol/index.ts";

/** A request whose client vanished may never say that it is done; its place is free again after this long. */
const LEASE_MS = 15_000;

export class Gate {
  readonly #places: number;
  readonly #clock: () => number;
  readonly #leases = new Map<symbol, number>();

  /** @param places how many may be inside at once */
  constructor(places: number, clock: () => number) {
    this.#places = places;
    this.#clock = clock;
  }

  /**
   * Runs work inside the gate.
   * @throws MeridianError `unavailable` at once where all places are taken
   */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    const now = this.#clock();
    for (const [lease, until] of this.#leases) if (until <= now) this.#leases.delete(lease);
    if (this.#leases.size >= this.#places) {
      throw new MeridianError("unavailable", "Too many people are signing in right now.", {
        retryAfterMs: 1_000 + Math.floor(Math.random() * 2_000),
      });
    }
    const lease = Symbol("lease");
    this.#leases.set(lease, now + LEASE_MS);
    try {
      return await work();
    } finally {
      this.#leases.delete(lease);
    }
  }
}

/**
 * Several addresses: the nearest one that answers, by the time that `/healthz` takes. A failure moves on at once; the way
 * back is slow on purpose: an address must have answered several times in a row, be clearly faster, and the last move must
 * be a while ago. One that failed repeatedly has to wait longer each time, so that nothing flaps.
 */
import type { Clock } from "../clock.ts";
import type { Fetch } from "../types/options.ts";
import type { Regions } from "./regions.ts";

/** How often all addresses are measured, and how long one may take. */
export const PROBE_EVERY_MS = 30_000;
const PROBE_TIMEOUT_MS = 3_000;
/** Good answers in a row before an address may be moved to without need. */
export const STEADY = 3;
/** How much faster it must be: less than this part of the present one's time. */
export const CLEARLY_FASTER = 0.7;
/** After a move, and after a failure of an address (doubled at each), nothing moves back for so long. */
export const REST_MS = 60_000;
const MAX_REST_MS = 30 * 60_000;
/** Weight of the newest measurement. */
const NEWEST = 0.4;

export interface NearestPorts {
  readonly urls: readonly string[];
  readonly clock: Clock;
  readonly fetch: Fetch;
}

interface Region {
  readonly url: string;
  /** Smoothed time of an answer in ms; null before the first. */
  latency: number | null;
  /** Good answers since the last bad one. */
  steady: number;
  failures: number;
  /** Not to be returned to before this time. */
  restsUntil: number;
}

export class NearestRegion implements Regions {
  readonly #ports: NearestPorts;
  readonly #regions: readonly Region[];
  readonly #first: Promise<void>;
  #current: Region;
  #movedAt: number;
  #onMove: () => void = () => {};
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(ports: NearestPorts) {
    this.#ports = ports;
    this.#regions = ports.urls.map((url) => ({
      url: url.replace(/\/+$/, ""),
      latency: null,
      steady: 0,
      failures: 0,
      restsUntil: 0,
    }));
    const [first] = this.#regions;
    if (first === undefined) throw new RangeError("needs at least one address");
    this.#current = first;
    this.#movedAt = ports.clock.now();
    this.#first = this.#choose();
  }

  current(): string {
    return this.#current.url;
  }

  ready(): Promise<void> {
    return this.#first;
  }

  onMove(listener: () => void): void {
    this.#onMove = listener;
  }

  /** The address failed: another one is used from now on, the fastest that is not known to be down. */
  blame(url: string): void {
    const region = this.#regions.find((each) => each.url === url);
    if (region === undefined) return;
    this.#failed(region);
    if (region !== this.#current) return;
    const others = this.#regions.filter((each) => each !== region);
    const now = this.#ports.clock.now();
    // With none in good health, the one that failed longest ago is the best bet.
    const fit = others.filter(({ restsUntil }) => restsUntil <= now).sort(byLatency)[0];
    const next = fit ?? others.toSorted((a, b) => a.restsUntil - b.restsUntil)[0];
    if (next !== undefined) this.#moveTo(next);
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
  }

  /** The first choice waits for the first answer, and no longer: the others can still win later. */
  async #choose(): Promise<void> {
    const probes = this.#regions.map(async (region) => {
      await this.#probe(region);
      if (region.latency === null) throw new Error("no answer");
      return region;
    });
    const fastest = await Promise.any(probes).catch(() => undefined);
    if (fastest !== undefined) this.#current = fastest;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#cancel = this.#ports.clock.after(PROBE_EVERY_MS, () => {
      void this.#measure().then(() => this.#schedule());
    });
  }

  async #measure(): Promise<void> {
    await Promise.all(this.#regions.map((region) => this.#probe(region)));
    if (this.#closed) return;
    const now = this.#ports.clock.now();
    const best = this.#regions
      .filter((region) => region !== this.#current && region.steady >= STEADY && region.restsUntil <= now)
      .sort(byLatency)[0];
    if (best === undefined || now - this.#movedAt < REST_MS) return;
    const { latency } = this.#current;
    if (latency !== null && (best.latency ?? Infinity) >= latency * CLEARLY_FASTER) return;
    this.#moveTo(best);
    this.#onMove();
  }

  async #probe(region: Region): Promise<void> {
    const { clock, fetch } = this.#ports;
    const abort = new AbortController();
    const stop = clock.after(PROBE_TIMEOUT_MS, () => abort.abort());
    const started = clock.now();
    try {
      const response = await fetch(`${region.url}/healthz`, { method: "GET", cache: "no-store", signal: abort.signal });
      if (!response.ok) throw new Error(`answered ${response.status}`);
      const took = clock.now() - started;
      region.latency = region.latency === null ? took : region.latency * (1 - NEWEST) + took * NEWEST;
      region.steady++;
      if (region.steady >= STEADY * 10) region.failures = 0;
    } catch {
      if (region.latency !== null || region.failures === 0) this.#failed(region);
    } finally {
      stop();
    }
  }

  #failed(region: Region): void {
    region.latency = null;
    region.steady = 0;
    region.failures++;
    const rest = Math.min(MAX_REST_MS, REST_MS * 2 ** (region.failures - 1));
    region.restsUntil = this.#ports.clock.now() + rest;
  }

  #moveTo(region: Region): void {
    this.#current = region;
    this.#movedAt = this.#ports.clock.now();
  }
}

function byLatency(a: Region, b: Region): number {
  return (a.latency ?? Infinity) - (b.latency ?? Infinity);
}

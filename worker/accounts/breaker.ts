/**
 * The circuit breaker around the accounts database [A6].
 *
 * ```
 *          3 failures or slow answers in a row
 *  closed ────────────────────────────────────▶ open ──── 1 s ────▶ half-open: one call probes,
 *     ▲                                          ▲                     all others are refused
 *     └───────────── the probe succeeds ─────────┼── it fails ──────────────┘
 * ```
 */
import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  timeout,
  TimeoutStrategy,
  type CircuitBreakerPolicy,
} from "cockatiel";
import { MeridianError } from "../../protocol/index.ts";

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** An answer that takes longer is a failure; milliseconds. */
  readonly slowMs: number;
  /** How long it stays open before a call may probe; milliseconds. */
  readonly openMs: number;
}

export const BREAKER: BreakerOptions = { failures: 3, slowMs: 2_000, openMs: 1_000 };

export class Breaker {
  readonly #options: BreakerOptions;
  readonly #isFailure: (error: unknown) => boolean;
  readonly #onFailure: (error: unknown) => void;
  #policy: CircuitBreakerPolicy;
  /** When the policy last changed its state. */
  #since = 0;

  /**
   * @param isFailure tells what counts against the database; anything else is passed on to the caller
   * @param onFailure is told of every failure, which callers only see as `accounts_unavailable`
   */
  constructor(options: BreakerOptions, isFailure: (error: unknown) => boolean, onFailure: (error: unknown) => void) {
    this.#options = options;
    this.#isFailure = isFailure;
    this.#onFailure = onFailure;
    this.#policy = this.#make(undefined);
  }

  /** True while calls are refused at once. */
  get open(): boolean {
    return this.#policy.state !== CircuitState.Closed;
  }

  /**
   * Runs work against the database.
   *
   * @param work gets a signal that aborts when the answer is too slow
   * @throws MeridianError `accounts_unavailable`, at once while the breaker is open
   */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#reviveLostProbe();
    // A second caller would wait for the probe of the first, and the runtime does not let one request wait for another.
    if (this.#policy.state === CircuitState.HalfOpen) throw this.#unavailable();
    const { slowMs } = this.#options;
    const bounded = timeout(slowMs, { strategy: TimeoutStrategy.Aggressive, abortOnReturn: false });
    try {
      return await this.#policy.execute(() => bounded.execute(({ signal }) => work(signal)));
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw this.#unavailable();
      if (!this.#isFailure(error)) throw error;
      this.#onFailure(error);
      throw this.#unavailable();
    }
  }

  /** The request that probed may have been cancelled with its client: then nothing will ever close the breaker. */
  #reviveLostProbe(): void {
    const { state } = this.#policy;
    if (state !== CircuitState.HalfOpen || Date.now() - this.#since < 2 * this.#options.slowMs) return;
    this.#policy = this.#make(this.#policy.toJSON());
  }

  #make(initialState: unknown): CircuitBreakerPolicy {
    const policy = circuitBreaker(handleWhen(this.#isFailure), {
      breaker: new ConsecutiveBreaker(this.#options.failures),
      halfOpenAfter: this.#options.openMs,
      ...(initialState === undefined ? {} : { initialState }),
    });
    policy.onStateChange(() => {
      this.#since = Date.now();
    });
    return policy;
  }

  #unavailable(): MeridianError {
    const left = this.#since + this.#options.openMs - Date.now();
    return new MeridianError(
      "accounts_unavailable",
      "The accounts database cannot be reached: conversations go on, signing in has to wait.",
      { retryAfterMs: this.#policy.state === CircuitState.Open && left > 0 ? left : this.#options.openMs },
    );
  }
}

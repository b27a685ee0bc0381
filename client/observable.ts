/**
 * The one implementation of `Observable`, and a typed emitter beside it.
 */
import type { Observable } from "./types/observable.ts";

/** What to do when the first listener comes and after the last one has left. */
export interface Lifecycle {
  readonly start: () => void;
  readonly stop: () => void;
}

/** Listeners with one owner; one that throws stops no other and is reported like any uncaught error. */
export class Listeners<T> {
  readonly #listeners = new Set<{ readonly run: (value: T) => void }>();
  readonly #lifecycle: Lifecycle | undefined;

  constructor(lifecycle?: Lifecycle) {
    this.#lifecycle = lifecycle;
  }

  get size(): number {
    return this.#listeners.size;
  }

  add(run: (value: T) => void): () => void {
    // An object of its own for each subscription: the same function may be added twice.
    const listener = { run };
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#lifecycle?.start();
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#lifecycle?.stop();
    };
  }

  call(value: T): void {
    // A copy: a listener may come or go while the others are called.
    for (const { run } of Array.from(this.#listeners)) {
      try {
        run(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  clear(): void {
    if (this.#listeners.size === 0) return;
    this.#listeners.clear();
    this.#lifecycle?.stop();
  }
}

/** A value that can be set and watched. */
export class Cell<T> implements Observable<T> {
  readonly #listeners: Listeners<T>;
  #current: T;

  /** @param lifecycle makes the cell lazy: it works only while somebody watches */
  constructor(initial: T, lifecycle?: Lifecycle) {
    this.#current = initial;
    this.#listeners = new Listeners(lifecycle);
  }

  get current(): T {
    return this.#current;
  }

  get watched(): boolean {
    return this.#listeners.size > 0;
  }

  /** Setting the value that it has already tells nobody. */
  set(value: T): void {
    if (Object.is(value, this.#current)) return;
    this.#current = value;
    this.#listeners.call(value);
  }

  subscribe(listener: (value: T) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Forgets every listener. */
  clear(): void {
    this.#listeners.clear();
  }
}

/** A value that is computed from others: anew when it is asked for, or once per turn while somebody watches. */
export class Derived<T> implements Observable<T> {
  readonly #listeners: Listeners<T>;
  readonly #compute: (previous: T) => T;
  #current: T;
  #dirty = true;
  #scheduled = false;

  /** @param compute answers `previous` itself where nothing changed */
  constructor(initial: T, compute: (previous: T) => T, lifecycle?: Lifecycle) {
    this.#current = initial;
    this.#compute = compute;
    this.#listeners = new Listeners(lifecycle);
  }

  get current(): T {
    // Nobody keeps an unwatched one up to date.
    if (this.#dirty || this.#listeners.size === 0) {
      this.#dirty = false;
      this.#current = this.#compute(this.#current);
    }
    return this.#current;
  }

  /** Something that it is computed from changed. */
  invalidate(): void {
    this.#dirty = true;
    if (this.#scheduled || this.#listeners.size === 0) return;
    this.#scheduled = true;
    const before = this.#current;
    queueMicrotask(() => {
      this.#scheduled = false;
      const now = this.current;
      if (!Object.is(now, before)) this.#listeners.call(now);
    });
  }

  subscribe(listener: (value: T) => void): () => void {
    return this.#listeners.add(listener);
  }

  clear(): void {
    this.#listeners.clear();
  }
}

/** Named events, each with its own type of news. */
export class Emitter<Events extends object> {
  readonly #byName = new Map<keyof Events, Listeners<never>>();

  on<E extends keyof Events>(event: E, listener: (news: Events[E]) => void): () => void {
    const listeners = this.#of(event);
    return listeners.add(listener);
  }

  emit<E extends keyof Events>(event: E, news: Events[E]): void {
    this.#of(event).call(news);
  }

  clear(): void {
    for (const listeners of this.#byName.values()) listeners.clear();
  }

  #of<E extends keyof Events>(event: E): Listeners<Events[E]> {
    // The map's key decides the type of what it holds, which the type of a Map cannot say.
    const held = this.#byName.get(event) as Listeners<Events[E]> | undefined;
    if (held !== undefined) return held;
    const made = new Listeners<Events[E]>();
    this.#byName.set(event, made as unknown as Listeners<never>);
    return made;
  }
}

/**
 * What a user interface watches: a current value and news of the next one. No framework is assumed; the shape
 * fits `useSyncExternalStore`, signals and stores alike.
 */

/**
 * A value that changes. Each value is an immutable snapshot: what did not change keeps its identity, so that
 * `===` is enough to skip work.
 *
 * @example
 * const stop = meridian.connection.subscribe((state) => console.log(state.status));
 * console.log(meridian.connection.current.status);
 * stop();
 */
export interface Observable<T> {
  /** The newest snapshot. Views that work only while watched answer their empty state before that. */
  readonly current: T;
  /**
   * Calls the listener at each change, not at once; listeners added twice are called twice.
   * @returns ends the subscription; calling it again does nothing
   */
  subscribe(listener: (value: T) => void): () => void;
}

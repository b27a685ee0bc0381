/**
 * A planned stop: every socket that is about to be cut is told when to come back, each at a moment of its own, so that
 * those who return do not come all at once.
 */
import type { UserId } from "../../protocol/index.ts";

/** Sockets that may come back in one second. */
const RETURNING_PER_SECOND = 200;
const SHORTEST_MS = 1_000;
const LONGEST_MS = 60_000;
/** Objects that are asked at once. */
const AT_ONCE = 64;

/** How long the returns of that many users are spread over. */
export function spreadMs(users: number): number {
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, (users / RETURNING_PER_SECOND) * 1_000));
}

export interface DrainResult {
  readonly users: number;
  readonly sockets: number;
  /** Users whose object could not be asked: their sockets are cut by the stop itself. */
  readonly missed: number;
  readonly withinMs: number;
}

/**
 * Says goodbye to users.
 *
 * @param users whom
 * @param goodbye tells one user's object; answers how many sockets it had
 */
export async function drain(
  users: readonly UserId[],
  goodbye: (user: UserId, withinMs: number) => Promise<number>,
): Promise<DrainResult> {
  const withinMs = spreadMs(users.length);
  const waiting = users.values();
  let sockets = 0;
  let missed = 0;
  const lane = async (): Promise<void> => {
    for (const user of waiting) {
      try {
        // Awaited first: the sum is read after the answer, not before it.
        const told = await goodbye(user, withinMs);
        sockets += told;
      } catch {
        missed += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return { users: users.length, sockets, missed, withinMs };
}

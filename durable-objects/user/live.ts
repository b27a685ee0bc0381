/**
 * Users with a socket whose object lives in this isolate, hibernated ones included: whom a planned stop of this process
 * concerns. An isolate that starts anew knows none, and needs none: its sockets went with the one before it.
 */
import type { UserId } from "../../protocol/index.ts";

const live = new Set<UserId>();

/** A user opened a socket, or its last one went. */
export function markLive(user: UserId, isLive: boolean): void {
  if (isLive) live.add(user);
  else live.delete(user);
}

export function liveUsers(): UserId[] {
  return [...live];
}

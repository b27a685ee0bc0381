/**
 * Sockets as they come and go: counted, and remembered by user, so that a planned stop of this process knows whom it
 * concerns. Hibernated objects are among them; an isolate that starts anew knows none and needs none, as its sockets went
 * with the one before it.
 */
import type { UserId } from "../../protocol/index.ts";
import type { LabelsOf } from "../shared/metrics-definitions.ts";
import { metrics } from "../shared/metrics.ts";

/** Close codes that an endpoint may not send itself (RFC 6455, section 7.4.1). */
const UNSENDABLE = [1005, 1006, 1015];

const live = new Set<UserId>();

/** A user opened a socket. */
export function socketOpened(user: UserId): void {
  live.add(user);
  metrics.count("sockets_opened", {});
  metrics.move("sockets_live", 1);
}

/**
 * A socket is gone, whoever closed it.
 *
 * @param user whose, where that is still known
 * @param left how many it still has
 */
export function socketClosed(user: UserId | undefined, code: number, left: number): void {
  if (left === 0 && user !== undefined) live.delete(user);
  metrics.count("sockets_closed", { code: String(code) as LabelsOf<"sockets_closed">["code"] });
  metrics.move("sockets_live", -1);
}

export function liveUsers(): UserId[] {
  return [...live];
}

/** Answers the handshake of a socket that closes: the platform leaves that to its object, and some codes cannot be sent back. */
export function answerClose(socket: WebSocket, code: number, reason: string): void {
  try {
    socket.close(UNSENDABLE.includes(code) ? 1000 : code, reason);
  } catch {
    socket.close();
  }
}

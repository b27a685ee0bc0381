/**
 * A planned stop, announced: each socket is told when to come back, at a moment of its own, and closed [W4].
 */
import { Close } from "../../protocol/index.ts";
import { metrics } from "../shared/metrics.ts";
import type { Connection } from "./connection.ts";
import type { Connections } from "./connections.ts";

/** Whoever stops needs this long at least before somebody else can answer. */
const LEAST_MS = 250;

export interface GoodbyePorts {
  readonly connections: Connections;
  readonly drop: (connection: Connection, code: number, reason: string) => void;
}

/**
 * Says goodbye to every socket of the user.
 *
 * @param user undefined where nobody lives here
 * @param reason shown to nobody, logged by clients
 * @param withinMs the moments are spread evenly over this long
 * @param random between 0 and 1
 * @returns how many sockets there were
 */
export function sayGoodbye(
  user: GoodbyePorts | undefined,
  reason: string,
  withinMs: number,
  random: () => number = Math.random,
): number {
  if (user === undefined) return 0;
  const all = user.connections.all();
  for (const connection of all) {
    connection.send({ type: "goodbye", reason, reconnectAfterMs: Math.round(LEAST_MS + random() * withinMs) });
    user.drop(connection, Close.restarting, reason);
  }
  metrics.count("goodbyes", {}, all.length);
  return all.length;
}

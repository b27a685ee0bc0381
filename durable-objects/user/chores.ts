/** What a User object looks after when its alarm fires. */
import { Close } from "../../protocol/index.ts";
import { SLOW_BYTES } from "./connection.ts";
import { SLOW_LIMIT_MS } from "./delivery.ts";
import type { Parts } from "./parts.ts";

/** [D6] cuts sockets that have not drained for too long. */
export function cutSlow({ core, connections, drop }: Parts): void {
  for (const connection of connections.all()) {
    const slow = connection.slowSince !== undefined && core.clock() - connection.slowSince >= SLOW_LIMIT_MS;
    const { bufferedAmount } = connection.socket;
    if (slow && bufferedAmount > SLOW_BYTES) drop(connection, Close.flooding, "the socket does not drain");
  }
}

/** Looks again at what could not be looked at. */
export async function lookAgain({ rechecks, summaries, deliveries, connections }: Parts): Promise<null> {
  for (const id of rechecks.due()) {
    try {
      await summaries.view(id);
      rechecks.done(id);
      summaries.refresh(id);
      for (const connection of connections.ready()) deliveries.pump(connection, id);
    } catch {
      rechecks.add(id);
    }
  }
  return null;
}

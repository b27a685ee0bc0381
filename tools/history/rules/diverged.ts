/**
 * [D7] A cursor whose chain is not the log's is answered with `diverged`, and no other cursor is.
 */
import { Keyed } from "../keyed.ts";
import type { Context, Rule } from "../rule.ts";
import { Sockets, type Socket } from "../sockets.ts";

export function divergedRule({ world, findings }: Context): Rule {
  const sockets = new Sockets();
  /** Streams that began from a wrong cursor, and the line of their first frame. */
  const silent = new Keyed<Map<Socket, number>>(() => new Map());

  return {
    see(event, line) {
      if (event.type === "diverged") {
        const { device, conversation, seq } = event;
        const socket = sockets.of(event);
        const cursor = socket.cursors.get(conversation);
        silent.find(device, conversation)?.delete(socket);
        socket.cursors.delete(conversation);
        const spot = { lines: [line], conversation, device };
        if (cursor === undefined) findings.add("D7", `diverged at ${seq}, but the device named no cursor`, spot);
        else if (world.log(conversation)?.proves(cursor) === true) {
          findings.add("D7", `diverged at ${seq}, but the cursor ${cursor.seq} has the log's chain`, spot);
        }
      } else if (event.type === "entries") {
        const socket = sockets.of(event);
        const cursor = socket.cursors.get(event.conversation);
        if (cursor !== undefined && world.log(event.conversation)?.refutes(cursor) === true) {
          const streams = silent.of(event.device, event.conversation);
          if (!streams.has(socket)) streams.set(socket, line);
        }
      }
      sockets.see(event);
    },
    finish() {
      for (const [device, conversation, streams] of silent.entries()) {
        for (const line of streams.values()) {
          findings.add("D7", "a stream goes on from a cursor that is not the log's, without a word", {
            lines: [line],
            conversation,
            device,
          });
        }
      }
    },
  };
}

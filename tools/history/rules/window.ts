/**
 * [D1] No more than a window of entries is unacknowledged in one stream.
 *
 * The recorder sees an acknowledgement when it leaves and a frame when it arrives, so that it counts at most what the
 * server counts: what it finds is really too much. A device may acknowledge on a new socket what it holds from an older
 * one, before a frame says it again: that takes no room either.
 */
import { Keyed } from "../keyed.ts";
import type { Context, Rule } from "../rule.ts";
import { Sockets, type Socket } from "../sockets.ts";

/** The seqs that a socket was given and has not acknowledged, ascending from `from` on. */
interface Flight {
  /** The highest seq that was acknowledged on this socket. */
  acked: number;
  seqs: number[];
  from: number;
  over: boolean;
}

export function windowRule({ findings, window }: Context): Rule {
  const sockets = new Sockets();
  const flights = new Keyed<WeakMap<Socket, Flight>>(() => new WeakMap());

  function flightOf(device: string, conversation: string, socket: Socket): Flight {
    const bySocket = flights.of(device, conversation);
    const known = bySocket.get(socket);
    if (known !== undefined) return known;
    const flight = { acked: 0, seqs: [], from: 0, over: false };
    bySocket.set(socket, flight);
    return flight;
  }

  return {
    see(event, line) {
      if (event.type === "entries") {
        const { device, conversation } = event;
        const flight = flightOf(device, conversation, sockets.of(event));
        // A repeat takes no new room; that it repeats is S3's to say.
        for (const { seq } of event.entries) {
          if (seq > Math.max(flight.acked, flight.seqs.at(-1) ?? 0)) flight.seqs.push(seq);
        }
        const count = flight.seqs.length - flight.from;
        if (count <= window) flight.over = false;
        else if (!flight.over) {
          // Once until it is within its bounds again: the frames after the first one are the same fault.
          flight.over = true;
          findings.add("D1", `${count} entries are unacknowledged, ${window} may be`, {
            lines: [line],
            conversation,
            device,
          });
        }
      } else if (event.type === "received") {
        const flight = flightOf(event.device, event.conversation, sockets.of(event));
        flight.acked = Math.max(flight.acked, event.seq);
        while ((flight.seqs[flight.from] ?? Infinity) <= event.seq) flight.from++;
        if (flight.from > window) {
          flight.seqs = flight.seqs.slice(flight.from);
          flight.from = 0;
        }
      }
      sockets.see(event);
    },
    finish() {},
  };
}

/**
 * [D1] No more than a window of entries is unacknowledged in one stream.
 *
 * The recorder sees an acknowledgement when it leaves and a frame when it arrives, so that it counts at most what the
 * server counts: what it finds is really too much.
 */
import { Keyed } from "../keyed.ts";
import type { Context, Rule } from "../rule.ts";
import { Sockets, type Socket } from "../sockets.ts";

/** The seqs that a socket was given and has not acknowledged, ascending from `from` on. */
interface Flight {
  seqs: number[];
  from: number;
  over: boolean;
}

export function windowRule({ findings, window }: Context): Rule {
  const sockets = new Sockets();
  const flights = new Keyed<WeakMap<Socket, Flight>>(() => new WeakMap());

  return {
    see(event, line) {
      if (event.type === "entries") {
        const { device, conversation } = event;
        const socket = sockets.of(event);
        const bySocket = flights.of(device, conversation);
        const flight = bySocket.get(socket) ?? { seqs: [], from: 0, over: false };
        bySocket.set(socket, flight);
        // A repeat takes no new room; that it repeats is S3's to say.
        for (const { seq } of event.entries) if (seq > (flight.seqs.at(-1) ?? 0)) flight.seqs.push(seq);
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
        const flight = flights.find(event.device, event.conversation)?.get(sockets.of(event));
        if (flight === undefined) return;
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

/**
 * The open sockets of the devices, each with what its `hello` said. Rules keep their own, so that none depends on what
 * another did with it.
 */
import type { HistoryEvent } from "./events.ts";

export interface Cursor {
  readonly seq: number;
  readonly chain?: string | undefined;
}

export interface Socket {
  /** What `hello` named. */
  readonly cursors: Map<string, Cursor>;
  /** Its hello had neither a token nor cursors: all that the server goes by is what it remembers. */
  blank: boolean;
}

export class Sockets {
  readonly #sockets = new Map<string, Map<number, Socket>>();

  of({ device, session }: { readonly device: string; readonly session: number }): Socket {
    let sockets = this.#sockets.get(device);
    if (sockets === undefined) this.#sockets.set(device, (sockets = new Map()));
    let socket = sockets.get(session);
    if (socket === undefined) sockets.set(session, (socket = { cursors: new Map(), blank: false }));
    return socket;
  }

  /** To be called for every event, after the rule has looked at it. */
  see(event: HistoryEvent): void {
    if (event.type === "closed") this.#sockets.get(event.device)?.delete(event.session);
    if (event.type !== "hello") return;
    const socket = this.of(event);
    socket.blank = event.since === null;
    for (const [conversation, cursor] of Object.entries(event.cursors)) {
      socket.cursors.set(conversation, cursor);
      socket.blank = false;
    }
  }
}

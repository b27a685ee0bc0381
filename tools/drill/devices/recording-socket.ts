import { globalSocket } from "../../../client/platform.ts";
import type { SocketFactory } from "../../../client/types/options.ts";
import type { Tape } from "./tape.ts";

/**
 * The runtime's socket with a tape on it. What arrives after the device has closed a socket is neither recorded nor handed
 * on: the device would not have taken it.
 *
 * @param tape asked for when a socket opens: the device has a name only once it is registered
 */
export function recordingSocket(tape: () => Tape): SocketFactory {
  return (url, protocols, events) => {
    let session: number | undefined;
    const end = (code: number): void => {
      if (session !== undefined) tape().closed(session, code);
      session = undefined;
    };
    const socket = globalSocket(url, protocols, {
      open() {
        session = tape().opened();
        events.open();
      },
      message(data) {
        if (session === undefined) return;
        tape().inbound(session, data);
        events.message(data);
      },
      close(code) {
        end(code);
        events.close(code);
      },
    });
    return {
      send(text) {
        if (session !== undefined) tape().outbound(session, text);
        socket.send(text);
      },
      close() {
        end(1000);
        socket.close();
      },
    };
  };
}

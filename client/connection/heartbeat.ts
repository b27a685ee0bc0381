/**
 * [W3] pings a link every 25 s and calls it dead after two missed pongs.
 */
import type { Clock } from "../clock.ts";
import { MISSED_PONGS, PING_INTERVAL_MS } from "../../protocol/limits.ts";

/** How long an answer may take when the page has just come back and the link is in doubt. */
const PROBE_MS = 5_000;

export interface Heartbeat {
  /** Anything came in: the link lives. */
  heard(): void;
  /** Asks at once, for a link that may have died while nobody looked. */
  probe(): void;
  stop(): void;
}

/**
 * Starts pinging.
 *
 * @param ping sends the text `ping`
 * @param dead called once, when the link is given up
 */
export function startHeartbeat(clock: Clock, ping: () => void, dead: () => void): Heartbeat {
  let unanswered = 0;
  let cancelProbe: (() => void) | undefined;
  let cancel = clock.after(PING_INTERVAL_MS, beat);

  function beat(): void {
    if (unanswered >= MISSED_PONGS) {
      stop();
      dead();
      return;
    }
    unanswered++;
    cancel = clock.after(PING_INTERVAL_MS, beat);
    ping();
  }

  function stop(): void {
    cancel();
    cancelProbe?.();
    cancelProbe = undefined;
  }

  return {
    heard() {
      unanswered = 0;
      cancelProbe?.();
      cancelProbe = undefined;
    },
    probe() {
      if (cancelProbe !== undefined) return;
      cancelProbe = clock.after(PROBE_MS, () => {
        stop();
        dead();
      });
      ping();
    },
    stop,
  };
}

/** Says how the link to the server is, unless all is well. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ConnectionState } from "../../client/index.ts";
import { meridian, useObservable } from "./meridian.ts";
import "./network-banner.css";

/** A link that comes up at once is no news. */
const SILENT_MS = 900;
const BACK_MS = 2_500;

type Shown = "hidden" | "trouble" | "back";

export function NetworkBanner(): JSX.Element {
  const state = useObservable(meridian.connection);
  const shown = useShown(state.status === "online");
  return (
    <div class="network" role="status" aria-live="polite" data-state={shown === "back" ? "back" : state.status}>
      {shown === "trouble" && <Trouble state={state} />}
      {shown === "back" && (
        <div class="network-line">
          <span>Back online</span>
        </div>
      )}
    </div>
  );
}

/** Trouble after a moment of it, then for a moment that it is over. */
function useShown(online: boolean): Shown {
  const [shown, setShown] = useState<Shown>("hidden");
  const troubled = useRef(false);
  useEffect(() => {
    if (!online) {
      const timer = setTimeout(() => {
        troubled.current = true;
        setShown("trouble");
      }, SILENT_MS);
      return () => clearTimeout(timer);
    }
    if (!troubled.current) return;
    troubled.current = false;
    setShown("back");
    const timer = setTimeout(() => setShown("hidden"), BACK_MS);
    return () => clearTimeout(timer);
  }, [online]);
  return shown;
}

function Trouble({ state }: { state: ConnectionState }): JSX.Element {
  switch (state.status) {
    case "offline":
      return (
        <div class="network-line">
          <span>You are offline. Messages are kept and sent when you are back.</span>
        </div>
      );
    case "replaced":
      return (
        <div class="network-line">
          <span>Meridian is open in another place with this device.</span>
          <button type="button" onClick={() => meridian.connect()}>
            Use it here
          </button>
        </div>
      );
    case "waiting":
      return (
        <div class="network-line">
          <span>
            No connection. Next try <Countdown to={state.retryAt ?? Date.now()} />.
          </span>
          <button type="button" onClick={() => meridian.connect()}>
            Try now
          </button>
        </div>
      );
    default:
      return (
        <div class="network-line">
          <span class="spinner" />
          <span>Connecting…</span>
        </div>
      );
  }
}

function Countdown({ to }: { to: number }): JSX.Element {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((to - now) / 1_000));
  // The number is for eyes: read out every second it would drown everything else.
  return <span aria-live="off">{seconds <= 1 ? "now" : `in ${seconds} s`}</span>;
}

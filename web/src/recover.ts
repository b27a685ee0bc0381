/**
 * A page that was opened before a deploy may ask for a part that the server no longer has. The newest page has all of
 * its parts: it is loaded once, where nothing that was begun here would be lost by that; else the user is asked to.
 */
import { isAnythingPicked } from "./media/picked.ts";
import { isAnyEdited } from "./state/compose.ts";
import { dialog } from "./state/dialogs.ts";
import { say } from "./state/toasts.ts";
import { isAnyVoice } from "./voice/state.ts";
import { meridian } from "./meridian.ts";

/** When the page was last loaded anew for this; public/early.js has the same. */
const KEY = "recovered";
/** A part that is missing again so soon after will not be there the next time either. */
const ONCE_IN_MS = 300_000;
const PATIENCE_MS = 5_000;

let isAsked = false;

/** Call it once, before any part is loaded. */
export function recoverMissingParts(): void {
  // Not prevented: whoever wanted the part learns that it is not there.
  addEventListener("vite:preloadError", () => void recover());
}

async function recover(): Promise<void> {
  // Without a network nothing is known of the server, and the page would be lost.
  if (!(await answers())) return;
  if (!holdsWork() && mayReload()) {
    // What is in the composer is kept as a draft as the page goes.
    location.reload();
    return;
  }
  if (isAsked) return;
  isAsked = true;
  say("A part of this page could not be loaded.", { label: "Reload", run: () => location.reload() });
}

async function answers(): Promise<boolean> {
  const answer = fetch("/", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
  return answer.then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Files, recordings, edits and forms live as long as the page; drafts and uploads live on. */
function holdsWork(): boolean {
  const isFilledIn = meridian.session.current.status === "signedOut" || dialog.value !== null;
  return isFilledIn || isAnythingPicked() || isAnyVoice() || isAnyEdited();
}

/** True once in a while. */
function mayReload(): boolean {
  try {
    if (Math.abs(Date.now() - Number(sessionStorage.getItem(KEY))) < ONCE_IN_MS) return false;
    sessionStorage.setItem(KEY, String(Date.now()));
    return true;
  } catch {
    // Whoever cannot count must not try.
    return false;
  }
}

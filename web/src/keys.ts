/** Keys that work everywhere in the app. */
import { useEffect } from "preact/hooks";
import { intentOf, setIntent } from "./state/compose.ts";
import { dialog, openDialog } from "./state/dialogs.ts";
import { menu } from "./state/menu.ts";
import { go, home, route } from "./state/route.ts";

export function useKeys(): void {
  useEffect(() => {
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

function onKey(event: KeyboardEvent): void {
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    openDialog({ kind: "jump" });
    return;
  }
  // What is open over the page closes first, and says so by preventing the default.
  if (event.key !== "Escape" || event.defaultPrevented || dialog.value !== null || menu.value !== null) return;
  const at = route.value;
  // A reply or an edit that was begun ends before its conversation closes, wherever the focus is by now.
  if (at.page === "chat" && intentOf(at.conversation) !== null) setIntent(at.conversation, null);
  else if (at.page === "chat" && at.info) go({ ...at, info: false });
  else if (at.page !== "home") go(home);
}

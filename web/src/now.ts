/** The time as components show it: once a minute is enough for words like "yesterday". */
import { signal } from "@preact/signals";

const TICK_MS = 30_000;

export const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), TICK_MS);
// Timers stand still while a page sleeps.
document.addEventListener("visibilitychange", () => (now.value = Date.now()));

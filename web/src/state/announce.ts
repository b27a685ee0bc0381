/** What a screen reader says next. */
import { signal } from "@preact/signals";

export const announcement = signal("");

export function announce(text: string): void {
  // The same words twice are news as well, so the region must change.
  announcement.value = announcement.value === text ? `${text}\u00a0` : text;
}

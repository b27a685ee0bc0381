/** Reads news out to those who cannot see them. */
import type { JSX } from "preact";
import { announcement } from "../state/announce.ts";

export function Announcer(): JSX.Element {
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {announcement.value}
    </div>
  );
}

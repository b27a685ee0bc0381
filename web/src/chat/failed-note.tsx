/** Under a message that was refused: why, and what to do. */
import type { JSX } from "preact";
import type { MessageItem } from "../../../client/index.ts";
import { meridian } from "../meridian.ts";
import { trying } from "../state/toasts.ts";
import { wordsFor } from "../words/errors.ts";

export function FailedNote({ item }: { item: MessageItem }): JSX.Element {
  return (
    <div class="failed-note" role="alert">
      <span>Not sent. {item.error === null ? "" : wordsFor(item.error)}</span>
      <button type="button" onClick={() => void trying(() => meridian.retry(item.id))}>
        Retry
      </button>
      <button type="button" onClick={() => void trying(() => meridian.discard(item.id))}>
        Discard
      </button>
    </div>
  );
}

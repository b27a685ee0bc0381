/** Lines of a timeline that are no messages. */
import type { JSX } from "preact";
import type { ConversationItem } from "../../../client/index.ts";
import { titleOf, useIsNotes } from "../conversations.ts";
import { now } from "../now.ts";
import { Avatar } from "../ui/avatar.tsx";
import { dayOf } from "../words/time.ts";

export function DayLine({ at }: { at: number }): JSX.Element {
  return (
    <div class="line" role="separator" aria-label={dayOf(at, now.value)}>
      <span class="pill">{dayOf(at, now.value)}</span>
    </div>
  );
}

export function UnreadLine(): JSX.Element {
  return (
    <div class="line unread" role="separator" aria-label="Unread messages">
      <span>Unread messages</span>
    </div>
  );
}

/** Before the first message. */
export function StartLine({ item }: { item: ConversationItem }): JSX.Element {
  const isNotes = useIsNotes(item);
  const title = titleOf(item, isNotes);
  const words = isNotes
    ? "Write down what you want to find again. It is on all of your devices."
    : item.kind === "group"
      ? "This is the beginning of the group."
      : `This is the beginning of your chat with ${title}.`;
  return (
    <div class="start">
      <Avatar id={item.peer?.id ?? item.id} name={title} picture={item.avatar} size={84} />
      <strong>{title}</strong>
      {item.kind === "direct" && item.peer !== null && <span>@{item.peer.handle}</span>}
      <p>{words}</p>
    </div>
  );
}

/** What a message says. */
import type { JSX } from "preact";
import type { ConversationId, MessageItem } from "../../../client/index.ts";
import { momentOf, timeOf } from "../words/time.ts";
import { isBigEmoji } from "../words/markup.ts";
import { Attachments, isPicture, isSeen } from "./attachments.tsx";
import { MessageText } from "./message-text.tsx";
import { Quote } from "./quote.tsx";
import { Ticks } from "./ticks.tsx";

interface BubbleProps {
  readonly item: MessageItem;
  readonly conversation: ConversationId;
  /** The sender's name, where it is shown. */
  readonly name: string | null;
  readonly colour: number;
  /** Whether Tab reaches what is in it. */
  readonly tab: 0 | -1;
}

export function Bubble({ item, conversation, name, colour, tab }: BubbleProps): JSX.Element {
  const isPlain = !item.deleted && !item.unreadable;
  const isBig = isPlain && item.replyTo === null && item.media.length === 0 && isBigEmoji(item.text);
  const classes = ["bubble", isBig && "big", !isPlain && "gone", item.status === "failed" && "failed"];
  if (isPlain && item.media.some(isSeen)) classes.push("pictured");
  // A film has its controls where the time would lie.
  const isBare = isPlain && item.text === "" && item.media.length > 0 && item.media.every(isPicture);
  if (isBare) classes.push("bare");
  return (
    <div class={classes.filter(Boolean).join(" ")}>
      {name !== null && <div class={`bubble-name clip name-${colour}`}>{name}</div>}
      {isPlain && item.replyTo !== null && <Quote quoted={item.replyTo} conversation={conversation} tab={tab} />}
      {isPlain && item.media.length > 0 && (
        <Attachments media={item.media} conversation={conversation} message={item.key} tab={tab} />
      )}
      <div class="bubble-text" dir="auto">
        {item.deleted && "This message was deleted"}
        {!item.deleted && item.unreadable && "This device cannot read this message"}
        {isPlain && <MessageText text={item.text} mentions={item.mentions} tab={tab} />}
        <span class="bubble-meta" title={momentOf(item.at)}>
          {item.editedAt !== null && !item.deleted && <span>edited</span>}
          <time>{timeOf(item.at)}</time>
          {item.status !== null && <Ticks status={item.status} />}
        </span>
      </div>
    </div>
  );
}

/** One message of a timeline: its bubble and what hangs on it. */
import type { JSX } from "preact";
import { memo } from "preact/compat";
import type { ConversationId, MessageItem, Role, UserId } from "../../../client/index.ts";
import { useName, useProfile } from "../people.ts";
import { Avatar } from "../ui/avatar.tsx";
import { IconButton } from "../ui/icons.tsx";
import { colourOf } from "../words/people.ts";
import { timeOf } from "../words/time.ts";
import { Bubble } from "./bubble.tsx";
import { FailedNote } from "./failed-note.tsx";
import { openMessageMenu, startReply } from "./message-menu.tsx";
import { Reactions } from "./reactions.tsx";
import type { MessageRow as Row } from "./rows.ts";
import { statusWords } from "./ticks.tsx";
import { useLongPress } from "./use-long-press.ts";
import "./message.css";

interface MessageRowProps {
  readonly row: Row;
  readonly conversation: ConversationId;
  readonly isGroup: boolean;
  /** The user's own; null after leaving. */
  readonly role: Role | null;
  /** The one message that Tab reaches. */
  readonly current: boolean;
  readonly flash: boolean;
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps): JSX.Element {
  const { row, conversation, isGroup, role, current, flash } = props;
  const { item, first, last } = row;
  const sender = useName(item.sender);
  const withFace = isGroup && !item.own;
  const context = { item, conversation, isGroup, role };
  const openAt = (element: Element, point?: { x: number; y: number }): void => openMessageMenu(context, element, point);
  const press = useLongPress(openAt);
  const tab = current ? 0 : -1;

  const reacted = item.reactions.length > 0;
  const classes = ["message", item.own ? "own" : "other", first && "first", last && "last", reacted && "reacted"];
  if (flash) classes.push("flash");
  return (
    <div class={classes.filter(Boolean).join(" ")}>
      {withFace && <span class="message-face">{last && <Face user={item.sender} name={sender} />}</span>}
      <div class="message-column">
        <div class="message-line">
          <div
            class="message-focus"
            role="article"
            aria-label={labelOf(item, sender)}
            tabIndex={tab}
            data-row={row.key}
            onContextMenu={(event) => {
              // A link keeps the browser's own menu, and so does selected text.
              if (isLink(event.target) || !(getSelection()?.isCollapsed ?? true)) return;
              event.preventDefault();
              openAt(event.currentTarget, { x: event.clientX, y: event.clientY });
            }}
            onKeyDown={(event) => {
              if (event.target !== event.currentTarget || !["Enter", " "].includes(event.key)) return;
              event.preventDefault();
              openAt(event.currentTarget);
            }}
            {...press}
          >
            <Bubble
              item={item}
              conversation={conversation}
              name={withFace && first ? sender : null}
              colour={colourOf(item.sender)}
              tab={tab}
            />
          </div>
          <span class="message-tools">
            {role !== null && item.seq !== null && !item.deleted && (
              <IconButton
                name="reply"
                label="Reply"
                size={18}
                tabIndex={-1}
                onClick={() => startReply(conversation, item)}
              />
            )}
            <IconButton
              name="dots"
              label="Message actions"
              size={18}
              tabIndex={-1}
              aria-haspopup="menu"
              onClick={(event) => openAt(event.currentTarget)}
            />
          </span>
        </div>
        {reacted && <Reactions item={item} conversation={conversation} enabled={role !== null} tab={tab} />}
        {item.status === "failed" && <FailedNote item={item} />}
      </div>
    </div>
  );
});

function Face({ user, name }: { user: UserId; name: string }): JSX.Element {
  const profile = useProfile(user);
  return <Avatar id={user} name={name} picture={profile?.avatar} size={32} />;
}

function labelOf(item: MessageItem, sender: string): string {
  const words = [item.own ? "You" : sender, timeOf(item.at)];
  if (item.editedAt !== null) words.push("edited");
  if (item.status !== null) words.push(statusWords(item.status).toLowerCase());
  return words.join(", ");
}

function isLink(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("a") !== null;
}

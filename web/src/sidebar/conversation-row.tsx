/** One line of the conversation list. */
import type { JSX } from "preact";
import { memo } from "preact/compat";
import type { ConversationItem, UserId } from "../../../client/index.ts";
import { isMuted, titleOf, useIsNotes } from "../conversations.ts";
import { now } from "../now.ts";
import { usePresence } from "../people.ts";
import { chat, go } from "../state/route.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Icon } from "../ui/icons.tsx";
import { stampOf } from "../words/time.ts";
import { Preview } from "./preview.tsx";

interface RowProps {
  readonly item: ConversationItem;
  readonly open: boolean;
  readonly position: number;
  readonly of: number;
}

export const ConversationRow = memo(function ConversationRow({ item, open, position, of }: RowProps): JSX.Element {
  const isNotes = useIsNotes(item);
  const title = titleOf(item, isNotes);
  const muted = isMuted(item);
  return (
    <div role="listitem" aria-setsize={of} aria-posinset={position}>
      <button
        type="button"
        class="conversation"
        aria-current={open ? "page" : undefined}
        onClick={() => go(chat(item.id))}
      >
        {item.kind === "direct" && item.peer !== null && !isNotes ? (
          <PeerAvatar user={item.peer.id} name={title} picture={item.avatar} />
        ) : (
          <Avatar id={item.id} name={title} picture={item.avatar} group={item.kind === "group"} />
        )}
        <span class="conversation-lines">
          <span class="conversation-top">
            <span class="conversation-title clip">{title}</span>
            {muted && (
              <span class="conversation-mute">
                <Icon name="bellOff" size={15} />
                <span class="visually-hidden">muted</span>
              </span>
            )}
            {item.last !== null && <time class="conversation-time">{stampOf(item.activityAt, now.value)}</time>}
          </span>
          <span class="conversation-bottom">
            <Preview item={item} />
            {item.mentioned && (
              <span class="badge" title="You were mentioned">
                @<span class="visually-hidden">You were mentioned</span>
              </span>
            )}
            {item.unread > 0 && (
              <span class={muted ? "badge muted" : "badge"}>
                {item.unread > 999 ? "999+" : item.unread}
                <span class="visually-hidden"> unread</span>
              </span>
            )}
          </span>
        </span>
      </button>
    </div>
  );
});

function PeerAvatar({ user, name, picture }: { user: UserId; name: string; picture: string | null }): JSX.Element {
  const { state } = usePresence(user);
  return (
    <>
      <Avatar id={user} name={name} picture={picture} online={state === "online"} />
      {state === "online" && <span class="visually-hidden">online</span>}
    </>
  );
}

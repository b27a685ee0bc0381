/** Who a conversation is with, and how they are. */
import type { JSX } from "preact";
import type { ConversationItem, UserId } from "../../../client/index.ts";
import { isMuted, titleOf, useIsNotes } from "../conversations.ts";
import { now } from "../now.ts";
import { useName, usePresence } from "../people.ts";
import { toggleMenu } from "../state/menu.ts";
import { go, home } from "../state/route.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Icon, IconButton } from "../ui/icons.tsx";
import { lastSeenWords } from "../words/time.ts";
import { conversationActions } from "./conversation-actions.tsx";

export function ChatHeader({ item, info }: { item: ConversationItem; info: boolean }): JSX.Element {
  const isNotes = useIsNotes(item);
  const title = titleOf(item, isNotes);
  const openInfo = (): void => go({ page: "chat", conversation: item.id, info: !info, at: null });
  return (
    <header class="bar chat-header">
      <IconButton name="back" label="Back to conversations" class="only-narrow" onClick={() => go(home)} />
      <button type="button" class="chat-who" aria-expanded={info} onClick={openInfo}>
        <Avatar
          id={item.peer?.id ?? item.id}
          name={title}
          picture={item.avatar}
          size={42}
          group={item.kind === "group"}
        />
        <span class="chat-who-lines">
          <span class="chat-title">
            <span class="clip">
              {title}
              <span class="visually-hidden">, details</span>
            </span>
            {isMuted(item) && <Icon name="bellOff" size={15} />}
          </span>
          <span class="chat-state clip">
            <State item={item} isNotes={isNotes} />
          </span>
        </span>
      </button>
      <IconButton
        name="dots"
        label="Conversation actions"
        aria-haspopup="menu"
        onClick={(event) =>
          toggleMenu(event.currentTarget, {
            label: "Conversation actions",
            items: conversationActions(item, isNotes, openInfo),
          })
        }
      />
    </header>
  );
}

function State({ item, isNotes }: { item: ConversationItem; isNotes: boolean }): JSX.Element {
  if (item.kind === "group") return <GroupState item={item} />;
  if (isNotes || item.peer === null) return <>Only you can see this</>;
  return <PeerState user={item.peer.id} handle={item.peer.handle} typing={item.typing.length > 0} />;
}

function PeerState({ user, handle, typing }: { user: UserId; handle: string; typing: boolean }): JSX.Element {
  const { state, lastSeen } = usePresence(user);
  if (typing) return <span class="alive">typing…</span>;
  if (state === "online") return <span class="alive">online</span>;
  return <>{lastSeen === null ? `@${handle}` : lastSeenWords(lastSeen, now.value)}</>;
}

function GroupState({ item }: { item: ConversationItem }): JSX.Element {
  const [first, second] = item.typing;
  if (first !== undefined) return <Typists first={first} second={second} count={item.typing.length} />;
  if (item.role === null) return <>You are no longer a member</>;
  return <>{item.memberCount === 1 ? "1 member" : `${item.memberCount} members`}</>;
}

function Typists(props: { first: UserId; second: UserId | undefined; count: number }): JSX.Element {
  const { first, second, count } = props;
  const firstName = useName(first);
  const secondName = useName(second ?? first);
  const words =
    second === undefined
      ? `${firstName} is typing…`
      : count === 2
        ? `${firstName} and ${secondName} are typing…`
        : `${firstName} and ${count - 1} more are typing…`;
  return <span class="alive">{words}</span>;
}

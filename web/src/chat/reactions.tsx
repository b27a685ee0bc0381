/** Reactions under a bubble: how many of each, and whether one is one's own. */
import type { JSX } from "preact";
import type { ConversationId, MessageItem, Reaction, UserId } from "../../../client/index.ts";
import { meridian } from "../meridian.ts";
import { useName } from "../people.ts";
import { trying } from "../state/toasts.ts";

interface ReactionsProps {
  readonly item: MessageItem;
  readonly conversation: ConversationId;
  readonly enabled: boolean;
  readonly tab: 0 | -1;
}

export function Reactions({ item, conversation, enabled, tab }: ReactionsProps): JSX.Element {
  return (
    <div class="reactions" role="group" aria-label="Reactions">
      {item.reactions.map((reaction) => (
        <Chip
          key={reaction.emoji}
          reaction={reaction}
          enabled={enabled}
          tab={tab}
          onClick={() => toggleReaction(conversation, item, reaction.emoji)}
        />
      ))}
    </div>
  );
}

interface ChipProps {
  readonly reaction: Reaction;
  readonly enabled: boolean;
  readonly tab: 0 | -1;
  readonly onClick: () => void;
}

function Chip({ reaction: { emoji, users, own }, enabled, tab, onClick }: ChipProps): JSX.Element {
  const [first] = users;
  return (
    <button
      type="button"
      class="reaction"
      aria-pressed={own}
      aria-label={`${emoji} ${users.length}`}
      disabled={!enabled}
      tabIndex={tab}
      onClick={onClick}
    >
      <span>{emoji}</span>
      {users.length > 1 && <span class="reaction-count">{users.length}</span>}
      {first !== undefined && <Who user={first} more={users.length - 1} />}
    </button>
  );
}

function Who({ user, more }: { user: UserId; more: number }): JSX.Element {
  const name = useName(user);
  return <span class="visually-hidden">{more > 0 ? `${name} and ${more} more` : name}</span>;
}

export function toggleReaction(conversation: ConversationId, item: MessageItem, emoji: string): void {
  const isOn = item.reactions.some((reaction) => reaction.emoji === emoji && reaction.own);
  void trying(() => meridian.react(conversation, item.id, emoji, !isOn));
}

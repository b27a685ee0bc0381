/** What can be done with a conversation as a whole: the same in its menu and in its details. */
import type { ConversationId, ConversationItem, UserId } from "../../../client/index.ts";
import { isMuted } from "../conversations.ts";
import { meridian } from "../meridian.ts";
import { block, blocks, unblock } from "../state/blocks.ts";
import { ask } from "../state/dialogs.ts";
import type { MenuItem } from "../state/menu.ts";
import { go, home } from "../state/route.ts";
import { say, trying } from "../state/toasts.ts";
import { Icon } from "../ui/icons.tsx";

const HOUR = 60 * 60_000;
const FOREVER = Number.MAX_SAFE_INTEGER;
const TIMES = [
  ["For 1 hour", HOUR],
  ["For 8 hours", 8 * HOUR],
  ["For 1 week", 7 * 24 * HOUR],
  ["Until I turn it back on", FOREVER],
] as const;

export function conversationActions(item: ConversationItem, isNotes: boolean, info: () => void): MenuItem[] {
  const actions: MenuItem[] = [{ label: "Details", icon: <Icon name="info" size={20} />, run: info }];
  if (item.role === null) return actions;
  if (!isNotes) {
    actions.push(
      isMuted(item)
        ? { label: "Unmute", icon: <Icon name="bell" size={20} />, run: () => unmute(item.id) }
        : { label: "Mute", icon: <Icon name="bellOff" size={20} />, run: () => askMute(item.id) },
    );
  }
  if (item.kind === "group") {
    actions.push({
      label: "Leave group",
      icon: <Icon name="leave" size={20} />,
      danger: true,
      run: () => askLeave(item.id, item.title),
    });
  } else if (item.peer !== null && !isNotes) {
    const { id, displayName } = item.peer;
    actions.push(
      blocks.value.has(id)
        ? { label: "Unblock", icon: <Icon name="block" size={20} />, run: () => doUnblock(id, displayName) }
        : { label: "Block", icon: <Icon name="block" size={20} />, danger: true, run: () => askBlock(id, displayName) },
    );
  }
  return actions;
}

export function unmute(conversation: ConversationId): void {
  void trying(() => meridian.mute(conversation, null));
}

export function askMute(conversation: ConversationId): void {
  ask(
    "Mute this conversation",
    "Messages still arrive, but quietly: they do not count in the total.",
    TIMES.map(([label, length]) => ({
      label,
      run: () => {
        const until = length === FOREVER ? FOREVER : Math.round(meridian.serverNow() + length);
        void trying(() => meridian.mute(conversation, until));
      },
    })),
  );
}

export function askLeave(conversation: ConversationId, title: string): void {
  ask(`Leave “${title}”?`, "You will not get its messages any more. An admin can add you again.", [
    {
      label: "Leave group",
      danger: true,
      run: () => void trying(() => meridian.leave(conversation)).then((done) => done && go(home)),
    },
  ]);
}

export function askBlock(user: UserId, name: string): void {
  ask(`Block ${name}?`, "What they write to you will not be shown, and they will not see when you are online.", [
    { label: "Block", danger: true, run: () => void trying(() => block(user)) },
  ]);
}

export function doUnblock(user: UserId, name: string): void {
  void trying(() => unblock(user)).then((done) => done && say(`${name} is unblocked.`));
}

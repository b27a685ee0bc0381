/** What can be done with one message. */
import { EDIT_WINDOW_MS } from "../../../protocol/limits.ts";
import type { ConversationId, MessageItem, Role } from "../../../client/index.ts";
import { downloadAll } from "../media/download.ts";
import { meridian } from "../meridian.ts";
import { setIntent } from "../state/compose.ts";
import { ask, openDialog, type Choice } from "../state/dialogs.ts";
import { boxOf, closeMenu, menu, type MenuItem } from "../state/menu.ts";
import { say, trying } from "../state/toasts.ts";
import { QUICK } from "../ui/emoji.ts";
import { Icon } from "../ui/icons.tsx";
import { focusComposer } from "./focus-composer.ts";
import { toggleReaction } from "./reactions.tsx";

export interface MessageContext {
  readonly item: MessageItem;
  readonly conversation: ConversationId;
  readonly isGroup: boolean;
  readonly role: Role | null;
}

/** @param point where the pointer was; without it the menu hangs on the element */
export function openMessageMenu(context: MessageContext, from: Element, point?: { x: number; y: number }): void {
  const { item, conversation, role } = context;
  const at = point === undefined ? boxOf(from) : { left: point.x, right: point.x, top: point.y, bottom: point.y };
  // The tool of a mouse is out of reach for the focus: its message is not.
  const message =
    from.closest<HTMLElement>("[data-row]") ?? from.parentElement?.parentElement?.querySelector("[data-row]");
  const focusable = message instanceof HTMLElement ? message : null;
  const canReact = role !== null && item.seq !== null && !item.deleted;
  const pick = (emoji: string): void => toggleReaction(conversation, item, emoji);
  menu.value = {
    kind: "menu",
    at,
    from: focusable,
    label: "Message actions",
    items: itemsFor(context),
    ...(canReact && {
      quick: {
        emojis: QUICK,
        own: item.reactions.filter((reaction) => reaction.own).map((reaction) => reaction.emoji),
        pick,
        more: () => {
          menu.value = { kind: "emoji", at, from: focusable, label: "Choose a reaction", pick };
        },
      },
    }),
  };
}

export function startReply(conversation: ConversationId, item: MessageItem): void {
  setIntent(conversation, { kind: "reply", to: item });
  focusComposer();
}

export function startEdit(conversation: ConversationId, item: MessageItem): void {
  setIntent(conversation, { kind: "edit", message: item.id, text: item.text });
  focusComposer();
}

/** True where the server would still take an edit. */
export function isEditable(item: MessageItem): boolean {
  const isTextOfMine = item.own && !item.deleted && !item.unreadable && item.text !== "";
  return isTextOfMine && item.seq !== null && meridian.serverNow() - item.at < EDIT_WINDOW_MS;
}

function itemsFor({ item, conversation, isGroup, role }: MessageContext): MenuItem[] {
  const icon = (name: Parameters<typeof Icon>[0]["name"]) => <Icon name={name} size={20} />;
  const isSent = item.seq !== null;
  const isThere = !item.deleted && !item.unreadable;
  const items: MenuItem[] = [];
  if (role !== null && isSent && !item.deleted) {
    items.push({ label: "Reply", icon: icon("reply"), run: () => startReply(conversation, item) });
  }
  if (isThere && item.text !== "")
    items.push({ label: "Copy text", icon: icon("copy"), run: () => void copy(item.text) });
  if (isThere && isSent && item.media.length > 0) {
    const run = (): void => void downloadAll(conversation, item.media);
    items.push({ label: item.media.length === 1 ? "Download" : "Download all", icon: icon("download"), run });
  }
  if (role !== null && isEditable(item)) {
    items.push({ label: "Edit", icon: icon("edit"), run: () => startEdit(conversation, item) });
  }
  if (item.own && isSent && isGroup) {
    const run = (): void => openDialog({ kind: "receipts", conversation, message: item });
    items.push({ label: "Who has read it", icon: icon("info"), run });
  }
  if (item.status === "failed") {
    items.push({ label: "Retry", icon: icon("retry"), run: () => void trying(() => meridian.retry(item.id)) });
  }
  if (isSent) {
    items.push({
      label: "Delete",
      icon: icon("trash"),
      danger: true,
      run: () => askDelete(conversation, item, isGroup, role),
    });
  } else {
    const label = item.status === "failed" ? "Discard" : "Do not send";
    items.push({ label, icon: icon("trash"), danger: true, run: () => void trying(() => meridian.discard(item.id)) });
  }
  return items;
}

async function copy(text: string): Promise<void> {
  if (await trying(() => navigator.clipboard.writeText(text))) say("Copied.");
  closeMenu();
}

function askDelete(conversation: ConversationId, item: MessageItem, isGroup: boolean, role: Role | null): void {
  const { seq, id } = item;
  if (seq === null) return;
  const forAll = !item.deleted && role !== null && (item.own || (isGroup && role === "admin"));
  const choices: Choice[] = [];
  if (forAll) {
    choices.push({
      label: "Delete for everyone",
      danger: true,
      run: () => void trying(() => meridian.delete(conversation, id)),
    });
  }
  choices.push({
    label: "Delete for me",
    danger: true,
    run: () => void trying(() => meridian.hide(conversation, seq)),
  });
  const text = forAll
    ? "For everyone, nobody can read it any more. For you, it goes from your devices only."
    : "It goes from all of your devices; others keep it.";
  ask("Delete this message?", text, choices);
}

/** What the composer of each conversation is about to do, beside its text. */
import { signal } from "@preact/signals";
import type { ConversationId, EntryId, MessageItem } from "../../../client/index.ts";

export type Intent =
  | { readonly kind: "reply"; readonly to: MessageItem }
  | { readonly kind: "edit"; readonly message: EntryId; readonly text: string };

const intents = signal<ReadonlyMap<ConversationId, Intent>>(new Map());

export function intentOf(conversation: ConversationId): Intent | null {
  return intents.value.get(conversation) ?? null;
}

export function isAnyEdited(): boolean {
  return [...intents.value.values()].some(({ kind }) => kind === "edit");
}

export function setIntent(conversation: ConversationId, intent: Intent | null): void {
  const next = new Map(intents.value);
  if (intent === null) next.delete(conversation);
  else next.set(conversation, intent);
  intents.value = next;
}

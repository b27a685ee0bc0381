/** The dialog that is open: at most one. */
import { signal } from "@preact/signals";
import type { ConversationId, MessageItem } from "../../../client/index.ts";

export interface Choice {
  readonly label: string;
  readonly danger?: boolean;
  readonly run: () => void;
}

export type DialogState =
  | { readonly kind: "jump" }
  | { readonly kind: "newChat" }
  | { readonly kind: "newGroup" }
  | { readonly kind: "addMembers"; readonly conversation: ConversationId }
  | { readonly kind: "rename"; readonly conversation: ConversationId; readonly title: string }
  | { readonly kind: "receipts"; readonly conversation: ConversationId; readonly message: MessageItem }
  | { readonly kind: "deleteAccount" }
  | { readonly kind: "choose"; readonly title: string; readonly text: string; readonly choices: readonly Choice[] };

export const dialog = signal<DialogState | null>(null);

export function openDialog(state: DialogState): void {
  dialog.value = state;
}

export function closeDialog(): void {
  dialog.value = null;
}

/** Asks before something that cannot be undone. */
export function ask(title: string, text: string, choices: readonly Choice[]): void {
  openDialog({ kind: "choose", title, text, choices });
}

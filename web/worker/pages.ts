/** The open pages, as the worker sees them. */
import type { ConversationId } from "../../client/index.ts";
import type { Looking, ToPage } from "../src/notifications/messages.ts";
import { scope, type Page } from "./scope.ts";

/** A page that is on the screen answers at once; one that does not is no reason to keep news back. */
const ANSWER_MS = 1_000;

export function openPages(): Promise<readonly Page[]> {
  return scope.clients.matchAll({ type: "window", includeUncontrolled: true });
}

/** Whether a window that is on the screen has the conversation open: to be told is then no news. */
export async function isSeen(conversation: ConversationId): Promise<boolean> {
  const visible = (await openPages()).filter((page) => page.visibilityState === "visible");
  // Asked, not read from its address: browsers disagree on whether that follows the page's own history.
  const answers = await Promise.all(visible.map(lookingAt));
  return answers.includes(conversation);
}

function lookingAt(page: Page): Promise<ConversationId | null> {
  const { promise, resolve } = Promise.withResolvers<ConversationId | null>();
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener("message", ({ data }) => resolve((data as Looking).conversation));
  port1.start();
  setTimeout(() => resolve(null), ANSWER_MS);
  tell(page, { type: "looking" }, [port2]);
  return promise.finally(() => port1.close());
}

/** Brings a conversation on the screen: in the window that was used last, or in a new one. */
export async function openConversation(conversation: ConversationId, write: boolean): Promise<void> {
  // The browser lists the window that had the focus last first.
  const [page] = await openPages();
  if (page === undefined) {
    await scope.clients.openWindow(`/c/${encodeURIComponent(conversation)}${write ? "?write" : ""}`);
    return;
  }
  tell(page, { type: "open", conversation, write });
  // A browser may refuse to raise the window; the conversation is open in it all the same.
  await page.focus().catch(() => undefined);
}

function tell(page: Page, message: ToPage, transfer: readonly Transferable[] = []): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a page of this worker has its origin
  page.postMessage(message, transfer);
}

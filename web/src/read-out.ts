/** Says aloud, to those who listen rather than look, what came in: the log itself is silent while it is scrolled. */
import { useEffect } from "preact/hooks";
import type { ConversationId, MessageItem } from "../../client/index.ts";
import { isMuted } from "./conversations.ts";
import { mediaWords } from "./media/words.ts";
import { meridian } from "./meridian.ts";
import { nameOf } from "./people.ts";
import { announce } from "./state/announce.ts";
import { route } from "./state/route.ts";

/** A long message is read where it stands. */
const MOST_CHARACTERS = 280;

export function useReadOut(): void {
  useEffect(
    () =>
      meridian.on("message", ({ conversation, message }) => {
        if (document.visibilityState === "visible") void readOut(conversation, message);
      }),
    [],
  );
}

async function readOut(id: ConversationId, message: MessageItem): Promise<void> {
  const at = route.peek();
  const isOpen = at.page === "chat" && at.conversation === id;
  const conversation = meridian.conversations.current.items.find((item) => item.id === id);
  if (conversation === undefined || (!isOpen && isMuted(conversation))) return;
  if (!isOpen) {
    announce(`New message ${conversation.kind === "group" ? "in" : "from"} ${conversation.title}`);
    return;
  }
  const sender = await meridian.userById(message.sender).catch(() => null);
  const words = message.text === "" ? mediaWords(message.media) : message.text;
  const said = words.length > MOST_CHARACTERS ? `${words.slice(0, MOST_CHARACTERS)}…` : words;
  announce(sender === null ? said : `${nameOf(sender)}: ${said}`);
}

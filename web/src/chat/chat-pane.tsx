/** The right pane: one conversation. */
import type { JSX } from "preact";
import type { ConversationId } from "../../../client/index.ts";
import { useConversation } from "../conversations.ts";
import { InfoPane } from "../info/info-pane.tsx";
import { Sending } from "../media/sending.tsx";
import { ViewerHost } from "../media/viewer.tsx";
import { meridian, useObservable } from "../meridian.ts";
import { go, home } from "../state/route.ts";
import { ChatHeader } from "./chat-header.tsx";
import { Foot } from "./foot.tsx";
import { Timeline } from "./timeline.tsx";
import "./chat.css";

export function ChatPane({ conversation, info }: { conversation: ConversationId; info: boolean }): JSX.Element {
  const item = useConversation(conversation);
  const { status } = useObservable(meridian.conversations);

  if (item === null) {
    return (
      <div class="blank">
        {status === "loading" ? (
          <span class="spinner" />
        ) : (
          <div class="blank-card">
            <h2>This conversation is not here</h2>
            <button type="button" class="button" onClick={() => go(home)}>
              All conversations
            </button>
          </div>
        )}
      </div>
    );
  }

  return (
    <>
      <section class="chat" aria-label="Conversation">
        <ChatHeader item={item} info={info} />
        <Timeline item={item} />
        <Sending conversation={conversation} />
        <Foot item={item} />
      </section>
      <ViewerHost conversation={conversation} />
      {info && <InfoPane item={item} />}
    </>
  );
}

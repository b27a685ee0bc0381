/** All conversations, newest activity first; only those in view are in the page. */
import type { JSX } from "preact";
import { Virtualizer } from "virtua";
import { meridian, useObservable } from "../meridian.ts";
import { openDialog } from "../state/dialogs.ts";
import { route } from "../state/route.ts";
import { ConversationRow } from "./conversation-row.tsx";

const ROW_PX = 72;

export function ConversationList(): JSX.Element {
  const { status, items } = useObservable(meridian.conversations);
  const at = route.value;
  const open = at.page === "chat" ? at.conversation : null;

  if (items.length === 0) {
    return status === "loading" ? (
      <div class="blank" role="status" aria-label="Loading conversations">
        <span class="spinner" />
      </div>
    ) : (
      <div class="blank">
        <div class="blank-card">
          <h2>No conversations yet</h2>
          <p>Start one with somebody whose handle you know.</p>
          <button type="button" class="button primary" onClick={() => openDialog({ kind: "newChat" })}>
            New chat
          </button>
        </div>
      </div>
    );
  }

  return (
    <div class="conversation-scroll scroll">
      <div role="list" aria-label="Conversations">
        <Virtualizer data={items} itemSize={ROW_PX}>
          {(item, index) => (
            <ConversationRow key={item.id} item={item} open={item.id === open} position={index + 1} of={items.length} />
          )}
        </Virtualizer>
      </div>
    </div>
  );
}

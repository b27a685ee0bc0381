/** Below a timeline: the composer, or why there is none. */
import type { JSX } from "preact";
import type { ConversationItem } from "../../../client/index.ts";
import { DropZone } from "../media/drop-zone.tsx";
import { blocks } from "../state/blocks.ts";
import { Composer } from "./composer.tsx";
import { doUnblock } from "./conversation-actions.tsx";

export function Foot({ item }: { item: ConversationItem }): JSX.Element {
  if (item.role === null) {
    return <p class="chat-closed">You are not a member of this group any more.</p>;
  }
  if (item.peer !== null && blocks.value.has(item.peer.id)) {
    const { id, displayName } = item.peer;
    return (
      <div class="chat-closed">
        <span>You have blocked {displayName}.</span>
        <button type="button" class="button small" onClick={() => doUnblock(id, displayName)}>
          Unblock
        </button>
      </div>
    );
  }
  return (
    <>
      <Composer item={item} />
      <DropZone conversation={item.id} />
    </>
  );
}

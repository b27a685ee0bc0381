/** Conversations by name, and messages that this device holds. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ConversationItem, SearchHit } from "../../../client/index.ts";
import { titleOf } from "../conversations.ts";
import { meridian, myId, useObservable } from "../meridian.ts";
import { now } from "../now.ts";
import { useName } from "../people.ts";
import { chat, go } from "../state/route.ts";
import { Avatar } from "../ui/avatar.tsx";
import { matches, snippetOf } from "../words/search.ts";
import { stampOf } from "../words/time.ts";
import { ConversationRow } from "./conversation-row.tsx";

const MOST_CHATS = 30;
const MOST_HITS = 60;
const PAUSE_MS = 120;

export function SearchResults({ wanted, onPicked }: { wanted: string; onPicked: () => void }): JSX.Element {
  const { items } = useObservable(meridian.conversations);
  const found = useHits(wanted);
  const hits = found === "failed" ? null : found;
  const chats = items.filter((item) => matches(nameFor(item), wanted)).slice(0, MOST_CHATS);
  const known = new Map(items.map((item) => [item.id, item]));
  const nothing = chats.length === 0 && hits?.length === 0;

  return (
    <div class="conversation-scroll scroll">
      {chats.length > 0 && (
        <section>
          <h2 class="result-head">Chats</h2>
          <div role="list" aria-label="Found chats" onClick={onPicked}>
            {chats.map((item, index) => (
              <ConversationRow key={item.id} item={item} open={false} position={index + 1} of={chats.length} />
            ))}
          </div>
        </section>
      )}
      {hits !== null && hits.length > 0 && (
        <section>
          <h2 class="result-head">Messages</h2>
          <div role="list" aria-label="Found messages">
            {hits.map((hit) => (
              <Hit key={`${hit.conversation}${hit.seq}`} hit={hit} item={known.get(hit.conversation)} wanted={wanted} />
            ))}
          </div>
        </section>
      )}
      {found === "failed" && (
        <p class="result-none" role="alert">
          The search did not work. Change the words to try again.
        </p>
      )}
      {nothing && (
        <p class="result-none" role="status">
          Nothing found for “{wanted}”
        </p>
      )}
    </div>
  );
}

function Hit(props: { hit: SearchHit; item: ConversationItem | undefined; wanted: string }): JSX.Element {
  const { hit, item, wanted } = props;
  const speaker = useName(hit.sender);
  const title = item === undefined ? "Conversation" : nameFor(item);
  const snippet = snippetOf(hit.text, wanted);
  return (
    <div role="listitem">
      <button type="button" class="conversation" onClick={() => go(chat(hit.conversation, hit.seq))}>
        <Avatar id={item?.peer?.id ?? hit.conversation} name={title} picture={item?.avatar} />
        <span class="conversation-lines">
          <span class="conversation-top">
            <span class="conversation-title clip">{title}</span>
            <time class="conversation-time">{stampOf(hit.at, now.value)}</time>
          </span>
          <span class="preview clip">
            <span class="preview-speaker">{speaker}: </span>
            {snippet.before}
            <mark>{snippet.found}</mark>
            {snippet.after}
          </span>
        </span>
      </button>
    </div>
  );
}

function nameFor(item: ConversationItem): string {
  return titleOf(item, item.peer !== null && item.peer.id === myId());
}

/** Hits of the newest search that is done; null before the first. */
function useHits(wanted: string): readonly SearchHit[] | "failed" | null {
  const [hits, setHits] = useState<readonly SearchHit[] | "failed" | null>(null);
  useEffect(() => {
    let stale = false;
    const timer = setTimeout(() => {
      meridian.search(wanted, { limit: MOST_HITS }).then(
        (found) => !stale && setHits(found),
        () => !stale && setHits("failed"),
      );
    }, PAUSE_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [wanted]);
  return hits;
}

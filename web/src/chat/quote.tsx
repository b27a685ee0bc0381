/** The message that a reply quotes; a click goes there. */
import type { JSX } from "preact";
import type { ConversationId, ReplyPreview, UserId } from "../../../client/index.ts";
import { mediaWords } from "../media/words.ts";
import { useName } from "../people.ts";
import { chat, go } from "../state/route.ts";
import { colourOf } from "../words/people.ts";

interface QuoteProps {
  readonly quoted: ReplyPreview;
  readonly conversation: ConversationId;
  readonly tab: 0 | -1;
}

export function Quote({ quoted, conversation, tab }: QuoteProps): JSX.Element {
  const { seq, sender } = quoted;
  const colour = sender === null ? 0 : colourOf(sender);
  return (
    <button
      type="button"
      class={`quote name-${colour}`}
      disabled={seq === null}
      tabIndex={tab}
      title="Go to the quoted message"
      onClick={() => seq !== null && go(chat(conversation, seq), true)}
    >
      {sender !== null && <QuotedName user={sender} />}
      <span class="quote-text">{quoteText(quoted)}</span>
    </button>
  );
}

function QuotedName({ user }: { user: UserId }): JSX.Element {
  return <b class="clip">{useName(user)}</b>;
}

/** A quoted message in a few words. */
export function quoteText(quoted: Pick<ReplyPreview, "text" | "media" | "deleted" | "missing">): string {
  if (quoted.deleted) return "Deleted message";
  if (quoted.missing) return "A message that is not here";
  if (quoted.text !== "") return quoted.text;
  return mediaWords(quoted.media);
}

/** Begins a voice message: in the place of the send button while there is nothing to send. */
import type { JSX } from "preact";
import type { ConversationId } from "../../../client/index.ts";
import { Icon } from "../ui/icons.tsx";
import { startVoice } from "./state.ts";

export function MicButton({ conversation }: { conversation: ConversationId }): JSX.Element {
  return (
    <button
      type="button"
      class="composer-send"
      aria-label="Record a voice message"
      title="Record a voice message"
      onClick={() => void startVoice(conversation)}
    >
      <Icon name="mic" />
    </button>
  );
}

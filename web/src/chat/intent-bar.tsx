/** Over the composer: what is answered or edited. */
import type { JSX } from "preact";
import type { MessageItem } from "../../../client/index.ts";
import { useName } from "../people.ts";
import type { Intent } from "../state/compose.ts";
import { Icon, IconButton } from "../ui/icons.tsx";
import { quoteText } from "./quote.tsx";

export function IntentBar({ intent, onClose }: { intent: Intent; onClose: () => void }): JSX.Element {
  const isEdit = intent.kind === "edit";
  return (
    <div class="intent">
      <Icon name={isEdit ? "edit" : "reply"} size={20} />
      <div class="intent-lines">
        {isEdit ? <b>Edit message</b> : <ReplyTo message={intent.to} />}
        <span class="clip">{isEdit ? intent.text : quoteText({ ...intent.to, missing: false })}</span>
      </div>
      <IconButton name="close" label={isEdit ? "Cancel edit" : "Cancel reply"} size={18} onClick={onClose} />
    </div>
  );
}

function ReplyTo({ message }: { message: MessageItem }): JSX.Element {
  const name = useName(message.sender);
  return <b>Reply to {message.own ? "yourself" : name}</b>;
}

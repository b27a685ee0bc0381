/** The paperclip: chooses files from the device. */
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { ConversationId } from "../../../client/index.ts";
import { focusComposer } from "../chat/focus-composer.ts";
import { IconButton } from "../ui/icons.tsx";
import { pick } from "./picked.ts";

export function AttachButton({ conversation }: { conversation: ConversationId }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton name="paperclip" label="Attach files" onClick={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files"
        onChange={({ currentTarget }) => {
          pick(conversation, Array.from(currentTarget.files ?? []));
          // The same file once more is a change as well.
          currentTarget.value = "";
          focusComposer();
        }}
      />
    </>
  );
}

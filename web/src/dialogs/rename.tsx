/** Another name for a group. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { MAX_TITLE_CHARS } from "../../../protocol/limits.ts";
import type { ConversationId } from "../../../client/index.ts";
import { meridian } from "../meridian.ts";
import { closeDialog } from "../state/dialogs.ts";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/text-field.tsx";
import { wordsFor } from "../words/errors.ts";
import { useForm } from "./use-form.ts";

export function Rename({ conversation, before }: { conversation: ConversationId; before: string }): JSX.Element {
  const [title, setTitle] = useState(before);
  const form = useForm(() => meridian.rename(conversation, title.trim()));
  return (
    <Dialog title="Rename group">
      <form onSubmit={form.onSubmit}>
        <div class="dialog-body">
          <TextField
            label="Group name"
            value={title}
            onValue={setTitle}
            error={form.error === null ? null : wordsFor(form.error)}
            maxLength={MAX_TITLE_CHARS}
            autocomplete="off"
            required
            autofocus
          />
        </div>
        <footer class="dialog-foot">
          <button type="button" class="button plain" onClick={closeDialog}>
            Cancel
          </button>
          <button
            type="submit"
            class="button primary"
            disabled={form.busy || title.trim() === "" || title.trim() === before}
          >
            Rename
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

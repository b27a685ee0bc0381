/** A new group: its name and who is in it. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { MAX_TITLE_CHARS } from "../../../protocol/limits.ts";
import { meridian } from "../meridian.ts";
import { closeDialog } from "../state/dialogs.ts";
import { chat, go } from "../state/route.ts";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/text-field.tsx";
import { wordsFor } from "../words/errors.ts";
import { PeoplePicker, useChoosing } from "./people-picker.tsx";
import { useForm } from "./use-form.ts";

const NOBODY: ReadonlySet<string> = new Set();

export function NewGroup(): JSX.Element {
  const [title, setTitle] = useState("");
  const choosing = useChoosing(NOBODY);
  const form = useForm(async () => {
    // A handle that was typed and not added yet is meant too.
    const people = await choosing.add();
    if (people === null) return "stay";
    const conversation = await meridian.createGroup({ title: title.trim(), members: people.map(({ id }) => id) });
    go(chat(conversation));
    return "done";
  });
  return (
    <Dialog title="New group">
      <form onSubmit={form.onSubmit}>
        <div class="dialog-body">
          <TextField
            label="Group name"
            value={title}
            onValue={setTitle}
            maxLength={MAX_TITLE_CHARS}
            autocomplete="off"
            required
            autofocus
          />
          <PeoplePicker choosing={choosing} />
          {form.error !== null && (
            <p class="note" role="alert">
              {wordsFor(form.error)}
            </p>
          )}
        </div>
        <footer class="dialog-foot">
          <button type="button" class="button plain" onClick={closeDialog}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={form.busy || title.trim() === ""}>
            {form.busy && <span class="spinner" />}
            Create group
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

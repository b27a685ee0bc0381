/** A direct chat with somebody whose handle is known. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { MeridianError } from "../../../client/index.ts";
import { meridian } from "../meridian.ts";
import { closeDialog } from "../state/dialogs.ts";
import { chat, go } from "../state/route.ts";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/text-field.tsx";
import { wordsFor } from "../words/errors.ts";
import { handleOf } from "./people-picker.tsx";
import { useForm } from "./use-form.ts";

export function NewChat(): JSX.Element {
  const [handle, setHandle] = useState("");
  const form = useForm(async () => {
    const conversation = await meridian.createDirect({ handle: handleOf(handle) });
    go(chat(conversation));
  });
  return (
    <Dialog title="New chat">
      <form onSubmit={form.onSubmit}>
        <div class="dialog-body">
          <TextField
            label="Handle"
            value={handle}
            onValue={(written) => {
              setHandle(written);
              form.clear();
            }}
            error={form.error === null ? null : words(form.error, handleOf(handle))}
            hint="Whom do you want to write to?"
            placeholder="ada"
            autocapitalize="none"
            autocomplete="off"
            spellcheck={false}
            maxLength={33}
            required
            autofocus
          />
        </div>
        <footer class="dialog-foot">
          <button type="button" class="button plain" onClick={closeDialog}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={form.busy || handle.trim() === ""}>
            {form.busy && <span class="spinner" />}
            Start chat
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

export function words(error: unknown, handle: string): string {
  const isUnknown = error instanceof MeridianError && ["not_found", "invalid_request"].includes(error.code);
  return isUnknown ? `Nobody has the handle @${handle}.` : wordsFor(error);
}

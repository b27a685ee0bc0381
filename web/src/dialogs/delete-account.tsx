/** The end of an account: asks for the password, for there is no way back. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { MeridianError } from "../../../client/index.ts";
import { meridian } from "../meridian.ts";
import { closeDialog } from "../state/dialogs.ts";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/text-field.tsx";
import { wordsFor } from "../words/errors.ts";
import { useForm } from "./use-form.ts";

export function DeleteAccount(): JSX.Element {
  const [password, setPassword] = useState("");
  const form = useForm(() => meridian.deleteAccount(password));
  return (
    <Dialog title="Delete your account?">
      <form onSubmit={form.onSubmit}>
        <div class="dialog-body">
          <p>
            Your profile, your devices and your conversation list are erased, and you leave all of your groups. There is
            no way back.
          </p>
          <TextField
            label="Password"
            type="password"
            value={password}
            onValue={setPassword}
            error={form.error === null ? null : words(form.error)}
            autocomplete="current-password"
            maxLength={256}
            required
            autofocus
          />
        </div>
        <footer class="dialog-foot">
          <button type="button" class="button plain" onClick={closeDialog}>
            Cancel
          </button>
          <button type="submit" class="button danger" disabled={form.busy || password === ""}>
            {form.busy && <span class="spinner" />}
            Delete account
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

function words(error: unknown): string {
  return error instanceof MeridianError && error.code === "forbidden" ? "This is not your password." : wordsFor(error);
}

/** The end of an account. */
import type { JSX } from "preact";
import { openDialog } from "../state/dialogs.ts";

export function Account(): JSX.Element {
  return (
    <section class="card" aria-labelledby="delete-account">
      <h3 id="delete-account">Delete account</h3>
      <p class="hint">
        Erases your profile, your devices and your conversation list, and leaves all of your groups. What you wrote to
        others stays with them.
      </p>
      <div class="card-foot">
        <button type="button" class="button danger" onClick={() => openDialog({ kind: "deleteAccount" })}>
          Delete my account
        </button>
      </div>
    </section>
  );
}

/** A question with its answers. */
import type { JSX } from "preact";
import { closeDialog, type Choice } from "../state/dialogs.ts";
import { Dialog } from "../ui/dialog.tsx";

export function Choose(props: { title: string; text: string; choices: readonly Choice[] }): JSX.Element {
  return (
    <Dialog title={props.title}>
      <div class="dialog-body">
        <p>{props.text}</p>
      </div>
      <footer class="dialog-foot stack">
        {props.choices.map(({ label, danger, run }) => (
          <button
            key={label}
            type="button"
            class={danger === true ? "button danger" : "button"}
            onClick={() => {
              closeDialog();
              run();
            }}
          >
            {label}
          </button>
        ))}
        <button type="button" class="button plain" onClick={closeDialog}>
          Cancel
        </button>
      </footer>
    </Dialog>
  );
}

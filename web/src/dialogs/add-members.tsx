/** More people for a group. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ConversationId } from "../../../client/index.ts";
import { meridian } from "../meridian.ts";
import { closeDialog } from "../state/dialogs.ts";
import { Dialog } from "../ui/dialog.tsx";
import { wordsFor } from "../words/errors.ts";
import { PeoplePicker, useChoosing } from "./people-picker.tsx";
import { useForm } from "./use-form.ts";

export function AddMembers({ conversation }: { conversation: ConversationId }): JSX.Element {
  const [inside, setInside] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    // Without the list, somebody who is in can be added again: that changes nothing.
    meridian.members(conversation).then(
      (members) => setInside(new Set(members.map(({ user }) => user))),
      () => undefined,
    );
  }, [conversation]);
  const choosing = useChoosing(inside);
  const form = useForm(async () => {
    // A handle that was typed and not added yet is meant too.
    const people = await choosing.add();
    if (people === null) return "stay";
    // One after the other: the group's history shows them in the order they were chosen.
    for (const { id } of people) await meridian.addMember(conversation, id);
    return "done";
  });
  const isEmpty = choosing.chosen.length === 0 && choosing.typed.trim() === "";
  return (
    <Dialog title="Add members">
      <form onSubmit={form.onSubmit}>
        <div class="dialog-body">
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
          <button type="submit" class="button primary" disabled={form.busy || isEmpty}>
            {form.busy && <span class="spinner" />}
            Add to group
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

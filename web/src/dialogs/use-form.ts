/** Sending a dialog's form: one at a time, the dialog closes when it went well and the work does not answer "stay". */
import { useState } from "preact/hooks";
import { closeDialog } from "../state/dialogs.ts";

export function useForm(work: () => Promise<unknown>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      if ((await work()) === "stay") setBusy(false);
      else closeDialog();
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };
  return {
    busy,
    error,
    /** What was wrong is being put right. */
    clear: () => setError(null),
    onSubmit: (event: Event): void => {
      event.preventDefault();
      void submit();
    },
  };
}

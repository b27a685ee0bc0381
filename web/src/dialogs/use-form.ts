/** Sending a dialog's form: one at a time, the dialog closes when it went well. */
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
      await work();
      closeDialog();
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };
  return {
    busy,
    error,
    onSubmit: (event: Event): void => {
      event.preventDefault();
      void submit();
    },
  };
}

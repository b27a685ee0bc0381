/** Shows what state/toasts.ts holds. */
import type { JSX } from "preact";
import { dismiss, toasts } from "../state/toasts.ts";
import { IconButton } from "./icons.tsx";
import "./toasts.css";

export function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="region" aria-label="Notes">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={`toast ${toast.kind}`} role={toast.kind === "error" ? "alert" : "status"}>
          <span>{toast.text}</span>
          {toast.action !== undefined && (
            <button
              type="button"
              class="toast-action"
              onClick={() => {
                toast.action?.run();
                dismiss(toast.id);
              }}
            >
              {toast.action.label}
            </button>
          )}
          <IconButton name="close" label="Dismiss" size={16} onClick={() => dismiss(toast.id)} />
        </div>
      ))}
    </div>
  );
}

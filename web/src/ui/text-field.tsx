/** A labelled line of text with its hint and its error. */
import type { JSX } from "preact";
import { useId } from "preact/hooks";

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: "text" | "password";
  readonly hint?: string;
  readonly error?: string | null;
  readonly required?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly placeholder?: string;
  readonly autocomplete?: string;
  readonly autocapitalize?: "none";
  readonly spellcheck?: boolean;
  readonly autofocus?: boolean;
}

export function TextField(props: TextFieldProps): JSX.Element {
  const { label, value, onValue, hint, error = null, autofocus = false, type = "text", ...rest } = props;
  const id = useId();
  const note = error ?? hint;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...rest}
        {...(type === "password" ? ({ type: "password" } as const) : ({ type: "text" } as const))}
        id={id}
        class="input"
        value={value}
        ref={autofocus ? focusOnce : null}
        aria-invalid={error === null ? undefined : "true"}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {note !== undefined && (
        // Another element, so that an error is read out as it comes.
        <p
          key={error === null ? "hint" : "error"}
          id={`${id}-note`}
          class={error === null ? "hint" : "error"}
          role={error === null ? undefined : "alert"}
        >
          {note}
        </p>
      )}
    </div>
  );
}

/** The attribute works only while a document loads. One function for all, so that it runs once per element. */
function focusOnce(element: HTMLInputElement | null): void {
  element?.focus({ preventScroll: true });
}

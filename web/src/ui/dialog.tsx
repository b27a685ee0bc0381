/** A dialog over everything: the browser keeps the focus inside and closes it with Esc. */
import type { ComponentChildren, JSX } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { closeDialog } from "../state/dialogs.ts";
import { IconButton } from "./icons.tsx";
import "./dialog.css";

interface DialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
  /** Buttons below what may scroll. */
  readonly footer?: ComponentChildren;
  /** True: the title is only read out. */
  readonly bare?: boolean;
  readonly class?: string;
}

export function Dialog({ title, children, footer, bare = false, class: extra = "" }: DialogProps): JSX.Element {
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);

  useLayoutEffect(() => {
    const shown = element.current;
    const before = document.activeElement;
    if (shown?.open === false) shown.showModal();
    return () => {
      shown?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);

  return (
    <dialog
      ref={element}
      class={`dialog ${extra}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        closeDialog();
      }}
      onPointerDown={(event) => {
        // Only the shade around the box is the dialog element itself.
        if (event.target === element.current) closeDialog();
      }}
    >
      <div class="dialog-box">
        <header class={bare ? "visually-hidden" : "dialog-head"}>
          <h2 id={id}>{title}</h2>
          {!bare && <IconButton name="close" label="Close" onClick={closeDialog} />}
        </header>
        {children}
        {footer !== undefined && <footer class="dialog-foot">{footer}</footer>}
      </div>
    </dialog>
  );
}

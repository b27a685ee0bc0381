/** The right pane while no conversation is open. */
import type { JSX } from "preact";

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

export function Welcome(): JSX.Element {
  return (
    <div class="blank">
      <div class="blank-card">
        <img src="/icon.svg" alt="" width="72" height="72" />
        <h2>Choose a conversation</h2>
        <p>
          Or jump to anyone with <kbd>{isMac ? "⌘" : "Ctrl"}</kbd> <kbd>K</kbd>
        </p>
      </div>
    </div>
  );
}

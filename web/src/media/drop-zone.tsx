/** Files dropped on an open conversation. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ConversationId } from "../../../client/index.ts";
import { focusComposer } from "../chat/focus-composer.ts";
import { Icon } from "../ui/icons.tsx";
import { pick } from "./picked.ts";

/** While files are dragged over the window it says where they go; anywhere in the window will do. */
export function DropZone({ conversation }: { conversation: ConversationId }): JSX.Element | null {
  const [shown, setShown] = useState(false);

  useEffect(() => {
    // Each element on the way is entered before the one before it is left.
    let inside = 0;
    // A picture of the page that is dragged within it comes as a file as well.
    let own = false;
    const start = (): void => void (own = true);
    const end = (): void => void (own = false);
    const enter = (event: DragEvent): void => {
      if (own || !hasFiles(event)) return;
      event.preventDefault();
      inside += 1;
      setShown(true);
    };
    const leave = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      inside = Math.max(0, inside - 1);
      if (inside === 0) setShown(false);
    };
    const over = (event: DragEvent): void => {
      if (own || !hasFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = "copy";
    };
    const drop = (event: DragEvent): void => {
      inside = 0;
      setShown(false);
      if (own || !hasFiles(event)) return;
      // Without this the browser would leave the page and show the file.
      event.preventDefault();
      pick(conversation, filesOf(event.dataTransfer));
      focusComposer();
    };
    const listeners = { dragstart: start, dragend: end, dragenter: enter, dragleave: leave, dragover: over, drop };
    const names = ["dragstart", "dragend", "dragenter", "dragleave", "dragover", "drop"] as const;
    for (const name of names) addEventListener(name, listeners[name]);
    return () => {
      for (const name of names) removeEventListener(name, listeners[name]);
    };
  }, [conversation]);

  if (!shown) return null;
  return (
    <div class="drop-here">
      <span>
        <Icon name="paperclip" size={32} />
        Drop files here to send them
      </span>
    </div>
  );
}

/** Where no conversation takes it, a dropped file must not take the place of the page. Call it once. */
export function refuseDrops(): void {
  const refuse = (event: DragEvent): void => {
    if (event.defaultPrevented || !hasFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = "none";
  };
  addEventListener("dragover", refuse);
  addEventListener("drop", refuse);
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") ?? false;
}

/** Files of a drop or of the clipboard, without folders: they have no bytes. */
export function filesOf(data: DataTransfer | null): File[] {
  return Array.from(data?.items ?? []).flatMap((item) => {
    if (item.kind !== "file" || item.webkitGetAsEntry()?.isDirectory === true) return [];
    return item.getAsFile() ?? [];
  });
}

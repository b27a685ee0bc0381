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
    const enter = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
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
      if (!hasFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = "copy";
    };
    const drop = (event: DragEvent): void => {
      inside = 0;
      setShown(false);
      if (!hasFiles(event)) return;
      // Without this the browser would leave the page and show the file.
      event.preventDefault();
      pick(conversation, filesOf(event.dataTransfer));
      focusComposer();
    };
    const listeners = { dragenter: enter, dragleave: leave, dragover: over, drop };
    const names = ["dragenter", "dragleave", "dragover", "drop"] as const;
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

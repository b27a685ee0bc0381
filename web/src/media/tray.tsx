/** Over the composer: the files that go with the next message. */
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { ConversationId } from "../../../client/index.ts";
import { focusComposer } from "../chat/focus-composer.ts";
import { IconButton } from "../ui/icons.tsx";
import { FileIcon } from "./file-icon.tsx";
import { pickedFor, unpick, type PickedFile } from "./picked.ts";
import { kindOf, sizeOf } from "./words.ts";
import "./tray.css";

export function Tray({ conversation }: { conversation: ConversationId }): JSX.Element | null {
  const picked = pickedFor(conversation);
  const list = useRef<HTMLUListElement>(null);
  if (picked.length === 0) return null;
  const remove = (index: number, key: number): void => {
    unpick(conversation, key);
    // The focus goes to the neighbour, or back to the text.
    requestAnimationFrame(() => {
      const left = list.current?.querySelectorAll("button");
      const next = left?.[Math.min(index, left.length - 1)];
      if (next === undefined) focusComposer();
      else next.focus();
    });
  };
  return (
    <ul ref={list} class="tray scroll" aria-label="Files to send">
      {picked.map((one, index) => (
        <Chosen key={one.key} picked={one} onRemove={() => remove(index, one.key)} />
      ))}
    </ul>
  );
}

function Chosen({ picked: { file, url }, onRemove }: { picked: PickedFile; onRemove: () => void }): JSX.Element {
  return (
    <li class={url === null ? "tray-file" : "tray-picture"} title={file.name}>
      {url === null ? (
        <>
          <span class="file-face">
            <FileIcon kind={kindOf(file)} />
          </span>
          <span class="file-lines">
            <b class="clip">{file.name}</b>
            <small>{sizeOf(file.size)}</small>
          </span>
        </>
      ) : (
        <img src={url} alt={file.name} draggable={false} />
      )}
      <IconButton name="close" label={`Remove ${file.name}`} size={16} class="tray-remove" onClick={onRemove} />
    </li>
  );
}

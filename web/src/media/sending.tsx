/** Below the messages: files of this conversation that are on their way, as the messages that they will be. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ConversationId } from "../../../client/index.ts";
import type { Upload } from "../../../client/media/index.ts";
import { useObservable } from "../meridian.ts";
import { trying } from "../state/toasts.ts";
import { IconButton } from "../ui/icons.tsx";
import { batchesOf } from "./batches.ts";
import { FileIcon } from "./file-icon.tsx";
import { files, store } from "./files.ts";
import { cancelUpload, replaceFile } from "./outgoing.ts";
import { Ring } from "./ring.tsx";
import { isLost, uploadWords } from "./upload-words.ts";
import { kindOf } from "./words.ts";
import "./sending.css";

export function Sending({ conversation }: { conversation: ConversationId }): JSX.Element | null {
  const uploads = useObservable(files.uploads);
  const batches = batchesOf(uploads).filter((batch) => batch.conversation === conversation);
  if (batches.length === 0) return null;
  return (
    <div class="sending scroll" role="region" aria-label="Files being sent" tabIndex={0}>
      {batches.map(({ note, uploads: own }) => (
        <div key={note.id} class="sending-bubble" role="group" aria-label="Message with files">
          <ul>
            {own.map((upload) => (
              <Line key={upload.current.key} upload={upload} />
            ))}
          </ul>
          {note.caption.text !== undefined && (
            <p class="sending-text" dir="auto">
              {note.caption.text}
            </p>
          )}
        </div>
      ))}
    </div>
  );
}

function Line({ upload }: { upload: Upload }): JSX.Element {
  const state = useObservable(upload);
  const { name, size, sent, status } = state;
  const preview = usePreview(state);
  const input = useRef<HTMLInputElement>(null);
  const words = uploadWords(state);
  const failed = status === "failed";
  const done = status === "done";
  const share = size === 0 ? 0 : sent / size;
  const run = (work: () => Promise<void>) => (): void => void trying(work);
  return (
    <li class={failed ? "sending-file failed" : "sending-file"}>
      <span class="sending-face">
        {preview !== null && <img src={preview} alt="" />}
        {preview === null && (failed || done) && <FileIcon kind={kindOf(state)} />}
        {!failed && !done && <Ring share={share} waiting={status === "waiting"} />}
      </span>
      <span class="file-lines">
        <b class="clip">{name}</b>
        <small role={failed ? "alert" : undefined}>{words}</small>
        <progress class="visually-hidden" aria-label={`${name}, sent`} max={1} value={share} />
      </span>
      {(status === "sending" || status === "preparing") && (
        <IconButton name="pause" label={`Pause ${name}`} size={18} onClick={run(() => upload.pause())} />
      )}
      {status === "paused" && (
        <IconButton name="play" label={`Resume ${name}`} size={18} onClick={run(() => upload.resume())} />
      )}
      {failed && !isLost(state) && (
        <IconButton name="retry" label={`Retry ${name}`} size={18} onClick={run(() => upload.resume())} />
      )}
      {isLost(state) && (
        <>
          <button type="button" class="button small" onClick={() => input.current?.click()}>
            Choose again
          </button>
          <input
            ref={input}
            type="file"
            hidden
            aria-label="File"
            onChange={({ currentTarget }) => {
              const file = currentTarget.files?.[0];
              if (file !== undefined) void trying(() => replaceFile(upload, file));
            }}
          />
        </>
      )}
      {!done && (
        <IconButton name="close" label={`Cancel ${name}`} size={18} onClick={run(() => cancelUpload(upload))} />
      )}
    </li>
  );
}

/** A picture on its way, as it lies on this device. */
function usePreview(state: { readonly key: string; readonly name: string; readonly type: string }): string | null {
  const [url, setUrl] = useState<string | null>(null);
  const { key } = state;
  useEffect(() => {
    if (kindOf(state) !== "image") return;
    let gone = false;
    let made: string | null = null;
    store.upload(key).then(
      (record) => {
        if (gone || record === undefined) return;
        made = URL.createObjectURL(record.file);
        setUrl(made);
      },
      // Then the icon stands for it.
      () => undefined,
    );
    return () => {
      gone = true;
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [key]);
  return url;
}

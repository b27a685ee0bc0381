/** Files that somebody sends, replaces, or gives up. */
import type { ConversationId } from "../../../client/index.ts";
import type { MediaDetails, Upload } from "../../../client/media/index.ts";
import { newEntryId } from "../../../client/ids.ts";
import { meridian } from "../meridian.ts";
import { ask } from "../state/dialogs.ts";
import { trying } from "../state/toasts.ts";
import { batchesOf, noteOf, splitFiles, tagOf, type Caption, type Note } from "./batches.ts";
import { begin, holdingBack } from "./delivery.ts";
import { detailsOf } from "./details.ts";
import { files } from "./files.ts";

/** A file and what is known of it already; what is missing is found out. */
export interface FileToSend {
  readonly file: Blob;
  /** `name` and `type` take the place of the file's own. */
  readonly meta?: MediaDetails & { readonly name?: string; readonly type?: string };
}

/**
 * Sends files, as one message or as many as it takes. They go by themselves from here on, over reloads too; what goes
 * wrong is shown with them.
 *
 * @param caption what the first message says
 * @throws MeridianError `storage` where a file cannot be kept on the device
 */
export async function sendFiles(
  conversation: ConversationId,
  chosen: readonly (File | FileToSend)[],
  caption: string | Caption = {},
): Promise<void> {
  const said: Caption = typeof caption === "string" ? (caption === "" ? {} : { text: caption }) : caption;
  const all = await Promise.all(chosen.map(complete));
  const at = meridian.serverNow();
  const messages = splitFiles(all, said).map((batch, which) => {
    const note: Omit<Note, "index"> = { id: newEntryId(at), at: at + which, caption: which === 0 ? said : {} };
    begin(note.id);
    // A message lists its files in the order in which they were chosen.
    return { id: note.id, files: batch.map((file, index) => ({ ...file, tag: tagOf({ ...note, index }) })) };
  });
  await holdingBack(
    messages.map(({ id }) => id),
    async () => {
      const begun: Upload[] = [];
      try {
        for (const { file, ...details } of messages.flatMap((message) => message.files)) {
          begun.push(await files.upload(conversation, file, details));
        }
      } catch (error) {
        // All or nothing: whoever asked still has all of them.
        for (const upload of begun) await upload.discard();
        throw error;
      }
    },
  );
}

async function complete(given: File | FileToSend): Promise<FileDetails> {
  const { file, meta } = given instanceof Blob ? { file: given, meta: undefined } : given;
  const name = (meta?.name ?? (file instanceof File ? file.name : "")) || "file";
  const type = (meta?.type ?? file.type) || "application/octet-stream";
  const details = meta ?? (await detailsOf(file));
  return { ...details, file, name: name.slice(0, 255), type };
}

interface FileDetails extends MediaDetails {
  readonly file: Blob;
  readonly name: string;
  readonly type: string;
}

/** Puts another file in the place of one that cannot be read any more. */
export async function replaceFile(upload: Upload, file: File): Promise<void> {
  const { conversation, tag } = upload.current;
  const note = noteOf(tag);
  if (note === undefined) return;
  // The message must not go without either of them.
  await holdingBack([note.id], async () => {
    const { file: _, ...details } = await complete(file);
    await files.upload(conversation, file, { ...details, tag: tagOf(note) });
    await upload.discard();
  });
}

/** Gives a file up; where it was the last of its message, what was written with it is not thrown away unasked. */
export async function cancelUpload(upload: Upload): Promise<void> {
  const { conversation, tag, name } = upload.current;
  const note = noteOf(tag);
  const batch = batchesOf(files.uploads.current).find((one) => one.note.id === note?.id);
  if (note?.caption.text === undefined || batch === undefined || batch.uploads.length > 1) return upload.discard();
  const sendText = async (): Promise<void> => {
    await meridian.send(conversation, { id: note.id, ...note.caption });
    await upload.discard();
  };
  ask(`Cancel “${name}”?`, "There is text with it.", [
    { label: "Send only the text", run: () => void trying(sendText) },
    { label: "Cancel the message", danger: true, run: () => void trying(() => upload.discard()) },
  ]);
}

/**
 * Files on their way into conversations. A message is sent once all of its files are there; until then it is nothing but
 * its uploads, each of which remembers what the message says, so that a reload goes on where it was.
 */
import type { ConversationId, EntryId, TimelineState } from "../../../client/index.ts";
import type { MediaDetails, Upload } from "../../../client/media/index.ts";
import { newEntryId } from "../../../client/ids.ts";
import { meridian } from "../meridian.ts";
import { ask } from "../state/dialogs.ts";
import { chat, go, route } from "../state/route.ts";
import { say, sayError, trying } from "../state/toasts.ts";
import { batchesOf, fitMedia, noteOf, splitFiles, tagOf, type Caption, type Note } from "./batches.ts";
import { detailsOf } from "./details.ts";
import { forgetIdle } from "./object-urls.ts";
import { unpickAll } from "./picked.ts";
import { files, store } from "./files.ts";

/** A file and what is known of it already; what is missing is found out. */
export interface FileToSend {
  readonly file: Blob;
  /** `name` and `type` take the place of the file's own. */
  readonly meta?: MediaDetails & { readonly name?: string; readonly type?: string };
}

/** Messages of this page's own life: what an earlier one left may have been sent by it. */
const begunHere = new Set<string>();
/** Messages whose files are not all in the store yet. */
const unfinished = new Set<string>();
/** Messages that are being handed over. */
const handing = new Set<string>();

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
  for (const [which, batch] of splitFiles(all, said).entries()) {
    const now = meridian.serverNow();
    const note: Omit<Note, "index"> = { id: newEntryId(now), at: now + which, caption: which === 0 ? said : {} };
    begunHere.add(note.id);
    unfinished.add(note.id);
    try {
      // A message lists its files in the order in which they were chosen.
      for (const [index, { file, ...details }] of batch.entries()) {
        await files.upload(conversation, file, { ...details, tag: tagOf({ ...note, index }) });
      }
    } finally {
      unfinished.delete(note.id);
    }
  }
  check();
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
  unfinished.add(note.id);
  try {
    const { file: _, ...details } = await complete(file);
    await files.upload(conversation, file, { ...details, tag: tagOf(note) });
    await upload.discard();
  } finally {
    unfinished.delete(note.id);
  }
  check();
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

/** Follows the uploads for as long as the page lives. Call it once. */
export function watchUploads(): void {
  const followed = new WeakSet<Upload>();
  files.uploads.subscribe((uploads) => {
    for (const upload of uploads) {
      if (followed.has(upload)) continue;
      followed.add(upload);
      upload.subscribe(() => onChange(upload));
    }
    check();
  });
  meridian.connection.subscribe(({ status }) => status === "online" && goOn());
  meridian.session.subscribe(({ status }) => {
    if (status !== "signedOut") return;
    unpickAll();
    forgetIdle();
  });
  files.ready().then(
    () => check(),
    (error: unknown) => meridian.session.current.status === "signedIn" && sayError(error),
  );
}

function onChange(upload: Upload): void {
  const { status, error, name, conversation } = upload.current;
  if (status === "done") check();
  if (status !== "failed") return;
  // Another tab gave it up, or has sent it.
  if (error?.code === "discarded") void upload.discard();
  else if (!isOpen(conversation)) {
    say(`“${name}” could not be sent.`, { label: "Show", run: () => go(chat(conversation)) });
  }
}

/** Where it is open, it says so itself. */
function isOpen(conversation: ConversationId): boolean {
  const at = route.value;
  return at.page === "chat" && at.conversation === conversation;
}

/** The network is back: what waits for its next try, or had stopped trying for want of one, begins at once. */
function goOn(): void {
  for (const upload of files.uploads.current) {
    const { status, error } = upload.current;
    if (error?.code !== "offline") continue;
    if (status === "waiting") void upload.pause().then(() => upload.resume());
    else if (status === "failed") void upload.resume();
  }
}

/** Hands over every message whose files are there. */
function check(): void {
  for (const { note, conversation, uploads } of batchesOf(files.uploads.current)) {
    if (unfinished.has(note.id) || handing.has(note.id)) continue;
    if (!uploads.every(({ current }) => current.status === "done")) continue;
    handing.add(note.id);
    handOver(conversation, note, uploads).then(
      () => handing.delete(note.id),
      (error: unknown) => {
        handing.delete(note.id);
        sayError(error);
      },
    );
  }
}

/** What is in the store decides: this tab may know only a part, and another one may have sent it. */
function handOver(conversation: ConversationId, note: Note, uploads: readonly Upload[]): Promise<void> {
  return alone(`meridian-message:${note.id}`, async () => {
    const records = (await store.uploads()).filter(({ tag }) => noteOf(tag)?.id === note.id);
    const media = records
      .toSorted((a, b) => (noteOf(a.tag)?.index ?? 0) - (noteOf(b.tag)?.index ?? 0))
      .flatMap((record) => record.media ?? []);
    if (media.length < records.length) return;
    if (media.length > 0 && (begunHere.has(note.id) || !(await isSaid(conversation, note.id)))) {
      const { id, caption } = note;
      await meridian.send(conversation, { id, ...caption, media: fitMedia(media, caption) });
    }
    // The outbox has it [C1]: only now may the uploads be forgotten.
    for (const upload of uploads) await upload.discard();
  });
}

/** True where the newest part of a conversation, or what waits for it, has a message. */
function isSaid(conversation: ConversationId, id: EntryId): Promise<boolean> {
  return new Promise((resolve) => {
    const timeline = meridian.timeline(conversation);
    const look = ({ status, items }: TimelineState): void => {
      if (status === "loading") return;
      queueMicrotask(() => stop());
      resolve(items.some((item) => item.id === id));
    };
    const stop = timeline.subscribe(look);
    look(timeline.current);
  });
}

function alone(name: string, work: () => Promise<void>): Promise<void> {
  return "locks" in navigator ? navigator.locks.request(name, work) : work();
}

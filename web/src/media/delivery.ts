/**
 * From uploads to messages: a message is handed over once all of its files are there. Until then it is nothing but its
 * uploads, each of which remembers what the message says, so that a reload goes on where it was.
 */
import type { ConversationId, EntryId, TimelineState } from "../../../client/index.ts";
import type { Upload } from "../../../client/media/index.ts";
import { meridian } from "../meridian.ts";
import { chat, go, route } from "../state/route.ts";
import { say, sayError } from "../state/toasts.ts";
import { batchesOf, fitMedia, noteOf, type Note } from "./batches.ts";
import { files, store } from "./files.ts";
import { forgetIdle } from "./object-urls.ts";
import { unpickAll } from "./picked.ts";

/** Messages of this page's own life: what an earlier one left may have been sent by it. */
const begunHere = new Set<EntryId>();
/** Messages that must not go yet, although all of their files are there. */
const unfinished = new Set<EntryId>();
/** Messages that are being handed over. */
const handing = new Set<EntryId>();

/** The message begins its life on this page. */
export function begin(id: EntryId): void {
  begunHere.add(id);
}

/** Does something with the uploads of messages while no tab can send them. */
export async function holdingBack(ids: readonly EntryId[], work: () => Promise<void>): Promise<void> {
  for (const id of ids) unfinished.add(id);
  const locked = ids.reduce<() => Promise<void>>((inner, id) => () => alone(id, inner), work);
  try {
    await locked();
  } finally {
    for (const id of ids) unfinished.delete(id);
    check();
  }
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
  // A full outbox takes them once there is room.
  meridian.outbox.subscribe(() => check());
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
  return alone(note.id, async () => {
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
    for (const { key } of records) await store.removeUpload(key);
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

/** One tab at a time. */
function alone(id: EntryId, work: () => Promise<void>): Promise<void> {
  return "locks" in navigator ? navigator.locks.request(`meridian-message:${id}`, work) : work();
}

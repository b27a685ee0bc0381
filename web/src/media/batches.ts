/** Files that are sent together, as one message, and what fits into one. Pure. */
import type { ConversationId, EntryId, Media, UserId } from "../../../client/index.ts";
import type { UploadState } from "../../../client/media/index.ts";
import { MAX_MEDIA_PER_MESSAGE, MAX_MESSAGE_BODY_BYTES } from "../../../protocol/limits.ts";

/** What a message says beside its files. */
export interface Caption {
  readonly text?: string;
  readonly replyTo?: EntryId;
  readonly mentions?: readonly UserId[];
}

/** What each upload remembers of its message, so that a reload loses none of it. */
export interface Note {
  /** Of the message that will be sent: sent twice, it is still one. */
  readonly id: EntryId;
  /** The place of the file in it. */
  readonly index: number;
  /** When it was meant to be sent, in ms. */
  readonly at: number;
  readonly caption: Caption;
}

/** A file's part of a body beside its name and type: id, digest, numbers and the words between. */
const FILE_BYTES = 320;
/** Kept free for what a codec adds. */
const SPARE_BYTES = 1_024;

const encoder = new TextEncoder();
const bytesOf = (value: unknown): number => encoder.encode(JSON.stringify(value)).length;

export function tagOf(note: Note): string {
  return JSON.stringify(note);
}

/** @returns undefined where the upload is none of this page's messages */
export function noteOf(tag: string | undefined): Note | undefined {
  if (tag === undefined) return undefined;
  try {
    const note = JSON.parse(tag) as Partial<Note> | null;
    return typeof note?.id === "string" && typeof note.index === "number" ? (note as Note) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Cuts a choice of files into as many messages as it takes: a body has room for so many bytes [E5]. The first has the
 * caption.
 */
export function splitFiles<T extends { readonly name: string; readonly type: string }>(
  files: readonly T[],
  caption: Caption,
): readonly (readonly T[])[] {
  const batches: T[][] = [];
  let room = 0;
  for (const file of files) {
    const size = FILE_BYTES + bytesOf(file.name) + bytesOf(file.type);
    const last = batches.at(-1);
    if (last === undefined || last.length >= MAX_MEDIA_PER_MESSAGE || room < size) {
      room = MAX_MESSAGE_BODY_BYTES - SPARE_BYTES - (batches.length === 0 ? bytesOf(caption) : 0) - size;
      batches.push([file]);
    } else {
      room -= size;
      last.push(file);
    }
  }
  return batches;
}

/** The files as their message names them: the last thumbnails go where not all of them fit. */
export function fitMedia(media: readonly Media[], caption: Caption): readonly Media[] {
  const bare = media.map((file): Media => {
    const { thumbnail: _, ...rest } = file;
    return rest;
  });
  let room = MAX_MESSAGE_BODY_BYTES - SPARE_BYTES - bytesOf({ ...caption, media: bare });
  return media.map((file, index) => {
    const size = file.thumbnail === undefined ? 0 : bytesOf(file.thumbnail) + '"thumbnail":,'.length;
    if (size > room) return bare[index] ?? file;
    room -= size;
    return file;
  });
}

/** What is on its way into one conversation, as one message. */
export interface Batch<U> {
  readonly note: Note;
  readonly conversation: ConversationId;
  /** In the order in which they were chosen. */
  readonly uploads: readonly U[];
}

/** Uploads by the message that they belong to, oldest message first. */
export function batchesOf<U extends { readonly current: Pick<UploadState, "tag" | "conversation"> }>(
  uploads: readonly U[],
): readonly Batch<U>[] {
  const batches = new Map<EntryId, { note: Note; conversation: ConversationId; uploads: U[] }>();
  for (const upload of uploads) {
    const { tag, conversation } = upload.current;
    const note = noteOf(tag);
    if (note === undefined) continue;
    const held = batches.get(note.id);
    if (held === undefined) batches.set(note.id, { note, conversation, uploads: [upload] });
    else held.uploads.push(upload);
  }
  const index = (upload: U): number => noteOf(upload.current.tag)?.index ?? 0;
  return [...batches.values()]
    .map((batch) => ({ ...batch, uploads: batch.uploads.toSorted((a, b) => index(a) - index(b)) }))
    .toSorted((a, b) => a.note.at - b.note.at || (a.note.id < b.note.id ? -1 : 1));
}

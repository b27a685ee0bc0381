/**
 * Files of a conversation, between the edge, which moves their bytes, and the Conversation object, which knows which
 * there are, who may have them and when they go. Types, and where the bytes lie.
 */
import type { UserId } from "../../protocol/index.ts";

/** What is known of a file. `sha256` is base64url. */
export interface MediaFile {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly sha256: string;
}

/** An upload that is under way or over. */
export interface Upload extends MediaFile {
  readonly complete: boolean;
  /** Name of the multipart upload at the store; null where none was begun. */
  readonly multipart: string | null;
  /** Parts that the store holds, ascending. */
  readonly parts: readonly UploadPart[];
}

export interface UploadPart {
  readonly number: number;
  readonly etag: string;
}

/** Calls by name: what is asked and what is answered. All may run twice. */
export interface MediaCalls {
  /** Announces a file; `id` is the caller's choice, see {@link newMediaId}. `rate_limited` past too many at once. */
  start: { readonly ask: MediaFile; readonly answer: { readonly expiresAt: number } };
  /** `not_found` where the caller announced no such file, or it is gone. */
  upload: { readonly ask: { readonly id: string }; readonly answer: Upload };
  /** Settles on one multipart upload. Answers the one that counts: abort yours if it is another. */
  begin: { readonly ask: { readonly id: string; readonly multipart: string }; readonly answer: string };
  part: { readonly ask: { readonly id: string; readonly part: UploadPart }; readonly answer: void };
  /** What came was not what was announced, or its parts are lost: from the beginning. */
  restart: { readonly ask: { readonly id: string; readonly multipart: string }; readonly answer: void };
  /** All bytes are there and right. Answers a multipart upload that is left over. */
  uploaded: { readonly ask: { readonly id: string }; readonly answer: string | null };
  /** The caller does not want it any more. */
  cancel: { readonly ask: { readonly id: string }; readonly answer: void };
  /** [M1] a complete file that the caller may have. */
  read: { readonly ask: { readonly id: string }; readonly answer: MediaFile };
}

export type MediaOp = keyof MediaCalls;

export interface MediaRpc {
  media<Op extends MediaOp>(user: UserId, op: Op, ask: MediaCalls[Op]["ask"]): Promise<MediaCalls[Op]["answer"]>;
  /** Of these ids, those that this object knows nothing of: nobody can ever reach their bytes. */
  unknownMedia(ids: readonly string[]): Promise<string[]>;
}

const MEDIA_ID = /^m_([0-9a-f]{12})[0-9a-f]{20}$/;
const HOUR_MS = 60 * 60_000;
/** Everything that is a file starts with this in the store. */
export const MEDIA_PREFIX = "media/";

/** A new id from a UUID of version 7, whose first 48 bits are the time. */
export function newMediaId(uuidv7: string): string {
  return `m_${uuidv7.replaceAll("-", "")}`;
}

/**
 * Where the bytes of a file lie. Keys rise with time, so that a walk over the store meets every file once.
 *
 * @returns undefined where the id is none that was ever given out
 */
export function mediaKey(conversation: string, id: string): string | undefined {
  const made = MEDIA_ID.exec(id)?.[1];
  if (made === undefined) return undefined;
  return `${MEDIA_PREFIX}${hourOf(Number.parseInt(made, 16))}/${conversation}/${id}`;
}

/** Reads a key of the store back. */
export function parseMediaKey(key: string): { hour: string; conversation: string; id: string } | undefined {
  const [prefix, hour, conversation, id, ...rest] = key.split("/");
  if (`${prefix}/` !== MEDIA_PREFIX || rest.length > 0) return undefined;
  return hour === undefined || conversation === undefined || id === undefined ? undefined : { hour, conversation, id };
}

/** The hour of a time as it stands in keys; sorts as text. */
export function hourOf(ms: number): string {
  return String(Math.floor(ms / HOUR_MS)).padStart(9, "0");
}

/** The address under which an edge's cache keeps a file: of no use to anybody who asks from outside. */
export function mediaCacheKey(conversation: string, id: string): string {
  return `https://media.invalid/${conversation}/${id}`;
}

/** Files that were chosen for a conversation and are not sent yet. */
import { signal } from "@preact/signals";
import type { ConversationId } from "../../../client/index.ts";
import { DEFAULT_MEDIA_MAX_BYTES, MAX_MEDIA_PER_MESSAGE } from "../../../protocol/limits.ts";
import { announce } from "../state/announce.ts";
import { say } from "../state/toasts.ts";
import { kindOf, sizeOf } from "./words.ts";

export interface PickedFile {
  readonly key: number;
  readonly file: File;
  /** An address of a picture to show; it ends when the file leaves. */
  readonly url: string | null;
}

const picked = signal<ReadonlyMap<ConversationId, readonly PickedFile[]>>(new Map());
const NONE: readonly PickedFile[] = [];
let last = 0;

export function pickedFor(conversation: ConversationId): readonly PickedFile[] {
  return picked.value.get(conversation) ?? NONE;
}

/** Adds files to those that will be sent; those that cannot be are named. */
export function pick(conversation: ConversationId, files: readonly File[]): void {
  const before = pickedFor(conversation);
  const { taken, refusal } = sort(files, MAX_MEDIA_PER_MESSAGE - before.length);
  if (refusal !== null) say(refusal);
  if (taken.length === 0) return;
  const added = taken.map((file): PickedFile => {
    last += 1;
    return { key: last, file, url: kindOf(file) === "image" ? URL.createObjectURL(file) : null };
  });
  set(conversation, [...before, ...added]);
  announce(taken.length === 1 ? `${taken[0]?.name} added` : `${taken.length} files added`);
}

export function unpick(conversation: ConversationId, key: number): void {
  const before = pickedFor(conversation);
  for (const { url, key: one } of before) if (one === key && url !== null) URL.revokeObjectURL(url);
  set(
    conversation,
    before.filter((one) => one.key !== key),
  );
}

/** Empties the tray. @returns what was in it */
export function takePicked(conversation: ConversationId): readonly File[] {
  const before = pickedFor(conversation);
  for (const { url } of before) if (url !== null) URL.revokeObjectURL(url);
  set(conversation, NONE);
  return before.map(({ file }) => file);
}

export function isAnythingPicked(): boolean {
  return picked.value.size > 0;
}

/** Somebody else may be next. */
export function unpickAll(): void {
  for (const conversation of picked.value.keys()) takePicked(conversation);
}

function set(conversation: ConversationId, files: readonly PickedFile[]): void {
  const next = new Map(picked.value);
  if (files.length === 0) next.delete(conversation);
  else next.set(conversation, files);
  picked.value = next;
}

/**
 * Which of some files can be sent, and why the others cannot.
 *
 * @param room how many may be added
 */
export function sort<F extends Pick<File, "name" | "size">>(
  files: readonly F[],
  room: number,
): { readonly taken: readonly F[]; readonly refusal: string | null } {
  const large = files.filter(({ size }) => size > DEFAULT_MEDIA_MAX_BYTES);
  const fitting = files.filter(({ size }) => size <= DEFAULT_MEDIA_MAX_BYTES);
  const taken = fitting.slice(0, Math.max(0, room));
  const reasons = [];
  const limit = sizeOf(DEFAULT_MEDIA_MAX_BYTES);
  if (large.length === 1) reasons.push(`“${large[0]?.name}” is too large: a file may have ${limit}.`);
  if (large.length > 1) reasons.push(`${large.length} files are too large: a file may have ${limit}.`);
  if (taken.length < fitting.length) reasons.push(`A message has at most ${MAX_MEDIA_PER_MESSAGE} files.`);
  return { taken, refusal: reasons.length === 0 ? null : reasons.join(" ") };
}

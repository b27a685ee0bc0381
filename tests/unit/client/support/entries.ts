/** Makers of entries for tests: short to write, valid on the wire. */
import type { Entry, LiveEntry, Role } from "../../../../protocol/entry.ts";
import type { ConversationId, DeviceId, EntryId, UserId } from "../../../../protocol/ids.ts";

export const user = (name: string) => `u_${name}` as UserId;
export const device = (name: string) => `dev_${name}` as DeviceId;
export const conversation = (name: string) => `g_${name}` as ConversationId;
export const entryId = (name: string) => name as EntryId;

type Part<K extends LiveEntry["kind"]> = Extract<LiveEntry, { kind: K }>["body"];

/** One entry; `at` is `1000 * seq`. */
export function entry<K extends LiveEntry["kind"]>(
  seq: number,
  by: string,
  kind: K,
  body: Part<K>,
  id?: string,
): Entry {
  const made = {
    seq,
    id: entryId(id ?? `e${seq}`),
    sender: { user: user(by), device: device(by) },
    at: seq * 1000,
    chain: `chain${seq}`,
    kind,
    body,
  };
  return made as unknown as Entry;
}

export const message = (seq: number, by: string, text: string, id?: string) => entry(seq, by, "message", { text }, id);
export const edit = (seq: number, by: string, target: string, text: string) =>
  entry(seq, by, "edit", { target: entryId(target), text });
export const remove = (seq: number, by: string, target: string) =>
  entry(seq, by, "delete", { target: entryId(target) });
export const react = (seq: number, by: string, target: string, emoji: string, take?: "take back") =>
  entry(seq, by, "reaction", { target: entryId(target), emoji, ...(take === undefined ? {} : { remove: true }) });
export const added = (seq: number, by: string, who: string, role: Role = "member") =>
  entry(seq, by, "member_added", { user: user(who), role });

/** [E3] the entry as it is read after its body was erased. */
export function erased(original: Entry): Entry {
  return { ...original, body: null, deleted: true, digest: "digest" };
}

/**
 * [E2] what members see is a fold over the log: same order, same edits, reactions, deletions, membership, title.
 *
 * The fold starts at any retained entry and takes entries in ascending seq. What it cannot know (a target before
 * its first entry) is left out, the same on every device. An erased entry [E3] folds to what its `delete` made of
 * it, so that reading a log again later shows what following it live showed.
 *
 * A `target` is the sender's own entry with that id if there is one, else the entry with that id of lowest seq.
 */
import type { Entry, Media, Role } from "./entry.ts";
import type { EntryId, UserId } from "./ids.ts";

/** A message with everything that later entries did to it. Replaced, never changed, when it changes. */
export interface FoldedMessage {
  readonly seq: number;
  readonly id: EntryId;
  readonly sender: UserId;
  readonly at: number;
  readonly kind: "message" | "sealed";
  /** Null where deleted, without text, or sealed. */
  readonly text: string | null;
  readonly media: readonly Media[];
  readonly replyTo: EntryId | null;
  readonly mentions: readonly UserId[];
  /** Of `sealed` entries that are not deleted. */
  readonly ciphertext: string | null;
  /** Server time of the newest edit. */
  readonly editedAt: number | null;
  readonly deleted: boolean;
  /** Emoji in the order of their first use, users in the order in which they reacted. */
  readonly reactions: readonly { readonly emoji: string; readonly users: readonly UserId[] }[];
}

/** Which entry an id belongs to, and the message that it shows in. */
interface Known {
  readonly seq: number;
  readonly user: UserId;
  readonly kind: Entry["kind"];
  /** Seq of the message that an edit or reaction changed; the entry's own where it is a message. */
  readonly message: number | null;
}

interface EditStep {
  readonly seq: number;
  readonly at: number;
  readonly text: string;
}

interface ReactionStep {
  readonly seq: number;
  readonly user: UserId;
  readonly emoji: string;
  readonly on: boolean;
}

/** The steps that made a message what it is, kept so that one of them can be taken back. */
interface History {
  readonly original: FoldedMessage;
  readonly edits: readonly EditStep[];
  readonly reactions: readonly ReactionStep[];
}

/** The state of a conversation after `seq`. Owned by who folds: {@link apply} changes it in place. */
export interface FoldState {
  seq: number;
  title: string | null;
  avatar: string | null;
  retentionDays: number | null;
  readonly members: Map<UserId, Role>;
  /** By seq, ascending. */
  readonly messages: Map<number, FoldedMessage>;
  readonly histories: Map<number, History>;
  /** Every entry by its id; of several with one id, the one of lowest seq. */
  readonly byId: Map<EntryId, Known>;
  /** The same for ids that another user had taken first: rare, and what makes the sender's own entry come first. */
  readonly own: Map<string, Known>;
}

/** The state before the first entry. */
export function emptyFold(): FoldState {
  return {
    seq: 0,
    title: null,
    avatar: null,
    retentionDays: null,
    members: new Map(),
    messages: new Map(),
    histories: new Map(),
    byId: new Map(),
    own: new Map(),
  };
}

/**
 * Folds a stretch of a log.
 *
 * @param entries ascending by seq; may start anywhere
 * @example
 * const state = fold(page.entries);
 * for (const message of state.messages.values()) console.log(message.sender, message.text);
 */
export function fold(entries: Iterable<Entry>): FoldState {
  const state = emptyFold();
  for (const entry of entries) apply(state, entry);
  return state;
}

/**
 * Takes one more entry; one at or below `state.seq` changes nothing.
 *
 * @returns seqs of the messages that are new or look different now
 */
export function apply(state: FoldState, entry: Entry): readonly number[] {
  if (entry.seq <= state.seq) return [];
  state.seq = entry.seq;
  const changed = applyKind(state, entry);
  const message = entry.kind === "edit" || entry.kind === "reaction" ? (changed[0] ?? null) : entry.seq;
  remember(state, entry, message);
  return changed;
}

/** A copy that can be folded on without changing the first; the messages are shared. */
export function fork(state: FoldState): FoldState {
  return {
    ...state,
    members: new Map(state.members),
    messages: new Map(state.messages),
    histories: new Map(state.histories),
    byId: new Map(state.byId),
    own: new Map(state.own),
  };
}

/**
 * Seq of the entry that `id` means when `user` names it as a target or as `replyTo`.
 * @returns undefined where the fold does not know it
 */
export function resolve(state: FoldState, user: UserId, id: EntryId): number | undefined {
  return find(state, user, id)?.seq;
}

/** True where an entry of this user with this id was taken. */
export function holds(state: FoldState, user: UserId, id: EntryId): boolean {
  return find(state, user, id)?.user === user;
}

/** Everything that members see, as plain data in one order: what two devices must agree on. */
export function visible(state: FoldState): unknown {
  const { title, avatar, retentionDays } = state;
  const members = [...state.members].sort(([a], [b]) => (a < b ? -1 : 1));
  return { title, avatar, retentionDays, members, messages: [...state.messages.values()] };
}

function applyKind(state: FoldState, entry: Entry): readonly number[] {
  switch (entry.kind) {
    case "message":
    case "sealed":
      state.messages.set(entry.seq, messageOf(entry));
      return [entry.seq];
    case "edit":
      return entry.deleted
        ? []
        : edit(state, entry.sender.user, entry.body.target, { ...entry, text: entry.body.text });
    case "reaction":
      return entry.deleted ? [] : react(state, entry.seq, entry.sender.user, entry.body);
    case "delete":
      return entry.deleted ? [] : erase(state, entry.sender.user, entry.body.target);
    case "group_created":
      if (entry.deleted) return [];
      state.title = entry.body.title;
      for (const user of entry.body.members) state.members.set(user, "member");
      state.members.set(entry.sender.user, "admin");
      return [];
    case "member_added":
    case "member_role":
      if (!entry.deleted) state.members.set(entry.body.user, entry.body.role);
      return [];
    case "member_removed":
      if (!entry.deleted) state.members.delete(entry.body.user);
      return [];
    case "conversation_updated":
      if (!entry.deleted) {
        const { title, avatar, retentionDays } = entry.body;
        if (title !== undefined) state.title = title;
        if (avatar !== undefined) state.avatar = avatar;
        if (retentionDays !== undefined) state.retentionDays = retentionDays;
      }
      return [];
  }
}

function messageOf(entry: Entry): FoldedMessage {
  const { seq, id, at } = entry;
  const kind = entry.kind === "sealed" ? "sealed" : "message";
  const body = entry.kind === "message" ? entry.body : null;
  return {
    seq,
    id,
    sender: entry.sender.user,
    at,
    kind,
    text: body?.text ?? null,
    media: body?.media ?? [],
    replyTo: body?.replyTo ?? null,
    mentions: body?.mentions ?? [],
    ciphertext: entry.kind === "sealed" ? (entry.body?.ciphertext ?? null) : null,
    editedAt: null,
    deleted: entry.deleted === true,
    reactions: [],
  };
}

/** An edit counts only from the message's own sender, and not on what is sealed or deleted. */
function edit(state: FoldState, user: UserId, target: EntryId, step: EditStep): readonly number[] {
  const message = messageAt(state, find(state, user, target));
  if (message === undefined || message.sender !== user || message.kind !== "message" || message.deleted) return [];
  const history = historyOf(state, message);
  const { seq, at, text } = step;
  return show(state, { ...history, edits: [...history.edits, { seq, at, text }] });
}

function react(
  state: FoldState,
  seq: number,
  user: UserId,
  body: { target: EntryId; emoji: string; remove?: true | undefined },
): readonly number[] {
  const message = messageAt(state, find(state, user, body.target));
  if (message === undefined || message.deleted) return [];
  const history = historyOf(state, message);
  const step = { seq, user, emoji: body.emoji, on: body.remove !== true };
  return show(state, { ...history, reactions: [...history.reactions, step] });
}

/** Deleting a message leaves a tombstone; deleting an edit or a reaction takes that one step back. */
function erase(state: FoldState, user: UserId, target: EntryId): readonly number[] {
  const known = find(state, user, target);
  if (known === undefined || known.message === null) return [];
  const message = state.messages.get(known.message);
  if (message === undefined || message.deleted) return [];
  if (known.kind === "message" || known.kind === "sealed") {
    state.histories.delete(message.seq);
    state.messages.set(message.seq, {
      ...message,
      text: null,
      media: [],
      replyTo: null,
      mentions: [],
      ciphertext: null,
      editedAt: null,
      deleted: true,
      reactions: [],
    });
    return [message.seq];
  }
  const history = historyOf(state, message);
  return show(state, {
    original: history.original,
    edits: history.edits.filter(({ seq }) => seq !== known.seq),
    reactions: history.reactions.filter(({ seq }) => seq !== known.seq),
  });
}

/** Sets a message to what its steps make of it. */
function show(state: FoldState, history: History): readonly number[] {
  const { original } = history;
  const newest = history.edits.at(-1);
  const reactions = new Map<string, Set<UserId>>();
  for (const { emoji, user, on } of history.reactions) {
    const users = reactions.get(emoji) ?? new Set();
    if (on) users.add(user);
    else users.delete(user);
    if (users.size === 0) reactions.delete(emoji);
    else reactions.set(emoji, users);
  }
  state.histories.set(original.seq, history);
  state.messages.set(original.seq, {
    ...original,
    text: newest?.text ?? original.text,
    editedAt: newest?.at ?? null,
    reactions: [...reactions].map(([emoji, users]) => ({ emoji, users: [...users] })),
  });
  return [original.seq];
}

function historyOf(state: FoldState, message: FoldedMessage): History {
  return state.histories.get(message.seq) ?? { original: message, edits: [], reactions: [] };
}

function messageAt(state: FoldState, known: Known | undefined): FoldedMessage | undefined {
  return known === undefined ? undefined : state.messages.get(known.seq);
}

function find(state: FoldState, user: UserId, id: EntryId): Known | undefined {
  const first = state.byId.get(id);
  if (first === undefined || first.user === user) return first;
  return state.own.get(ownKey(user, id)) ?? first;
}

function remember(state: FoldState, entry: Entry, message: number | null): void {
  const { seq, id, kind } = entry;
  const { user } = entry.sender;
  const known: Known = { seq, user, kind, message };
  const first = state.byId.get(id);
  if (first === undefined) state.byId.set(id, known);
  else if (first.user !== user && !state.own.has(ownKey(user, id))) state.own.set(ownKey(user, id), known);
}

/** Ids hold no space, so no two pairs have the same key. */
function ownKey(user: UserId, id: EntryId): string {
  return `${user} ${id}`;
}

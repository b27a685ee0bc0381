/**
 * What the SDK keeps on a device, behind one interface; `tests/unit/client/storage-contract.ts` is what every
 * implementation must pass.
 */
import type { PublicProfile, Session } from "../../protocol/accounts.ts";
import type { Entry, MemberContent } from "../../protocol/entry.ts";
import type { Conversation, Peer, Watermarks } from "../../protocol/conversation.ts";
import type { ConversationId, EntryId, UserId } from "../../protocol/ids.ts";
import type { Content } from "../codec.ts";
import type { ErrorData } from "../errors.ts";
import type { Range } from "../sync/ranges.ts";

/** An entry and, where the codec had to read it, what it said; `content: null` is unreadable. */
export interface StoredEntry {
  readonly conversation: ConversationId;
  readonly entry: Entry;
  /** Only for entries whose content is not their body. */
  readonly content?: Content | null;
  /** The entry that this one edits, deletes or reacts to. */
  readonly target?: EntryId;
}

/** What is known of a conversation beside its entries. */
export interface ConversationRecord extends Conversation {
  readonly read: number;
  /** The server knows of `read` up to here; what is above is sent again after a reconnect. */
  readonly readSent: number;
  readonly unread: number;
  /** Unread messages of others up to this seq are in `unread`. */
  readonly countedTo: number;
  /** Unread messages, of those held, that mention this user. */
  readonly mentions: number;
  readonly mutedUntil: number | null;
  /** Lowest watermarks of the others. */
  readonly receipts: Watermarks;
  readonly peer?: Peer | undefined;
  /** The newest message that is not hidden, with the newest text. */
  readonly last: StoredEntry | null;
  readonly lastEdited: boolean;
  readonly activityAt: number;
  readonly draft: string;
}

/** Which seqs of a conversation are held, and where its stream stands. */
export interface LogRecord {
  readonly conversation: ConversationId;
  /** Disjoint, ascending. */
  readonly ranges: readonly Range[];
  /** Everything that the stream brought up to here is stored; null until it is known where the stream starts. */
  readonly stream: number | null;
  /** Chain of the entry at `stream`, where it is held [D7]. */
  readonly chain: string | null;
}

/** An entry on its way out. */
export interface OutboxRecord {
  readonly id: EntryId;
  readonly conversation: ConversationId;
  /** Order of sending, over all conversations. */
  readonly position: number;
  readonly createdAt: number;
  /** What the user said. */
  readonly content: Content;
  /** What goes to the server. */
  readonly wire: MemberContent;
  readonly status: "queued" | "sent" | "failed";
  readonly seq?: number | undefined;
  readonly at?: number | undefined;
  readonly error?: ErrorData | undefined;
}

/** A delete for me. `synced` once the server knows. */
export interface HiddenRecord {
  readonly conversation: ConversationId;
  readonly seq: number;
  readonly synced: boolean;
}

export interface ProfileRecord {
  readonly id: UserId;
  readonly profile: PublicProfile | null;
  readonly fetchedAt: number;
}

/** What is read when the SDK starts. */
export interface Snapshot {
  readonly session: Session | null;
  readonly sync: string | null;
  /** Whose data this is, also while nobody is signed in. */
  readonly owner: UserId | null;
  readonly conversations: readonly ConversationRecord[];
  readonly logs: readonly LogRecord[];
  readonly outbox: readonly OutboxRecord[];
  readonly hidden: readonly HiddenRecord[];
}

/** One change; a list of them is one transaction. */
export type Write =
  | { readonly put: "session"; readonly value: Session | null }
  | { readonly put: "sync"; readonly value: string | null }
  | { readonly put: "owner"; readonly value: UserId | null }
  | { readonly put: "conversation"; readonly value: ConversationRecord }
  | { readonly put: "log"; readonly value: LogRecord }
  | { readonly put: "entries"; readonly value: readonly StoredEntry[] }
  | { readonly put: "outbox"; readonly value: OutboxRecord }
  | { readonly put: "hidden"; readonly value: HiddenRecord }
  | { readonly put: "profile"; readonly value: ProfileRecord }
  | { readonly remove: "entry"; readonly conversation: ConversationId; readonly seq: number }
  /** Entries up to and including `to`: what retention took. */
  | { readonly remove: "entries"; readonly conversation: ConversationId; readonly to: number }
  | { readonly remove: "outbox"; readonly id: EntryId }
  /** Record, log, entries and hidden marks of a conversation; its outbox items stay. */
  | { readonly remove: "conversation"; readonly conversation: ConversationId }
  /** Everything: the user signed out. */
  | { readonly remove: "all" };

/** A stretch of entries; exclusive `after`, inclusive `to`. */
export interface EntryQuery {
  readonly after: number;
  readonly to: number;
  /** At most so many: the newest ones with `newest`, else the oldest. Always answered ascending. */
  readonly limit: number;
  readonly newest: boolean;
}

/**
 * Where the SDK keeps what it must not forget. Every method may reject with a `MeridianError` of code `storage`.
 */
export interface Storage {
  load(): Promise<Snapshot>;
  /** All of the changes or none of them, in order; resolves when they would survive the end of the process. */
  write(changes: readonly Write[]): Promise<void>;
  entries(conversation: ConversationId, query: EntryQuery): Promise<readonly StoredEntry[]>;
  /** Entries with this id: one per sender, ascending by seq. */
  byId(conversation: ConversationId, id: EntryId): Promise<readonly StoredEntry[]>;
  /** Entries that edit, delete or react to any of these ids, ascending by seq. */
  targeting(conversation: ConversationId, ids: readonly EntryId[]): Promise<readonly StoredEntry[]>;
  profile(user: UserId): Promise<ProfileRecord | null>;
  close(): Promise<void>;
}

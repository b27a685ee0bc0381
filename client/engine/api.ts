/**
 * The engine: session, link, store, outbox and sync of one device. Views are built on this interface alone, so that
 * the engine may live in another tab: everything that crosses it is plain data.
 */
import type { User, Device } from "../../protocol/accounts.ts";
import type { Conversation } from "../../protocol/conversation.ts";
import type { ConversationId, EntryId, UserId } from "../../protocol/ids.ts";
import type { Content } from "../codec.ts";
import type { ErrorData } from "../errors.ts";
import type { ConversationRecord, OutboxRecord, ProfileRecord, StoredEntry } from "../storage/storage.ts";
import type { Range } from "../sync/ranges.ts";
import type { ConnectionState, PresenceState, SearchHit } from "../types/state.ts";
import type { Method } from "./http.ts";

/** Who is signed in, without the tokens. */
export interface Identity {
  readonly user: User;
  readonly device: Device;
}

export type EndReason = "none" | "signedOut" | "revoked" | "expired";

/** {@link ConnectionState} as plain data. */
export interface Link extends Omit<ConnectionState, "error"> {
  readonly error?: ErrorData | undefined;
}

/** What a view starts from. */
export interface EngineState {
  /** Changes up to this one are in it. */
  readonly version: number;
  readonly identity: Identity | null;
  readonly endReason: EndReason;
  readonly link: Link;
  /** Server time minus local time, in ms. */
  readonly clockOffset: number;
  readonly records: readonly ConversationRecord[];
  readonly outbox: readonly OutboxRecord[];
  readonly typing: readonly { readonly conversation: ConversationId; readonly users: readonly UserId[] }[];
  readonly presence: readonly PresenceState[];
}

/** What happened, after it was stored. */
export type Change =
  | { readonly type: "session"; readonly identity: Identity | null; readonly reason: EndReason }
  | { readonly type: "link"; readonly link: Link }
  | { readonly type: "clock"; readonly offset: number }
  | { readonly type: "record"; readonly record: ConversationRecord }
  /** The stream of a conversation went on over this range. */
  | {
      readonly type: "entries";
      readonly conversation: ConversationId;
      readonly range: Range;
      readonly entries: readonly StoredEntry[];
    }
  /** Entries that others sent and this device had not counted before. */
  | { readonly type: "arrived"; readonly conversation: ConversationId; readonly entries: readonly StoredEntry[] }
  /** Deleted for me. */
  | { readonly type: "hidden"; readonly conversation: ConversationId; readonly seq: number }
  /** What is held of a conversation changed in another way than by going on: read it again. */
  | { readonly type: "rewritten"; readonly conversation: ConversationId }
  | { readonly type: "outbox"; readonly item: OutboxRecord }
  | { readonly type: "outboxGone"; readonly id: EntryId; readonly why: "sent" | "discarded" }
  | {
      readonly type: "sent";
      readonly conversation: ConversationId;
      readonly id: EntryId;
      readonly seq: number;
      readonly at: number;
    }
  | { readonly type: "typing"; readonly conversation: ConversationId; readonly users: readonly UserId[] }
  | { readonly type: "presence"; readonly presence: PresenceState }
  | { readonly type: "profile"; readonly profile: ProfileRecord }
  | {
      readonly type: "diverged";
      readonly conversation: ConversationId;
      readonly seq: number;
      readonly by: "server" | "chain";
    }
  | { readonly type: "error"; readonly error: ErrorData }
  /** Another engine took over, or everything changed: ask for the state again. */
  | { readonly type: "restart" };

export interface Versioned {
  readonly version: number;
  readonly change: Change;
}

/** Where a stretch of a conversation is to be taken from. `limit` counts entries. */
export type WindowQuery =
  | { readonly from: "end"; readonly limit: number }
  /** What ends at `before - 1`. */
  | { readonly from: "before"; readonly before: number; readonly limit: number }
  /** What starts after `after`. */
  | { readonly from: "after"; readonly after: number; readonly limit: number }
  | { readonly from: "around"; readonly seq: number; readonly limit: number };

/** A gapless stretch of a conversation. */
export interface Window {
  readonly range: Range;
  readonly entries: readonly StoredEntry[];
  /** Later entries, held, that change entries of the stretch. */
  readonly later: readonly StoredEntry[];
  readonly atStart: boolean;
  readonly atEnd: boolean;
}

/** A send, with everything that makes repeating it harmless. */
export interface NewEntry {
  readonly id: EntryId;
  readonly conversation: ConversationId;
  readonly content: Content;
  /** What the conversation's draft becomes with it. */
  readonly draft?: string | undefined;
}

export interface Engine {
  state(): Promise<EngineState>;
  /** @returns ends the subscription */
  subscribe(listener: (versioned: Versioned) => void): () => void;

  /** An authenticated call; tokens never leave the engine. */
  request(method: Method, path: string, body?: unknown): Promise<unknown>;
  /** Registration or sign-in: `body` of `POST /v1/accounts` or `/v1/sessions`. */
  authenticate(path: "/v1/accounts" | "/v1/sessions", body: unknown): Promise<Identity>;
  /** @param erased the account is gone already: there is nobody to sign out from */
  signOut(erased: boolean): Promise<void>;
  /** The caller's own profile changed. */
  setUser(user: User): Promise<void>;

  enqueue(entry: NewEntry): Promise<void>;
  retry(id: EntryId): Promise<void>;
  discard(id: EntryId): Promise<void>;
  hide(conversation: ConversationId, seq: number): Promise<void>;
  /** @param seq null: everything that is there */
  markRead(conversation: ConversationId, seq: number | null): Promise<void>;
  setDraft(conversation: ConversationId, text: string): Promise<void>;
  setTyping(conversation: ConversationId, active: boolean): Promise<void>;
  /** Everyone whose presence this tab watches now. */
  watch(tab: string, users: readonly UserId[]): Promise<void>;
  /** What an HTTP call answered about a conversation. */
  learn(conversation: Conversation): Promise<void>;
  setMuted(conversation: ConversationId, until: number | null): Promise<void>;

  window(conversation: ConversationId, query: WindowQuery): Promise<Window>;
  /** The entries that ids mean when a sender names them, and what later entries did to them; what is held of it. */
  quoted(
    conversation: ConversationId,
    wanted: readonly { readonly sender: UserId; readonly id: EntryId }[],
  ): Promise<readonly { readonly entry: StoredEntry; readonly later: readonly StoredEntry[] }[]>;
  search(text: string, where: { conversation?: ConversationId; limit: number }): Promise<readonly SearchHit[]>;
  /** @param fresh ask the server unless the answer is recent */
  profile(user: UserId, fresh: boolean): Promise<ProfileRecord | null>;

  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** A tab came to the front. */
  wake(): Promise<void>;
  close(): Promise<void>;
}

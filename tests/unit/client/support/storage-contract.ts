/**
 * What every `Storage` must do. No test framework is assumed, so that the same list runs in Node and in a browser.
 */
import type { Storage, StoredEntry, ConversationRecord, OutboxRecord } from "../../../../client/storage/storage.ts";
import type { Session } from "../../../../protocol/accounts.ts";
import type { ConversationId, UserId } from "../../../../protocol/ids.ts";
import { conversation, device, entryId, message, react, user } from "./entries.ts";

/** Opens the same store again each time; `durable` says whether what was written is still there then. */
export interface Subject {
  readonly open: () => Promise<Storage>;
  readonly durable: boolean;
}

export interface Clause {
  readonly title: string;
  readonly run: (subject: Subject) => Promise<void>;
}

const tea = conversation("tea");
const coffee = conversation("coffee");

export const session: Session = {
  user: {
    id: user("ada"),
    handle: "ada",
    displayName: "Ada",
    about: "",
    avatar: null,
    privacy: { lastSeen: "everyone" },
    createdAt: 1,
  },
  device: { id: device("ada"), name: "Desk", platform: "test", createdAt: 1, lastSeenAt: 1, current: true },
  accessToken: "access",
  accessTokenExpiresAt: 9,
  refreshToken: "refresh",
};

export function record(id: ConversationId, more: Partial<ConversationRecord> = {}): ConversationRecord {
  return {
    id,
    kind: "group",
    title: "Tea",
    memberCount: 2,
    head: 0,
    floor: 1,
    role: "member",
    read: 0,
    readSent: 0,
    unread: 0,
    countedTo: 0,
    mentions: 0,
    mutedUntil: null,
    receipts: { delivered: 0, read: 0 },
    last: null,
    lastEdited: false,
    activityAt: 0,
    draft: "",
    ...more,
  };
}

export function outboxRecord(name: string, position: number): OutboxRecord {
  const content = { kind: "message" as const, body: { text: name } };
  return {
    id: entryId(name),
    conversation: tea,
    position,
    createdAt: position,
    content,
    wire: content,
    status: "queued",
  };
}

const stored = (seq: number, where = tea): StoredEntry => ({
  conversation: where,
  entry: message(seq, "ada", `t${seq}`),
});
const seqs = (found: readonly StoredEntry[]) => found.map(({ entry }) => entry.seq);
const empty = { session: null, sync: null, owner: null, conversations: [], logs: [], outbox: [], hidden: [] };
const all = { after: 0, to: Infinity, limit: 1000, newest: false };

function same(actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`expected ${b}, got ${a}`);
}

export const contract: readonly Clause[] = [
  {
    title: "an empty store loads as nothing",
    run: async ({ open }) => {
      const storage = await open();
      same(await storage.load(), empty);
      same(await storage.entries(tea, all), []);
      same(await storage.byId(tea, entryId("x")), []);
      same(await storage.targeting(tea, [entryId("x")]), []);
      same(await storage.profile(user("ada")), null);
    },
  },
  {
    title: "what was put is loaded, and loaded again after a restart where the store is durable",
    run: async ({ open, durable }) => {
      const storage = await open();
      await storage.write([
        { put: "session", value: session },
        { put: "sync", value: "token" },
        { put: "owner", value: user("ada") },
        { put: "conversation", value: record(tea) },
        { put: "log", value: { conversation: tea, ranges: [{ after: 0, to: 3 }], stream: 3, chain: "c" } },
        { put: "outbox", value: outboxRecord("second", 2) },
        { put: "outbox", value: outboxRecord("first", 1) },
        { put: "hidden", value: { conversation: tea, seq: 2, synced: false } },
        { put: "profile", value: { id: user("bob"), profile: null, fetchedAt: 5 } },
      ]);
      const before = await storage.load();
      same(before.session, session);
      same(before.sync, "token");
      same(before.owner, user("ada"));
      same(before.conversations, [record(tea)]);
      same(before.logs, [{ conversation: tea, ranges: [{ after: 0, to: 3 }], stream: 3, chain: "c" }]);
      same(
        before.outbox.map(({ id }) => id),
        ["first", "second"],
      );
      same(before.hidden, [{ conversation: tea, seq: 2, synced: false }]);
      same(await storage.profile(user("bob")), { id: user("bob"), profile: null, fetchedAt: 5 });
      await storage.close();
      if (durable) same(await (await open()).load(), before);
    },
  },
  {
    title: "entries are read by stretch: exclusive after, inclusive to, ascending, of one conversation",
    run: async ({ open }) => {
      const storage = await open();
      await storage.write([{ put: "entries", value: [5, 1, 4, 2, 9].map((seq) => stored(seq)) }]);
      await storage.write([{ put: "entries", value: [stored(3), stored(3, coffee)] }]);
      same(seqs(await storage.entries(tea, all)), [1, 2, 3, 4, 5, 9]);
      same(seqs(await storage.entries(tea, { ...all, after: 1, to: 4 })), [2, 3, 4]);
      same(seqs(await storage.entries(tea, { ...all, limit: 2 })), [1, 2]);
      same(seqs(await storage.entries(tea, { ...all, to: 5, limit: 2, newest: true })), [4, 5]);
      same(seqs(await storage.entries(tea, { ...all, to: 900, limit: 3, newest: true })), [4, 5, 9]);
      same(seqs(await storage.entries(tea, { ...all, limit: 3, newest: true })), [4, 5, 9]);
      same(seqs(await storage.entries(coffee, { ...all, to: 2, newest: true })), []);
      same(seqs(await storage.entries(tea, { ...all, after: 4, to: 900, limit: 30, newest: true })), [5, 9]);
      same(seqs(await storage.entries(tea, { ...all, after: 5, to: 5 })), []);
      same(seqs(await storage.entries(tea, { ...all, after: 6, to: 5, newest: true })), []);
      same(seqs(await storage.entries(coffee, all)), [3]);
    },
  },
  {
    title: "an entry put again replaces the one of its seq",
    run: async ({ open }) => {
      const storage = await open();
      await storage.write([{ put: "entries", value: [stored(1), stored(2)] }]);
      await storage.write([{ put: "entries", value: [{ ...stored(1), content: null }] }]);
      same(await storage.entries(tea, all), [{ ...stored(1), content: null }, stored(2)]);
    },
  },
  {
    title: "entries are found by id and by target",
    run: async ({ open }) => {
      const storage = await open();
      const entries = [
        message(1, "ada", "a", "same"),
        message(2, "bob", "b", "same"),
        react(3, "bob", "same", "👍"),
        react(4, "cyd", "e9", "👍"),
      ];
      const value = entries.map((entry) => ({
        conversation: tea,
        entry,
        ...(entry.kind === "reaction" && !entry.deleted ? { target: entry.body.target } : {}),
      }));
      await storage.write([
        { put: "entries", value },
        { put: "entries", value: [stored(1, coffee)] },
      ]);
      same(seqs(await storage.byId(tea, entryId("same"))), [1, 2]);
      same(seqs(await storage.byId(coffee, entryId("same"))), []);
      same(seqs(await storage.targeting(tea, [entryId("e9"), entryId("same"), entryId("same")])), [3, 4]);
      same(seqs(await storage.targeting(tea, [entryId("e1")])), []);
      same(seqs(await storage.targeting(coffee, [entryId("same")])), []);
    },
  },
  {
    title: "entries are removed one by one and up to a seq, and only in their conversation",
    run: async ({ open }) => {
      const storage = await open();
      const value = [1, 2, 3, 4, 5].flatMap((seq) => [stored(seq), stored(seq, coffee)]);
      await storage.write([{ put: "entries", value }]);
      await storage.write([
        { remove: "entries", conversation: tea, to: 2 },
        { remove: "entry", conversation: tea, seq: 4 },
        { remove: "entry", conversation: tea, seq: 40 },
      ]);
      same(seqs(await storage.entries(tea, all)), [3, 5]);
      same(seqs(await storage.entries(coffee, all)), [1, 2, 3, 4, 5]);
    },
  },
  {
    title: "dropping a conversation keeps its outbox and every other conversation",
    run: async ({ open }) => {
      const storage = await open();
      for (const where of [tea, coffee]) {
        await storage.write([
          { put: "conversation", value: record(where) },
          { put: "log", value: { conversation: where, ranges: [], stream: 0, chain: null } },
          { put: "entries", value: [stored(1, where)] },
          { put: "hidden", value: { conversation: where, seq: 2, synced: true } },
        ]);
      }
      await storage.write([
        { put: "outbox", value: outboxRecord("kept", 1) },
        { remove: "conversation", conversation: tea },
      ]);
      const { conversations, logs, hidden, outbox } = await storage.load();
      same(
        [
          conversations.map(({ id }) => id),
          logs.map((log) => log.conversation),
          hidden.map((mark) => mark.conversation),
        ],
        [[coffee], [coffee], [coffee]],
      );
      same(outbox.length, 1);
      same(await storage.entries(tea, all), []);
      same(seqs(await storage.entries(coffee, all)), [1]);
    },
  },
  {
    title: "changes of one write happen in order",
    run: async ({ open }) => {
      const storage = await open();
      await storage.write([
        { put: "outbox", value: outboxRecord("gone", 1) },
        { remove: "outbox", id: entryId("gone") },
        { remove: "entries", conversation: tea, to: 9 },
        { put: "entries", value: [stored(1)] },
        { put: "session", value: session },
        { put: "session", value: null },
      ]);
      const { outbox, session: now } = await storage.load();
      same([outbox, now], [[], null]);
      same(seqs(await storage.entries(tea, all)), [1]);
    },
  },
  {
    title: "a write that cannot be done changes nothing and says so",
    run: async ({ open, durable }) => {
      if (!durable) return;
      const storage = await open();
      // A function cannot be stored: the structured clone of the second change fails.
      const broken = { ...record(tea), title: () => "no" } as unknown as ConversationRecord;
      const failure = await storage
        .write([
          { put: "sync", value: "token" },
          { put: "conversation", value: broken },
        ])
        .then(
          () => "done",
          (error: unknown) => (error as { code: string }).code,
        );
      same(failure, "storage");
      same((await storage.load()).sync, null);
    },
  },
  {
    title: "removing all leaves an empty store",
    run: async ({ open }) => {
      const storage = await open();
      await storage.write([
        { put: "session", value: session },
        { put: "sync", value: "token" },
        { put: "owner", value: user("ada") },
        { put: "conversation", value: record(tea) },
        { put: "entries", value: [stored(1)] },
        { put: "outbox", value: outboxRecord("gone", 1) },
        { put: "profile", value: { id: "u_x" as UserId, profile: null, fetchedAt: 1 } },
      ]);
      await storage.write([{ remove: "all" }]);
      same(await storage.load(), empty);
      same(await storage.entries(tea, all), []);
      same(await storage.profile("u_x" as UserId), null);
    },
  },
];

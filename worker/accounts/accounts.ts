/**
 * Queries on the accounts table. Each is one statement and one round trip.
 */
import { and, eq, isNull, lt } from "drizzle-orm";
import type { UpdateMe, User, UserId } from "../../protocol/index.ts";
import type { Database } from "./database.ts";
import { accounts, type AccountRow } from "./schema.ts";

/** An account with what only the edge may know of it. */
export interface Account {
  readonly user: User;
  readonly passwordHash: string;
  /** Its owner asked for erasure, which is not finished yet. */
  readonly erasing: boolean;
}

/** Adds an account. @returns false where the handle is taken, also by an insert at the same moment */
export async function insertAccount(db: Database, { user, passwordHash }: Omit<Account, "erasing">): Promise<boolean> {
  const inserted = await db
    .insert(accounts)
    .values({
      id: user.id,
      handle: user.handle,
      passwordHash,
      displayName: user.displayName,
      about: user.about,
      avatar: user.avatar,
      lastSeen: user.privacy.lastSeen,
      createdAt: user.createdAt,
      updatedAt: user.createdAt,
    })
    .onConflictDoNothing({ target: accounts.handle })
    .returning({ id: accounts.id });
  return inserted.length > 0;
}

/** The account that signs in with this handle; none while it is being erased. */
export async function accountByHandle(db: Database, handle: string): Promise<Account | undefined> {
  const [row] = await db
    .select()
    .from(accounts)
    .where(and(eq(accounts.handle, handle), isNull(accounts.erasingAt)));
  return row === undefined ? undefined : toAccount(row);
}

/** The account with this id, also while it is being erased. */
export async function accountById(db: Database, id: UserId): Promise<Account | undefined> {
  const [row] = await db.select().from(accounts).where(eq(accounts.id, id));
  return row === undefined ? undefined : toAccount(row);
}

/** Changes a profile. @returns the account as it now is, or undefined where there is none */
export async function updateProfile(
  db: Database,
  id: UserId,
  { displayName, about, avatar, privacy }: UpdateMe,
  now: number,
): Promise<User | undefined> {
  const [row] = await db
    .update(accounts)
    .set({ displayName, about, avatar, lastSeen: privacy?.lastSeen, updatedAt: now })
    .where(and(eq(accounts.id, id), isNull(accounts.erasingAt)))
    .returning();
  return row === undefined ? undefined : toAccount(row).user;
}

/** Replaces a password hash, unless somebody else replaced it since it was read. */
export async function replacePasswordHash(db: Database, id: UserId, before: string, after: string): Promise<void> {
  await db
    .update(accounts)
    .set({ passwordHash: after })
    .where(and(eq(accounts.id, id), eq(accounts.passwordHash, before)));
}

/** Begins an erasure: from now on nobody signs in or finds the account. */
export async function markErasing(db: Database, id: UserId, now: number): Promise<void> {
  await db
    .update(accounts)
    .set({ erasingAt: now })
    .where(and(eq(accounts.id, id), isNull(accounts.erasingAt)));
}

/** Ends an erasure: the handle is free again. */
export async function removeAccount(db: Database, id: UserId): Promise<void> {
  await db.delete(accounts).where(eq(accounts.id, id));
}

/** Accounts whose erasure began before a time and did not finish, at most `limit`. */
export async function unfinishedErasures(db: Database, before: number, limit: number): Promise<UserId[]> {
  const rows = await db.select({ id: accounts.id }).from(accounts).where(lt(accounts.erasingAt, before)).limit(limit);
  return rows.map(({ id }) => id as UserId);
}

/** Asks the cheapest question that only a migrated database answers. */
export async function probe(db: Database): Promise<void> {
  await db.select({ id: accounts.id }).from(accounts).limit(1);
}

function toAccount(row: AccountRow): Account {
  return {
    user: {
      id: row.id as UserId,
      handle: row.handle,
      displayName: row.displayName,
      about: row.about,
      avatar: row.avatar,
      privacy: { lastSeen: row.lastSeen },
      createdAt: row.createdAt,
    },
    passwordHash: row.passwordHash,
    erasing: row.erasingAt !== null,
  };
}

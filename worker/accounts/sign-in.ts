/**
 * Registration, sign-in and the proof of a password: where the accounts database, scrypt and their limits meet.
 */
import { base64url, MeridianError, type DeviceInfo, type User, type UserId } from "../../protocol/index.ts";
import type { SessionGrant } from "../../durable-objects/rpc/user.ts";
import type { Bindings } from "../edge.ts";
import { limitFailures } from "../limits.ts";
import { log, traceOf } from "../log.ts";
import { userObject } from "../objects.ts";
import { accountByHandle, insertAccount, replacePasswordHash, type Account } from "./accounts.ts";
import { withAccounts } from "./database.ts";
import { Gate } from "./gate.ts";
import { costFrom, hashPassword, verifyPassword, type Cost } from "./password.ts";

/** Requests of one isolate that may be at work on a password, waiting for the database included. */
const gate = new Gate(32, Date.now);

/** What a new account starts with. */
export interface NewAccount {
  readonly handle: string;
  readonly password: string;
  readonly displayName: string;
  readonly device: DeviceInfo;
}

/**
 * Makes an account and its first device. A crash between the two leaves an account that signing in completes.
 *
 * @param near where the user's object is made
 * @throws MeridianError `handle_taken`, `accounts_unavailable`, `unavailable`
 */
export async function register(
  env: Bindings,
  { handle, password, displayName, device }: NewAccount,
  near: DurableObjectLocationHint | undefined,
  now: number,
): Promise<SessionGrant> {
  const user: User = {
    id: `u_${base64url(crypto.getRandomValues(new Uint8Array(16)))}` as UserId,
    handle,
    displayName,
    about: "",
    avatar: null,
    privacy: { lastSeen: "everyone" },
    createdAt: now,
  };
  const inserted = await gate.pass(async () => {
    // Asked first, so that neither a taken handle nor an unreachable database costs a hash; the insert decides.
    if ((await withAccounts(env, (db) => accountByHandle(db, handle))) !== undefined) return false;
    const passwordHash = await hashPassword(password, costFrom(env.PASSWORD_COST));
    return withAccounts(env, (db) => insertAccount(db, { user, passwordHash }));
  });
  if (!inserted) throw new MeridianError("handle_taken", `The handle ${handle} is taken.`);
  return userObject(env, user.id, near).signIn(user, device);
}

/**
 * Proves handle and password and adds a device.
 * @throws MeridianError `invalid_credentials`, `rate_limited`, `accounts_unavailable`, `unavailable`
 */
export async function signIn(
  env: Bindings,
  handle: string,
  password: string,
  device: DeviceInfo,
): Promise<SessionGrant> {
  let user: User | undefined;
  await limitFailures(env, handle, async () => {
    user = await prove(env, handle, password);
    return user !== undefined;
  });
  if (user === undefined) throw new MeridianError("invalid_credentials", "Handle or password is wrong.");
  return userObject(env, user.id).signIn(user, device);
}

/** [A4] takes the same way, and so the same time, whether or not there is such an account. */
async function prove(env: Bindings, handle: string, password: string): Promise<User | undefined> {
  const cost = costFrom(env.PASSWORD_COST);
  return gate.pass(async () => {
    const account = await withAccounts(env, (db) => accountByHandle(db, handle));
    const { matches, stale } = await verifyPassword(password, account?.passwordHash, cost);
    if (account === undefined || !matches) return undefined;
    if (stale) await renewHash(env, account, password, cost);
    return account.user;
  });
}

/** Best effort: the password is proven, and the next sign-in tries again. */
async function renewHash(env: Bindings, { user, passwordHash }: Account, password: string, cost: Cost): Promise<void> {
  try {
    const renewed = await hashPassword(password, cost);
    await withAccounts(env, (db) => replacePasswordHash(db, user.id, passwordHash, renewed));
  } catch (error) {
    log("warn", "hash_not_renewed", { user: user.id, ...traceOf(error) });
  }
}

/**
 * Proves the password of an account that is known already.
 * @throws MeridianError `forbidden` for a wrong one, `rate_limited`, `unavailable`
 */
export async function provePassword(env: Bindings, account: Account, password: string): Promise<void> {
  const right = await limitFailures(env, account.user.handle, async () => {
    const { matches } = await gate.pass(() =>
      verifyPassword(password, account.passwordHash, costFrom(env.PASSWORD_COST)),
    );
    return matches;
  });
  if (!right) throw new MeridianError("forbidden", "The password is wrong.");
}

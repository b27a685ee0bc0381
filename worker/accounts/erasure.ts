/**
 * Erasure of accounts, in an order that a crash can stop anywhere: the row is marked, so that nobody signs in or finds
 * the account; the User object forgets everything; the row goes. What did not finish is taken up by the schedule.
 */
import { codeOf, type UserId } from "../../protocol/index.ts";
import type { Bindings } from "../edge.ts";
import { log, traceOf } from "../log.ts";
import { userObject } from "../objects.ts";
import { markErasing, removeAccount, unfinishedErasures } from "./accounts.ts";
import { withAccounts } from "./database.ts";

const UNFINISHED_AFTER_MS = 60_000;
const MAX_PER_SWEEP = 100;

/** Erases an account whose owner was proven to ask for it. */
export async function eraseAccount(env: Bindings, id: UserId, now: number): Promise<void> {
  await withAccounts(env, (db) => markErasing(db, id, now));
  await finish(env, id);
}

/** Takes up erasures that did not finish; one that fails again waits for the next sweep. */
export async function sweepErasures(env: Bindings, now: number): Promise<void> {
  const ids = await withAccounts(env, (db) => unfinishedErasures(db, now - UNFINISHED_AFTER_MS, MAX_PER_SWEEP));
  for (const id of ids) {
    try {
      await finish(env, id);
      log("info", "erasure_finished", { user: id });
    } catch (error) {
      log("warn", "erasure_failed", { user: id, ...traceOf(error) });
    }
  }
}

async function finish(env: Bindings, id: UserId): Promise<void> {
  try {
    await userObject(env, id).erase();
  } catch (error) {
    // The object has already forgotten that there was such a user, or goes on forgetting by itself.
    if (codeOf(error) !== "device_revoked") throw error;
  }
  await withAccounts(env, (db) => removeAccount(db, id));
}

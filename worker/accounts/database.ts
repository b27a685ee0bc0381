import { createClient } from "@libsql/client/web";
import type { LibSQLDatabase } from "drizzle-orm/libsql";
import { drizzle } from "drizzle-orm/libsql/web";
import type { Bindings } from "../edge.ts";
import { log, traceOf } from "../log.ts";
import { Breaker, BREAKER } from "./breaker.ts";
import { isOutage } from "./outage.ts";
import * as schema from "./schema.ts";

export type Database = LibSQLDatabase<typeof schema>;

/** One per isolate: what one request learns of the database spares the others the wait. */
const breaker = new Breaker(BREAKER, isOutage, (error) => log("warn", "accounts_failed", traceOf(causeOf(error))));

/**
 * Runs queries on the accounts database, behind the circuit breaker.
 *
 * @param work queries and nothing else: what it throws is taken for an outage, unless it is a refused statement
 * @throws MeridianError `accounts_unavailable`
 * @example
 * const account = await withAccounts(c.env, (db) => accountByHandle(db, "ada"));
 */
export function withAccounts<T>(env: Bindings, work: (db: Database) => Promise<T>): Promise<T> {
  return breaker.run((signal) => work(connect(env, signal)));
}

/**
 * A client per request: a shared one queues its requests, and one that waits in that queue is resumed by another
 * request's answer, which the runtime takes for a hang. The connections beneath are pooled by the runtime.
 */
function connect(env: Bindings, signal: AbortSignal): Database {
  const client = createClient({
    url: env.ACCOUNTS_URL,
    ...(env.ACCOUNTS_TOKEN ? { authToken: env.ACCOUNTS_TOKEN } : {}),
    fetch: (request: Request) => fetch(request, { signal }),
  });
  return drizzle(client, { schema });
}

/** What the driver said, beneath the query builder's wrapping, which quotes the query's parameters. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? error.cause : error;
}

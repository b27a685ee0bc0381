/**
 * Brings an accounts database up to date with migrations/accounts.
 *
 * @example ACCOUNTS_URL=libsql://... ACCOUNTS_TOKEN=... npm run migrate
 */
import { join } from "node:path";
import { createClient } from "@libsql/client/web";
import { drizzle } from "drizzle-orm/libsql/web";
import { migrate } from "drizzle-orm/libsql/migrator";
import { root } from "./options.ts";
import { Refusal, runMain } from "./refusal.ts";

/** Applies the migrations that the database has not seen. Running it again changes nothing. */
export async function migrateAccounts(url: string, token: string): Promise<void> {
  const client = createClient(token === "" ? { url } : { url, authToken: token });
  try {
    await migrate(drizzle(client), { migrationsFolder: join(root, "migrations/accounts") });
  } finally {
    client.close();
  }
}

if (import.meta.main) {
  await runMain(async () => {
    const url = process.env["ACCOUNTS_URL"];
    if (!url) throw new Refusal("Set ACCOUNTS_URL, and ACCOUNTS_TOKEN where it wants one.");
    await migrateAccounts(url, process.env["ACCOUNTS_TOKEN"] ?? "");
    console.log("The accounts database is up to date.");
  });
}

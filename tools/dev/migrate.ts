/**
 * Brings an accounts database up to date with migrations/accounts.
 *
 * @example ACCOUNTS_URL=libsql://... ACCOUNTS_TOKEN=... npm run migrate
 */
import { join } from "node:path";
import { root } from "./options.ts";
import { Refusal, runMain } from "./refusal.ts";

/** Applies the migrations that the database has not seen. Running it again changes nothing. */
export async function migrateAccounts(url: string, token: string): Promise<void> {
  // Loaded when needed: a command that refuses to start answers at once.
  const [{ createClient }, { drizzle }, { migrate }] = await Promise.all([
    import("@libsql/client/web"),
    import("drizzle-orm/libsql/web"),
    import("drizzle-orm/libsql/migrator"),
  ]);
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

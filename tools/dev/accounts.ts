/** `npm run accounts`: the accounts database alone, for a plain `npx wrangler dev` beside it. */
import { join } from "node:path";
import { startAccountsServer } from "./accounts-server.ts";
import { findLaunchers, onLauncherGone } from "./launchers.ts";
import { MARK, takeLock } from "./lock.ts";
import { migrateAccounts } from "./migrate.ts";
import { root } from "./options.ts";
import { claimPort } from "./ports.ts";
import { exit, runMain } from "./refusal.ts";
import { openState } from "./state.ts";

/** Where wrangler.toml expects it. */
const PORT = 8788;

await runMain(async () => {
  const state = openState(join(root, ".wrangler/accounts"));
  const launchers = findLaunchers(process.env);
  const lock = await takeLock(state, launchers, `http://127.0.0.1:${PORT}`);
  process.env[MARK] = state.mark;
  const port = await claimPort(PORT, "127.0.0.1");
  const server = await startAccountsServer({
    folder: state.accounts,
    port,
    logFile: join(state.logs, "sqld.log"),
    env: process.env,
    onCrash: (line) => console.error(line),
  });
  await migrateAccounts(server.url, "");
  console.log(`The accounts database is ready at ${server.url}`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
    onLauncherGone(launchers, resolve);
  });
  await server.stop();
  lock.release();
  await exit(0);
});

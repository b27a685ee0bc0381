import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startAccountsServer, type AccountsServer } from "../../../tools/dev/accounts-server.ts";
import { migrateAccounts } from "../../../tools/dev/migrate.ts";
import { freePort } from "../../../tools/dev/ports.ts";
import { signal } from "../../../tools/dev/processes.ts";

/** An accounts database that a test stops and starts at will, always at the same address. */
export interface Accounts {
  readonly url: string;
  start(): Promise<void>;
  /** Ends it in good order: the port refuses connections from then on. */
  stop(): Promise<void>;
  /** Signals the running process: to kill it, or to freeze it and let it go on. */
  signal(name: NodeJS.Signals): void;
}

/** Makes an accounts database below `folder`, migrated and running. */
export async function startAccounts(folder: string): Promise<Accounts> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  let server: AccountsServer | undefined;
  const accounts: Accounts = {
    url: `http://127.0.0.1:${port}`,
    async start() {
      server ??= await startAccountsServer({
        folder: join(folder, "sqld"),
        port,
        logFile: join(folder, "sqld.log"),
        env: process.env,
      });
    },
    async stop() {
      await server?.stop();
      server = undefined;
    },
    signal(name) {
      if (server?.pid !== undefined) signal(server.pid, name);
    },
  };
  await accounts.start();
  await migrateAccounts(accounts.url, "");
  return accounts;
}

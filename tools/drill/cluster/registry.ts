/**
 * How an edge finds the objects' process: by a file in a folder, in the form in which the local runtimes tell of themselves.
 * The objects' own file names its port; each edge gets a copy that names the link in between, so that the way to the objects
 * has a latency and can be cut.
 */
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The Worker with the objects, by which the edges' bindings name it. */
export const OBJECTS = "meridian";
/** A file that nobody touched for 90 s counts as left behind. */
const REFRESH_MS = 20_000;

export class Registry {
  readonly #folder: string;
  readonly #edges = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #entry: Readonly<Record<string, unknown>> | undefined;
  #generation = randomUUID();

  constructor(folder: string) {
    this.#folder = folder;
    this.#timer = setInterval(() => this.#publish(), REFRESH_MS).unref();
  }

  folderOf(name: string): string {
    const folder = join(this.#folder, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Forgets what a killed process left: it would keep its successor from telling of itself. */
  forgetObjects(): void {
    rmSync(join(this.folderOf("objects"), OBJECTS), { force: true });
  }

  /** @returns the port of the objects' process, or undefined while it has not told of itself */
  objectsPort(): number | undefined {
    const file = join(this.folderOf("objects"), OBJECTS);
    if (!existsSync(file)) return undefined;
    try {
      this.#entry = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    } catch {
      // It is being written.
      return undefined;
    }
    return Number(String(this.#entry["debugPortAddress"]).split(":")[1]);
  }

  /** @param port of the link from that edge to the objects */
  addEdge(name: string, port: number): void {
    this.#edges.set(name, port);
  }

  /** Tells the edges to connect anew: a connection to the objects that broke does not mend itself. */
  renew(): void {
    this.#generation = randomUUID();
    this.#publish();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #publish(): void {
    if (this.#entry === undefined) return;
    for (const [name, port] of this.#edges) {
      const file = join(this.folderOf(name), OBJECTS);
      const entry = { ...this.#entry, debugPortAddress: `127.0.0.1:${port}`, instanceId: this.#generation };
      // A reader must never find half of it, and must not take the unfinished one for a Worker.
      const fresh = join(this.#folder, `${name}.new`);
      writeFileSync(fresh, JSON.stringify(entry));
      renameSync(fresh, file);
    }
  }
}

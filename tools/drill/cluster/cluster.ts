/**
 * The service spread over regions on one machine: an edge per region, the objects in a process of their own, the accounts
 * database with its replicas, and a network with latency between all of them.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../dev/ports.ts";
import { untilReady } from "../../dev/ready.ts";
import { makeSecrets, type Secrets } from "../../dev/secrets.ts";
import { bundleWorker, type WorkerBundle } from "../../dev/worker-bundle.ts";
import { Link } from "../net/wan.ts";
import { Child } from "./child.ts";
import { Databases } from "./databases.ts";
import { distance, HOME, REGIONS, type Region } from "./geography.ts";
import type { RegionSpec } from "./region.ts";
import { OBJECTS, Registry } from "./registry.ts";

const START_MS = 60_000;
const script = join(import.meta.dirname, "region.ts");

/** Limits out of the way and a password hash that costs next to nothing: neither is what a drill is about. */
const VARS: Readonly<Record<string, string>> = {
  VERSION: "drill",
  SEND_RATE_PER_USER: "1000000",
  SEND_BURST_PER_USER: "1000000",
  SEND_RATE_PER_CONVERSATION: "1000000",
  SEND_BURST_PER_CONVERSATION: "1000000",
  REGISTER_RATE: "1000000",
  SIGN_IN_RATE: "1000000",
  PASSWORD_COST: "1024,8,1",
};

interface Edge {
  readonly port: number;
  readonly toObjects: Link;
  child: Child | undefined;
}

export class Cluster {
  readonly databases: Databases;
  readonly #folder: string;
  readonly #scale: number;
  readonly #secrets: Secrets = makeSecrets();
  readonly #bundle: WorkerBundle;
  readonly #registry: Registry;
  readonly #edges = new Map<Region, Edge>();
  #objects: Child | undefined;

  private constructor(folder: string, scale: number, bundle: WorkerBundle, databases: Databases) {
    this.#folder = folder;
    this.#scale = scale;
    this.#bundle = bundle;
    this.databases = databases;
    this.#registry = new Registry(join(folder, "registry"));
  }

  /**
   * Starts all of it.
   *
   * @param folder for everything that it keeps
   * @param scale multiplies every latency; 1 is the real world
   */
  static async start(folder: string, scale: number): Promise<Cluster> {
    mkdirSync(join(folder, "tmp"), { recursive: true });
    const [bundle, databases] = await Promise.all([bundleWorker(), Databases.start(folder, scale)]);
    const cluster = new Cluster(folder, scale, bundle, databases);
    try {
      await cluster.restartObjects();
      for (const region of REGIONS) await cluster.#addEdge(region);
      await Promise.all(REGIONS.map((region) => cluster.restartEdge(region)));
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** Opens a link from somewhere in `from` to the edge of `to`, for clients to connect through. */
  linkTo(from: Region, to: Region): Link {
    return new Link({ target: this.#edge(to).port, delayMs: distance(from, to) * this.#scale });
  }

  /** The edge itself, without any network in between. */
  url(region: Region): string {
    return `http://127.0.0.1:${this.#edge(region).port}`;
  }

  async killEdge(region: Region): Promise<void> {
    await this.#edge(region).child?.kill("SIGKILL");
  }

  /** @param skewMs how wrong its clock is */
  async restartEdge(region: Region, skewMs = 0): Promise<void> {
    const edge = this.#edge(region);
    await edge.child?.kill("SIGTERM");
    const name = `edge-${region}`;
    const { queueConsumers: _, assets: __, ...worker } = this.#bundle.options;
    const durableObjects = Object.fromEntries(
      Object.entries(worker["durableObjects"] as Record<string, object>).map(([binding, object]) => [
        binding,
        { ...object, scriptName: OBJECTS },
      ]),
    );
    edge.child = this.#spawn(name, {
      name,
      port: edge.port,
      worker: { ...worker, durableObjects, unsafeRegisterWorker: false },
      bindings: this.#bindings(region),
      registry: this.#registry.folderOf(name),
      skewMs,
    });
    await this.#ready(edge.child, this.url(region));
  }

  async killObjects(): Promise<void> {
    await this.#objects?.kill("SIGKILL");
  }

  /** SIGSTOP and SIGCONT. */
  signalObjects(name: NodeJS.Signals): void {
    this.#objects?.signal(name);
  }

  /** Starts the objects' process on the storage that it had. */
  async restartObjects(): Promise<void> {
    await this.#objects?.kill("SIGTERM");
    this.#registry.forgetObjects();
    const { assets: _, ...worker } = this.#bundle.options;
    this.#objects = this.#spawn("objects", {
      name: OBJECTS,
      port: await freePort(),
      worker,
      bindings: this.#bindings(HOME),
      registry: this.#registry.folderOf("objects"),
      skewMs: 0,
    });
    const port = await this.#objects.until(() => this.#registry.objectsPort(), START_MS);
    for (const { toObjects } of this.#edges.values()) toObjects.retarget(port);
    this.#registry.renew();
  }

  /** Cuts the way between an edge and the objects. */
  cutFromObjects(region: Region): void {
    this.#edge(region).toObjects.cut();
  }

  mendToObjects(region: Region): void {
    this.#edge(region).toObjects.mend();
    this.#registry.renew();
  }

  /** Brings back what is dead, frozen or cut off. */
  async heal(): Promise<void> {
    this.signalObjects("SIGCONT");
    await Promise.all(REGIONS.map((region) => this.databases.heal(region)));
    if (this.#objects?.alive !== true) await this.restartObjects();
    for (const [region, { child, toObjects }] of this.#edges) {
      toObjects.mend();
      if (child?.alive !== true) await this.restartEdge(region);
    }
    this.#registry.renew();
  }

  async stop(): Promise<void> {
    this.#registry.close();
    await Promise.all([
      this.#objects?.kill("SIGKILL"),
      ...[...this.#edges.values()].map(({ child }) => child?.kill("SIGKILL")),
    ]);
    await Promise.all([...this.#edges.values()].map(({ toObjects }) => toObjects.close()));
    await this.databases.stop();
  }

  async #addEdge(region: Region): Promise<void> {
    const target = this.#registry.objectsPort();
    if (target === undefined) throw new Error("The objects' process has no port.");
    const toObjects = new Link({ target, delayMs: distance(region, HOME) * this.#scale });
    this.#edges.set(region, { port: await freePort(), toObjects, child: undefined });
    this.#registry.addEdge(`edge-${region}`, await toObjects.listen());
    this.#registry.renew();
  }

  #edge(region: Region): Edge {
    const edge = this.#edges.get(region);
    if (edge === undefined) throw new Error(`There is no edge in ${region}.`);
    return edge;
  }

  #bindings(region: Region): Record<string, string> {
    const url = this.databases.url(region);
    return { ...this.#bundle.options.bindings, ...VARS, ...this.#secrets, REGION: region, ACCOUNTS_URL: url };
  }

  #spawn(name: string, spec: Omit<RegionSpec, "main" | "folder">): Child {
    const folder = join(this.#folder, name);
    const tmp = join(this.#folder, "tmp", name);
    mkdirSync(tmp, { recursive: true });
    return new Child({
      command: process.execPath,
      args: [script],
      // The secrets go by stdin: an environment can be read by more than the process.
      env: {
        PATH: process.env["PATH"],
        HOME: process.env["HOME"],
        TMPDIR: tmp,
        NODE_COMPILE_CACHE: join(this.#folder, "tmp/compiled"),
      },
      logFile: join(this.#folder, `${name}.log`),
      input: `${JSON.stringify({ ...spec, main: this.#bundle.main, folder } satisfies RegionSpec)}\n`,
    });
  }

  async #ready(child: Child, url: string): Promise<void> {
    await child.until(() => (child.out.includes("ready\n") ? true : undefined), START_MS);
    const wrong = await untilReady(url, START_MS, () => !child.alive);
    if (wrong !== undefined) throw new Error(`The edge at ${url} is not ready: ${wrong}`);
  }
}

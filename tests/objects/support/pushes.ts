/** The User object's side of pushes, with the queue's place taken by the test: it takes jobs and says how they went. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { PushJob, PushOrder, PushOutcome } from "../../../durable-objects/rpc/push.ts";
import type { PushTarget } from "../../../protocol/index.ts";
import type { Person, TestDevice } from "./people.ts";

/** A row of the table that says what waits. */
export interface StoredPush {
  readonly conversation: string;
  readonly pushed: number;
  readonly due: number | null;
  readonly ticket: string | null;
}

export function target(name: string, preview = false): PushTarget {
  return { kind: "fcm", token: name, ...(preview ? { preview } : {}) };
}

/** Replaces the queue of one user and moves its time. */
export class PushDesk {
  readonly owner: Person;
  /** What was queued, oldest first. */
  readonly jobs: PushJob[] = [];
  /** Whether the queue takes anything. */
  working = true;

  private constructor(owner: Person) {
    this.owner = owner;
  }

  static async of(owner: Person): Promise<PushDesk> {
    const desk = new PushDesk(owner);
    await desk.restart();
    return desk;
  }

  get #stub() {
    return env.USER.getByName(this.owner.id);
  }

  register(device: TestDevice, to: PushTarget | null = target(device.id)): Promise<void> {
    return this.owner.object.push("set", { device: device.id, target: to });
  }

  /** The object loses its memory, as when its machine dies. */
  async restart(): Promise<void> {
    await runInDurableObject(this.#stub, (instance) => {
      const held = instance as unknown as { env: object; forgetMemory(): void };
      const queue = {
        sendBatch: async (messages: readonly { readonly body: PushJob }[]) => {
          if (!this.working) throw new Error("the queue is down");
          this.jobs.push(...messages.map(({ body }) => body));
        },
      };
      Object.defineProperty(held, "env", { value: { ...held.env, PUSH: queue }, configurable: true });
      held.forgetMemory();
    });
  }

  /** Lets what waits be due, and runs it. @returns what was queued by that */
  async due(): Promise<PushJob[]> {
    const before = this.jobs.length;
    await this.sql("UPDATE pushes SET due = 0 WHERE due IS NOT NULL");
    await runInDurableObject(this.#stub, (_instance, { storage }) => storage.setAlarm(Date.now()));
    await runDurableObjectAlarm(this.#stub);
    return this.jobs.slice(before);
  }

  take(job: PushJob | undefined): Promise<PushOrder | null> {
    if (job === undefined) throw new Error("nothing was queued");
    return this.owner.object.push("take", job);
  }

  settle(job: PushJob | undefined, outcome: PushOutcome = { kind: "sent" }): Promise<void> {
    if (job === undefined) throw new Error("nothing was queued");
    return this.owner.object.push("settle", { job, outcome });
  }

  /** Runs what is due and sends it. @returns what was sent */
  async send(): Promise<PushOrder[]> {
    const sent: PushOrder[] = [];
    for (const job of await this.due()) {
      const order = await this.take(job);
      if (order === null) continue;
      sent.push(order);
      await this.settle(job);
    }
    return sent;
  }

  rows(): Promise<StoredPush[]> {
    return runInDurableObject(this.#stub, (_instance, { storage }) =>
      storage.sql.exec<Record<string, SqlStorageValue>>("SELECT * FROM pushes").toArray(),
    ) as unknown as Promise<StoredPush[]>;
  }

  async sql(statement: string): Promise<void> {
    await runInDurableObject(this.#stub, (_instance, { storage }) => void storage.sql.exec(statement));
  }
}

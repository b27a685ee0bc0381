import { DurableObject } from "cloudflare:workers";
import { giveBack, take, type Allowance, type Bucket } from "./bucket.ts";
import type { LimiterRpc } from "./rpc.ts";

const KEY = "bucket";
/** A bucket that nobody touched for this long is full again, whatever its allowance. */
const FULL_AFTER_MS = 60_000;

/**
 * Counts registrations of one address, or failed sign-ins of one handle [A4]. The count is stored: an idle object is
 * evicted within seconds, which would hand out a full bucket to whoever waits that long. A minute after the last
 * change nothing is left of it.
 */
export class Limiter extends DurableObject<Env> implements LimiterRpc {
  async take(allowance: Allowance): Promise<number> {
    const { bucket, waitMs } = take(this.#read(), allowance, Date.now());
    await this.#write(bucket);
    return waitMs;
  }

  async giveBack(allowance: Allowance): Promise<void> {
    await this.#write(giveBack(this.#read(), allowance, Date.now()));
  }

  override async alarm(): Promise<void> {
    const bucket = this.#read();
    const full = (bucket?.at ?? 0) + FULL_AFTER_MS;
    if (full > Date.now()) await this.ctx.storage.setAlarm(full);
    else await this.ctx.storage.deleteAll();
  }

  #read(): Bucket | undefined {
    return this.ctx.storage.kv.get<Bucket>(KEY);
  }

  async #write(bucket: Bucket): Promise<void> {
    this.ctx.storage.kv.put(KEY, bucket);
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + FULL_AFTER_MS);
  }
}

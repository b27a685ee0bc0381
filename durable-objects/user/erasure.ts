/**
 * The end of an account: every conversation is left, then the object forgets everything. Marked first and taken up again
 * by the alarm, so that a crash in the middle leaves nothing half done.
 */
import type { ConversationId, UserId } from "../../protocol/index.ts";
import type { Core } from "./core.ts";

const PARALLEL = 16;
const RETRY_MS = 2_000;

export interface ErasurePorts {
  readonly core: Core;
}

export class Erasure {
  readonly #ports: ErasurePorts;

  constructor(ports: ErasurePorts) {
    this.#ports = ports;
  }

  /** From now on the account is gone for everybody. */
  begin(): void {
    const { core } = this.#ports;
    core.beginErasing();
    core.wakeAt(core.clock() + RETRY_MS);
  }

  /** Leaves some conversations. @returns whether all are left, so that the storage may go */
  async step(): Promise<boolean> {
    const { core } = this.#ports;
    const user = core.meta("erasing");
    if (user === undefined) return false;
    for (;;) {
      const ids = core.sql
        .exec<{ conversation: string }>("SELECT conversation FROM inbox LIMIT ?", PARALLEL)
        .toArray()
        .map(({ conversation: id }) => id as ConversationId);
      if (ids.length === 0) return true;
      const left = await Promise.allSettled(
        ids.map(async (id) => {
          await core.ask(id, (stub) => stub.forget(user as UserId));
          core.sql.exec("DELETE FROM inbox WHERE conversation = ?", id);
        }),
      );
      if (left.some(({ status }) => status === "rejected")) {
        core.wakeAt(core.clock() + RETRY_MS);
        return false;
      }
    }
  }
}

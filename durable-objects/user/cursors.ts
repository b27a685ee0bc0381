/**
 * Up to where each device acknowledged each conversation, as far as it is written down. Positions of open sockets are in
 * their attachments; they come here when the socket closes, and when an attachment is full.
 */
import type { ConversationId, DeviceId } from "../../protocol/index.ts";
import type { Sql } from "../shared/sql.ts";
import type { CursorSink } from "./connection.ts";

const COVERED = 4_096;
/** Of more than this many all are read at once, in one statement instead of one each. */
const AT_ONCE = 32;

export class Cursors implements CursorSink {
  readonly #sql: Sql;
  /** Conversations for which every device is known to have a cursor. */
  readonly #covered = new Set<ConversationId>();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  get(device: DeviceId, conversation: ConversationId): number | undefined {
    return this.#sql
      .exec<{ acked: number }>("SELECT acked FROM cursors WHERE conversation = ? AND device = ?", conversation, device)
      .toArray()[0]?.acked;
  }

  /** One row each, where the position is new. */
  save(device: DeviceId, cursors: readonly (readonly [ConversationId, number])[]): void {
    const written = cursors.length > AT_ONCE ? this.#all(device) : undefined;
    for (const [conversation, acked] of cursors) {
      const before = written === undefined ? this.get(device, conversation) : written.get(conversation);
      if (before === acked) continue;
      this.#sql.exec(
        "INSERT INTO cursors (conversation, device, acked) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET acked = excluded.acked",
        conversation,
        device,
        acked,
      );
    }
  }

  #all(device: DeviceId): Map<ConversationId, number> {
    const rows = this.#sql.exec<{ conversation: ConversationId; acked: number }>(
      "SELECT conversation, acked FROM cursors WHERE device = ?",
      device,
    );
    return new Map([...rows].map(({ conversation, acked }) => [conversation, acked]));
  }

  /**
   * Devices that never heard of a conversation start where the first delivery after their sign-in starts [D2]: so a
   * device that has not connected yet misses nothing.
   */
  cover(devices: () => readonly DeviceId[], conversation: ConversationId, after: number): void {
    if (this.#covered.has(conversation)) return;
    for (const device of devices()) {
      if (this.get(device, conversation) === undefined) this.save(device, [[conversation, after]]);
    }
    if (this.#covered.size >= COVERED) this.#covered.clear();
    this.#covered.add(conversation);
  }

  /** A device was added: nothing is known to be covered any more. */
  uncover(): void {
    this.#covered.clear();
  }
}

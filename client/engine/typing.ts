/**
 * Who is typing, both ways: what others do ends by itself after 6 s, what this user does is said at most every 3 s.
 */
import type { ConversationId, UserId } from "../../protocol/ids.ts";
import { TYPING_TTL_MS } from "../../protocol/limits.ts";
import type { Clock } from "../clock.ts";
import type { OutFrame } from "../connection/frames.ts";

/** Said again so often while it goes on: twice within the life of the notice. */
const REPEAT_MS = TYPING_TTL_MS / 2;
/** Without a key pressed for so long, nobody types. */
const IDLE_MS = 5_000;

export interface TypingPorts {
  readonly clock: Clock;
  send(frame: OutFrame): boolean;
  changed(conversation: ConversationId, users: readonly UserId[]): void;
}

interface Own {
  readonly saidAt: number;
  readonly cancel: () => void;
}

export class Typing {
  readonly #ports: TypingPorts;
  readonly #others = new Map<ConversationId, Map<UserId, () => void>>();
  readonly #own = new Map<ConversationId, Own>();

  constructor(ports: TypingPorts) {
    this.#ports = ports;
  }

  all(): { conversation: ConversationId; users: readonly UserId[] }[] {
    return [...this.#others].map(([conversation, users]) => ({ conversation, users: [...users.keys()] }));
  }

  /** News of somebody else; a message of theirs ends it too. */
  onNotice(conversation: ConversationId, user: UserId, active: boolean): void {
    const users = this.#others.get(conversation) ?? new Map<UserId, () => void>();
    const known = users.get(user);
    known?.();
    if (active) {
      this.#others.set(conversation, users);
      users.set(
        user,
        this.#ports.clock.after(TYPING_TTL_MS, () => this.onNotice(conversation, user, false)),
      );
      if (known === undefined) this.#ports.changed(conversation, [...users.keys()]);
      return;
    }
    if (!users.delete(user)) return;
    if (users.size === 0) this.#others.delete(conversation);
    this.#ports.changed(conversation, [...users.keys()]);
  }

  /** This user pressed a key, or stopped. */
  set(conversation: ConversationId, active: boolean): void {
    const own = this.#own.get(conversation);
    own?.cancel();
    if (!active) {
      this.#own.delete(conversation);
      if (own !== undefined) this.#ports.send({ type: "typing", conversation, active: false });
      return;
    }
    const now = this.#ports.clock.now();
    const due = own === undefined || now - own.saidAt >= REPEAT_MS;
    if (due) this.#ports.send({ type: "typing", conversation, active: true });
    const cancel = this.#ports.clock.after(IDLE_MS, () => this.set(conversation, false));
    this.#own.set(conversation, { saidAt: due ? now : own.saidAt, cancel });
  }

  /** A message went out: that says enough. */
  sent(conversation: ConversationId): void {
    this.#own.get(conversation)?.cancel();
    this.#own.delete(conversation);
  }

  /** The link is gone: nobody is known to type. */
  down(): void {
    for (const { cancel } of this.#own.values()) cancel();
    this.#own.clear();
    for (const [conversation, users] of this.#others) {
      for (const cancel of users.values()) cancel();
      this.#ports.changed(conversation, []);
    }
    this.#others.clear();
  }
}

/**
 * The figures of a run, gathered beside the rules.
 */
import type { EventOf, HistoryEvent } from "./events.ts";
import type { Findings, Harm, RuleName } from "./findings.ts";
import { Histogram, type Percentiles } from "./histogram.ts";
import { Keyed } from "./keyed.ts";
import type { Ledger } from "./ledger.ts";
import type { World } from "./world.ts";

export interface Figures extends Readonly<Record<Harm, number>> {
  readonly events: number;
  readonly users: number;
  readonly devices: number;
  readonly conversations: number;
  /** Entries in the final logs. */
  readonly entries: number;
  /** Distinct ids that were sent, and those that were acknowledged. */
  readonly sent: number;
  readonly acknowledged: number;
  /** Answers that were marked as duplicates. */
  readonly duplicates: number;
  /** Refused attempts by error code. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Entries that arrived in streams, repeats across sockets included. */
  readonly delivered: number;
  readonly sockets: number;
  /** Closed sockets by close code. */
  readonly closed: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly violations: Readonly<Partial<Record<RuleName, number>>>;
  /** Milliseconds from the first attempt to the first answer: retries and outages are in it. */
  readonly acknowledgement: Percentiles | null;
  /** Milliseconds from the first attempt to the first arrival at each other device, time offline included. */
  readonly delivery: Percentiles | null;
}

export class Tally {
  readonly #world: World;
  readonly #ledger: Ledger;
  readonly #acknowledgement = new Histogram();
  readonly #delivery = new Histogram();
  readonly #tops = new Keyed<{ seq: number }>(() => ({ seq: 0 }));
  readonly #rejected = new Map<string, number>();
  readonly #closed = new Map<string, number>();
  readonly #faults = new Map<string, number>();
  #events = 0;
  #duplicates = 0;
  #delivered = 0;
  #sockets = 0;

  constructor(world: World, ledger: Ledger) {
    this.#world = world;
    this.#ledger = ledger;
  }

  /** To be called before the rules, which note the first answers. */
  see(event: HistoryEvent): void {
    this.#events++;
    if (event.type === "acknowledged") this.#acknowledged(event);
    else if (event.type === "entries") this.#entries(event);
    else if (event.type === "connected") this.#sockets++;
    else if (event.type === "rejected") count(this.#rejected, event.code);
    else if (event.type === "closed") count(this.#closed, String(event.code));
    else if (event.type === "fault") count(this.#faults, event.kind);
  }

  figures(findings: Findings): Figures {
    const users = new Set<string>();
    let devices = 0;
    for (const [, user] of this.#world.devices) {
      users.add(user);
      devices++;
    }
    let conversations = 0;
    let entries = 0;
    for (const log of this.#world.logs) {
      conversations++;
      entries += Math.max(log.head - log.floor + 1, 0);
    }
    return {
      events: this.#events,
      users: users.size,
      devices,
      conversations,
      entries,
      sent: this.#ledger.sent,
      acknowledged: this.#ledger.acknowledged,
      duplicates: this.#duplicates,
      rejected: Object.fromEntries(this.#rejected),
      delivered: this.#delivered,
      sockets: this.#sockets,
      closed: Object.fromEntries(this.#closed),
      faults: Object.fromEntries(this.#faults),
      ...findings.perHarm,
      violations: Object.fromEntries(findings.perRule),
      acknowledgement: this.#acknowledgement.percentiles(),
      delivery: this.#delivery.percentiles(),
    };
  }

  #acknowledged(event: EventOf<"acknowledged">): void {
    if (event.duplicate) this.#duplicates++;
    const user = this.#world.userOf(event.device);
    const send = user === undefined ? undefined : this.#ledger.find(event.conversation, user, event.id);
    if (send !== undefined && send.first === undefined) this.#acknowledgement.add(event.t - send.t);
  }

  #entries(event: EventOf<"entries">): void {
    const { device, conversation, entries, t } = event;
    this.#delivered += entries.length;
    const top = this.#tops.of(device, conversation);
    for (const entry of entries) {
      if (entry.seq <= top.seq) continue;
      top.seq = entry.seq;
      if (entry.device === device) continue;
      const send = this.#ledger.find(conversation, entry.user, entry.id);
      if (send !== undefined) this.#delivery.add(t - send.t);
    }
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

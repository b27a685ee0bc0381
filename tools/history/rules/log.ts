/**
 * The final log by itself.
 * [S4] An id stands once for each user, and nothing stands there that nobody sent.
 * [E4] Every chain is the one that its entry and the chain before it make.
 */
import { digestOf, GENESIS_CHAIN, jcs, nextChain } from "../../../protocol/index.ts";
import type { RecordedEntry } from "../events.ts";
import type { ConversationLog } from "../log.ts";
import type { Context, Rule } from "../rule.ts";

export function logRule({ world, ledger, findings }: Context): Rule {
  function once(log: ConversationLog, entry: RecordedEntry): void {
    const first = log.seqOf(entry.user, entry.id);
    if (first === undefined || first === entry.seq) return;
    findings.add("S4", `${entry.id} stands twice, at ${first} and ${entry.seq}`, {
      lines: [log.lineOf(first), log.lineOf(entry.seq)],
      conversation: log.id,
      harm: "repeated",
    });
  }

  function wasSent(log: ConversationLog, entry: RecordedEntry): void {
    // Devices that are not part of the run may have written before it began.
    if (entry.device === null || world.userOf(entry.device) !== entry.user) return;
    if (ledger.find(log.id, entry.user, entry.id) !== undefined) return;
    findings.add("S4", `${entry.id} stands at ${entry.seq}, but ${entry.device} never sent it`, {
      lines: [log.lineOf(entry.seq)],
      conversation: log.id,
      device: entry.device,
      harm: "repeated",
    });
  }

  /** @returns the chain to go on from: the recorded one, so that one wrong chain is one finding */
  function chained(log: ConversationLog, entry: RecordedEntry, previous: string | undefined): string | undefined {
    const { seq, id, user, device, at, kind } = entry;
    const made = entry.body === undefined ? undefined : digestOf(jcs(entry.body));
    const spot = { lines: [log.lineOf(seq)], conversation: log.id };
    if (made !== undefined && entry.digest !== undefined && made !== entry.digest) {
      findings.add("E4", `the digest of ${seq} is not its body's`, spot);
    }
    const digest = made ?? entry.digest;
    if (previous !== undefined && digest !== undefined && entry.chain !== undefined) {
      // Recorded ids are plain strings; the chain is made of their text alone.
      const sender = { user, device } as Parameters<typeof nextChain>[1]["sender"];
      const chain = nextChain(previous, { seq, id, sender, at, kind, digest });
      if (chain !== entry.chain) findings.add("E4", `the chain of ${seq} does not follow from ${seq - 1}`, spot);
    }
    return entry.chain;
  }

  return {
    see() {},
    finish() {
      for (const log of world.logs) {
        let previous = log.floor === 1 ? GENESIS_CHAIN : undefined;
        let expected = log.floor;
        for (const entry of log.entries()) {
          if (entry.seq !== expected) previous = undefined;
          expected = entry.seq + 1;
          once(log, entry);
          wasSent(log, entry);
          previous = chained(log, entry, previous);
        }
      }
    },
  };
}

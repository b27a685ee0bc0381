/**
 * [S1] What was acknowledged is in the final log, at the seq and time of the answer, as it was sent.
 * [S6] What was refused at every attempt is not.
 * [E1] All answers to one id are the same; one of them at most is not marked as a duplicate.
 */
import { digestOf, jcs } from "../../../protocol/index.ts";
import type { EventOf } from "../events.ts";
import type { Send } from "../ledger.ts";
import type { Context, Rule } from "../rule.ts";

type Acknowledged = EventOf<"acknowledged">;

export function acknowledgedRule({ world, ledger, findings }: Context): Rule {
  function acknowledged(event: Acknowledged, line: number): void {
    const { conversation, device, id, seq, at } = event;
    const user = world.userOf(device);
    const log = world.log(conversation);
    if (user === undefined || log === undefined) return;
    const send = ledger.find(conversation, user, id);
    if (send === undefined) {
      findings.add("S1", `${id} was acknowledged but never sent`, { lines: [line], conversation, device });
      return;
    }
    const answer = { seq, at, line };
    const before = send.first;
    if (before === undefined) ledger.acknowledged++;
    send.first ??= answer;
    sameAnswer(event, send, before, line);
    if (!event.duplicate) send.original ??= answer;

    const standing = log.seqOf(user, id);
    if (standing === undefined) {
      if (before !== undefined || seq < log.floor) return;
      const lines = [send.line, line, log.line];
      findings.add("S1", `${id} was acknowledged as ${seq} but is not in the log`, {
        lines,
        conversation,
        device,
        harm: "lost",
      });
      return;
    }
    // A wrong answer to a retry is E1's; the first one that differs from the log is S1's.
    const truth = log.entry(standing);
    if (event.duplicate || truth === undefined || (standing === seq && truth.at === at)) return;
    findings.add("S1", `${id} was acknowledged as ${seq} at ${at} but stands at ${standing}, ${truth.at}`, {
      lines: [line, log.lineOf(standing)],
      conversation,
      device,
      harm: "reordered",
    });
  }

  function sameAnswer(event: Acknowledged, send: Send, before: Send["first"], line: number): void {
    const { conversation, device, id, seq, at } = event;
    if (!event.duplicate && send.original !== undefined) {
      const lines = [send.original.line, line];
      findings.add("E1", `${id} was appended twice by the answers`, { lines, conversation, device, harm: "repeated" });
      return;
    }
    const standing = world.log(conversation)?.seqOf(send.user, id);
    const truth = standing === undefined ? before : world.log(conversation)?.entry(standing);
    if (!event.duplicate || truth === undefined || (truth.seq === seq && truth.at === at)) return;
    findings.add("E1", `a retry of ${id} was answered ${seq} at ${at} instead of ${truth.seq} at ${truth.at}`, {
      lines: [before?.line ?? send.line, line],
      conversation,
      device,
    });
  }

  function conflicted(event: EventOf<"rejected">, line: number): void {
    const { conversation, device, id } = event;
    const user = world.userOf(device);
    const send = user === undefined ? undefined : ledger.find(conversation, user, id);
    if (event.code !== "id_conflict" || send?.consistent !== true) return;
    findings.add("E1", `${id} was refused as a conflict, but was always the same`, {
      lines: [send.line, line],
      conversation,
      device,
    });
  }

  /** The content counts too: an entry with another body is not the one that was acknowledged. */
  function sameContent(send: Send): void {
    const log = world.log(send.conversation);
    const seq = log?.seqOf(send.user, send.id);
    const entry = seq === undefined ? undefined : log?.entry(seq);
    if (entry === undefined || !send.consistent || send.first === undefined) return;
    const digest = entry.body === undefined ? entry.digest : digestOf(jcs(entry.body));
    const differs = send.digest !== undefined && digest !== undefined && send.digest !== digest;
    if (entry.kind === send.kind && !differs) return;
    findings.add("S1", `${send.id} stands in the log as something else than was sent`, {
      lines: [send.line, log?.lineOf(entry.seq) ?? 0],
      conversation: send.conversation,
      harm: "lost",
    });
  }

  function refusedButThere(send: Send): void {
    const log = world.log(send.conversation);
    const seq = log?.seqOf(send.user, send.id);
    if (log === undefined || seq === undefined || send.refused < send.attempts || send.first !== undefined) return;
    findings.add("S6", `${send.id} was refused, but stands in the log at ${seq}`, {
      lines: [send.line, log.lineOf(seq)],
      conversation: send.conversation,
    });
  }

  return {
    see(event, line) {
      if (event.type === "acknowledged") acknowledged(event, line);
      else if (event.type === "rejected") conflicted(event, line);
    },
    finish() {
      for (const send of ledger.all()) {
        sameContent(send);
        refusedButThere(send);
      }
    },
  };
}

/**
 * The history checker: decides from what many devices recorded whether the service kept its promises.
 *
 * A history is read twice: first for what is only known at its end (the final logs) or holds for all of it (devices,
 * blocks), then event by event through the rules. Memory grows with the final logs and the distinct sends, not with the
 * number of events.
 */
import { STREAM_WINDOW } from "../../protocol/index.ts";
import type { EventOf, History } from "./events.ts";
import { Tally, type Figures } from "./figures.ts";
import { Findings, type Violation } from "./findings.ts";
import { Ledger } from "./ledger.ts";
import { Places, type Context, type Rule } from "./rule.ts";
import { acknowledgedRule } from "./rules/acknowledged.ts";
import { deliveredRule } from "./rules/delivered.ts";
import { divergedRule } from "./rules/diverged.ts";
import { logRule } from "./rules/log.ts";
import { receiptsRule } from "./rules/receipts.ts";
import { recordRule } from "./rules/record.ts";
import { seenRule } from "./rules/seen.ts";
import { sendOrderRule } from "./rules/send-order.ts";
import { streamRule } from "./rules/stream.ts";
import { windowRule } from "./rules/window.ts";
import { readWorld } from "./world.ts";

const RULE_MAKERS: readonly ((context: Context) => Rule)[] = [
  recordRule,
  acknowledgedRule,
  sendOrderRule,
  logRule,
  streamRule,
  seenRule,
  windowRule,
  deliveredRule,
  receiptsRule,
  divergedRule,
];

export interface CheckOptions {
  /** [D1] entries that may be unacknowledged; the contract's window by default. */
  readonly window?: number;
  /** Violations of each rule that are kept in full; 20 by default. All are counted. */
  readonly kept?: number;
}

export interface Report {
  readonly ok: boolean;
  readonly run: EventOf<"run"> | null;
  readonly figures: Figures;
  /** The first violations of each rule. */
  readonly violations: readonly Violation[];
}

/**
 * Checks a history against the contract.
 *
 * @throws HistoryFormatError where a file has a line that is no event
 * @example
 * const report = checkHistory(new HistoryFile("history.ndjson"));
 * if (!report.ok) console.log(renderReport(report));
 */
export function checkHistory(history: History, { window = STREAM_WINDOW, kept = 20 }: CheckOptions = {}): Report {
  const findings = new Findings(kept);
  const world = readWorld(history, findings);
  const ledger = new Ledger(world);
  const context: Context = { world, ledger, places: new Places(), findings, window };
  const tally = new Tally(world, ledger);
  const rules = RULE_MAKERS.map((make) => make(context));
  for (const { line, event } of history.read()) {
    ledger.see(event, line);
    tally.see(event);
    for (const rule of rules) rule.see(event, line);
  }
  for (const rule of rules) rule.finish();
  const figures = tally.figures(findings);
  return { ok: findings.perRule.size === 0, run: world.run ?? null, figures, violations: findings.violations };
}

/**
 * A report as text for people.
 */
import type { Report } from "./check.ts";
import { RULES, RULE_NAMES } from "./findings.ts";
import type { Percentiles } from "./histogram.ts";

/** The figures, the rules that were broken, and the violations that were kept. */
export function renderReport({ ok, run, figures, violations }: Report): string {
  const out: string[] = [];
  if (run !== null) out.push(`${run.scenario}, seed ${run.seed}, version ${run.version}`);
  out.push(
    `${figures.events} events: ${figures.users} users, ${figures.devices} devices, ${figures.sockets} sockets, ` +
      `${figures.conversations} conversations`,
    `sent ${figures.sent}, acknowledged ${figures.acknowledged}, in the logs ${figures.entries}, ` +
      `delivered ${figures.delivered}, duplicates ${figures.duplicates}`,
    `lost ${figures.lost}, repeated ${figures.repeated}, reordered ${figures.reordered}`,
    `acknowledgement ${times(figures.acknowledgement)}`,
    `delivery        ${times(figures.delivery)}`,
  );
  for (const [name, counts] of [
    ["rejected", figures.rejected],
    ["closed", figures.closed],
    ["faults", figures.faults],
  ] as const) {
    const parts = Object.entries(counts).map(([what, count]) => `${what} ${count}`);
    if (parts.length > 0) out.push(`${name}: ${parts.join(", ")}`);
  }
  if (ok) return [...out, "No rule is broken.", ""].join("\n");
  out.push("", "Broken rules:");
  for (const rule of RULE_NAMES) {
    const count = figures.violations[rule];
    if (count !== undefined) out.push(`  ${rule.padEnd(6)} ${String(count).padStart(7)}  ${RULES[rule]}`);
  }
  out.push("");
  for (const { rule, message, events, conversation, device } of violations) {
    const where = [conversation, device].filter((part) => part !== null).join(", ");
    out.push(`[${rule}] ${message}${where === "" ? "" : ` (${where})`}; lines ${events.join(", ")}`);
  }
  return [...out, ""].join("\n");
}

function times(percentiles: Percentiles | null): string {
  if (percentiles === null) return "none";
  const { count, p50, p90, p99, max } = percentiles;
  return `p50 ${p50} ms, p90 ${p90} ms, p99 ${p99} ms, longest ${max} ms (${count})`;
}

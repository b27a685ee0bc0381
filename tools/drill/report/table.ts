/** The results as a table for a terminal. */
import type { Outcome } from "../run/outcome.ts";

interface Column {
  readonly head: string;
  readonly cell: (outcome: Outcome) => string;
}

/** Of the table, here and on the page; the first is the name, the second the verdict. */
export const COLUMNS: readonly Column[] = [
  { head: "scenario", cell: ({ scenario }) => scenario.name },
  { head: "verdict", cell: verdictOf },
  { head: "acked", cell: ({ report }) => String(report.figures.acknowledged) },
  { head: "lost", cell: ({ report }) => String(report.figures.lost) },
  { head: "repeated", cell: ({ report }) => String(report.figures.repeated) },
  { head: "reordered", cell: ({ report }) => String(report.figures.reordered) },
  { head: "50 % back", cell: ({ recovery }) => seconds(recovery.below50) },
  { head: "99 %", cell: ({ recovery }) => seconds(recovery.below99) },
  { head: "100 %", cell: ({ recovery }) => seconds(recovery.below100) },
  { head: "stall", cell: ({ recovery }) => seconds(recovery.stall) },
  { head: "reconn/s", cell: ({ recovery }) => String(recovery.reconnectsPerSecond) },
  { head: "queued", cell: ({ recovery }) => String(recovery.backlog) },
  { head: "drained", cell: ({ recovery }) => (recovery.drained === undefined ? "never" : seconds(recovery.drained)) },
];

/** One word for all that was judged. */
export function verdictOf({ ok }: Outcome): string {
  return ok ? "kept" : "BROKEN";
}

/** The table, and below it what was noted or is wrong. */
export function renderTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => COLUMNS.map(({ cell }) => cell(outcome)));
  const heads = COLUMNS.map(({ head }) => head);
  const widths = heads.map((head, index) => Math.max(head.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join("  ");
  const out = [line(heads), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line)];
  const said = outcomes.flatMap((outcome) => wordsOf(outcome).map((text) => `${outcome.scenario.name}: ${text}`));
  return [...out, ...(said.length > 0 ? ["", ...said] : [])].join("\n");
}

/** What was noted and what is wrong. */
export function wordsOf({ notes, problems, report }: Outcome): string[] {
  const broken = report.violations.slice(0, 5).map(({ rule, message }) => `BROKEN [${rule}] ${message}`);
  const wrong = problems.slice(0, 10).map((problem) => `BROKEN ${problem}`);
  return [...notes, ...wrong, ...broken];
}

/** Milliseconds as seconds with one decimal. */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

/** Results as text for a terminal. */
import { judge, ratioOf, slownessOf, type Judgement } from "../goals.ts";
import type { Row, Side } from "../shapes/shape.ts";

export interface Column {
  readonly head: string;
  readonly cell: (row: Row) => string;
}

/** Of the table, here and on the page; the first two are words. Where two numbers stand together the floor's is the first. */
export const COLUMNS: readonly Column[] = [
  { head: "shape", cell: ({ title }) => title },
  { head: "unit", cell: ({ unit }) => unit },
  { head: "floor", cell: ({ floor }) => String(floor.value) },
  { head: "Meridian", cell: ({ meridian }) => String(meridian.value) },
  { head: "ratio", cell: (row) => `${ratioOf(row).toFixed(2)} x` },
  { head: "target", cell: (row) => targetOf(row, "value") },
  { head: "p50 ms", cell: (row) => both(row, ({ times }) => times?.p50) },
  { head: "p99 ms", cell: (row) => both(row, ({ times }) => times?.p99) },
  { head: "p99 ratio", cell: (row) => (Number.isNaN(slownessOf(row)) ? "" : `${slownessOf(row).toFixed(2)} x`) },
  { head: "target", cell: (row) => targetOf(row, "p99") },
  { head: "delivery p99", cell: (row) => both(row, ({ delivery }) => delivery?.p99) },
  { head: "CPU ms", cell: (row) => both(row, ({ cpu }) => cpu) },
];

/** One line per row. */
export function renderTable(rows: readonly Row[]): string {
  const lines = [COLUMNS.map(({ head }) => head), ...rows.map((row) => COLUMNS.map(({ cell }) => cell(row)))];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function both({ floor, meridian }: Row, of: (side: Side) => number | undefined): string {
  return of(meridian) === undefined ? "" : `${of(floor)} / ${of(meridian)}`;
}

/** What was wanted and whether it is so. */
function targetOf(row: Row, of: Judgement["of"]): string {
  const one = judge([row]).find((each) => each.of === of);
  return one === undefined ? "" : `${one.brief} ${one.met ? "met" : "missed"}`;
}

/** Results as text for a terminal. */
import type { Row, Side } from "../shapes/shape.ts";

const HEAD = ["shape", "unit", "floor", "Meridian", "ratio", "p50 ms", "p99 ms", "p99 ratio", "delivery p99", "CPU ms"];

/** How much of the floor's value the service reached; for memory, how much more it takes. */
export function ratioOf({ floor, meridian }: Row): number {
  return meridian.value / floor.value;
}

/** The service's p99 over the floor's; NaN where nothing was timed. */
export function slownessOf({ floor, meridian }: Row): number {
  return (meridian.times?.p99 ?? Number.NaN) / (floor.times?.p99 ?? Number.NaN);
}

/** One line per row; where two numbers stand together the floor's is the first. */
export function renderTable(rows: readonly Row[]): string {
  const lines = [HEAD, ...rows.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function cells(row: Row): string[] {
  const { floor, meridian } = row;
  const both = (of: (side: Side) => number | undefined): string =>
    of(meridian) === undefined ? "" : `${of(floor)} / ${of(meridian)}`;
  return [
    row.title,
    row.unit,
    String(floor.value),
    String(meridian.value),
    `${ratioOf(row).toFixed(2)} x`,
    both(({ times }) => times?.p50),
    both(({ times }) => times?.p99),
    Number.isNaN(slownessOf(row)) ? "" : `${slownessOf(row).toFixed(2)} x`,
    both(({ delivery }) => delivery?.p99),
    both(({ cpu }) => cpu),
  ];
}

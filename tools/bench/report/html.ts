/** A run as one page with plots. */
import { badge, escape, renderPage, textOf } from "../../report/page.ts";
import type { Judgement } from "../goals.ts";
import type { Row } from "../shapes/shape.ts";
import { round, SHARES } from "../stats.ts";
import type { Result } from "./result.ts";
import { COLUMNS } from "./table.ts";

/** @returns HTML that needs nothing else */
export function renderBenchPage(result: Result): string {
  const { rows, targets } = result;
  const met = targets.filter((target) => target.met).length;
  const tone = met === targets.length ? "good" : "bad";
  const body = `<div class="head"><h1>Benchmarks</h1>${badge(tone, `${met} of ${targets.length} targets met`)}</div>
${aboutOf(result)}
${targets.length === 0 ? "" : `<section class="card scroll"><h2>Targets</h2>${targetTable(rows, targets)}</section>`}
<section class="card scroll"><h2>Measured</h2>${resultTable(rows)}
<p class="soft note">Where two numbers stand together, the floor's is the first. CPU: processor time of the server's process
per operation.</p></section>
${rows.map((row) => card(row, targets)).join("\n")}`;
  return renderPage({
    title: "Meridian: benchmarks",
    styles: textOf(import.meta.dirname, "page.css"),
    body,
    data: { shares: SHARES, rows },
    script: textOf(import.meta.dirname, "charts.mjs"),
  });
}

function aboutOf({ at, tookSeconds, options, machine }: Result): string {
  const { processor, processors, memoryGiB, system, node, load } = machine;
  return `<p class="soft">Meridian with every feature on, and under the same load the floor: a bare Durable Object that inserts
and broadcasts. ${at.slice(0, 16).replace("T", " ")} UTC, ${Math.round(tookSeconds / 60)} minutes, ${options.seconds} s of load per
server and shape.</p>
<dl>${[
    ["processor", `${processors} x ${processor}`],
    ["memory", `${memoryGiB} GiB`],
    ["system", system],
    ["Node", node],
    ["load averages before", load.join(", ")],
  ]
    .map(([name = "", value = ""]) => `<div><dt>${name}</dt><dd>${escape(value)}</dd></div>`)
    .join("")}</dl>`;
}

function targetTable(rows: readonly Row[], targets: readonly Judgement[]): string {
  const lines = targets.map((target) => {
    const title = rows.find(({ shape }) => shape === target.shape)?.title ?? target.shape;
    const cells = [
      link(target.shape, title),
      escape(target.wanted),
      `${target.measured} ${target.unit}`,
      verdict(target),
    ];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  return table(["shape", "wanted", "measured", ""], lines);
}

function resultTable(rows: readonly Row[]): string {
  const columns = COLUMNS.filter(({ head }) => head !== "target");
  const lines = rows.map((row) => {
    const cells = columns.map(({ cell }, index) => (index === 0 ? link(row.shape, cell(row)) : escape(cell(row))));
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  return table(
    columns.map(({ head }) => head),
    lines,
  );
}

function card(row: Row, targets: readonly Judgement[]): string {
  const { floor, meridian, timed } = row;
  const verdicts = targets
    .filter(({ shape }) => shape === row.shape)
    .map((target) => badge(tone(target), says(target)));
  const times = floor.times === undefined || meridian.times === undefined ? undefined : [floor.times, meridian.times];
  const plots = [...(times === undefined ? [] : ["curve"]), ...(meridian.slices.length > 1 ? ["slices"] : [])];
  return `<section class="card" id="${escape(row.shape)}">
<div class="head"><h2>${escape(row.title)}</h2>${verdicts.join("")}</div>
<div class="bars">
${bars(row.unit, [floor.value, meridian.value])}
${
  times === undefined
    ? ""
    : bars(
        `${timed}, p50, ms`,
        times.map(({ p50 }) => p50),
      )
}
${
  times === undefined
    ? ""
    : bars(
        `${timed}, p99, ms`,
        times.map(({ p99 }) => p99),
      )
}
</div>
${busy(row)}
<div class="charts">${plots
    .map((plot) => `<div class="chart" data-shape="${escape(row.shape)}" data-plot="${plot}"></div>`)
    .join("")}</div>
</section>`;
}

/** Bars of the floor and of the service, beside each other on one scale. */
export function bars(title: string, values: readonly number[]): string {
  const most = Math.max(...values);
  const lines = values.map((value, index) => {
    const share = most > 0 ? round((value / most) * 100) : 0;
    const who = index === 0 ? "floor" : "Meridian";
    return `<div class="bar ${index === 0 ? "floor" : "meridian"}"><span>${who}</span><i><b style="width:${share}%"></b></i><em>${value.toLocaleString("en")}</em></div>`;
  });
  return `<div><h3>${escape(title)}</h3>${lines.join("")}</div>`;
}

/** Says so where the generator was as busy as what it measured. */
function busy({ generator = 0 }: Row): string {
  if (generator < 0.8) return "";
  const percent = Math.round(generator * 100);
  return `<p class="soft">The load generator used ${percent} % of a processor: part of what was measured is its own speed.</p>`;
}

function verdict(target: Judgement): string {
  return badge(tone(target), target.met ? "met" : "missed");
}

function tone({ met }: Judgement): "good" | "bad" {
  return met ? "good" : "bad";
}

function says({ of, brief, measured, met }: Judgement): string {
  return `${of === "p99" ? "p99 " : ""}${measured}, wanted ${brief}: ${met ? "met" : "missed"}`;
}

function table(heads: readonly string[], lines: readonly string[]): string {
  return `<table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr></thead><tbody>${lines.join("\n")}</tbody></table>`;
}

function link(shape: string, title: string): string {
  return `<a href="#${escape(shape)}">${escape(title)}</a>`;
}

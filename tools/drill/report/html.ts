/** The report as one page. */
import { badge, escape, renderPage as render, textOf } from "../../report/page.ts";
import type { Outcome } from "../run/outcome.ts";
import { COLUMNS, seconds, verdictOf, wordsOf } from "./table.ts";

/** As many as charts.mjs knows. */
const PLOTS = 4;

/** @param at when the run began, in milliseconds since the epoch */
export function renderPage(outcomes: readonly Outcome[], at: number): string {
  const broken = outcomes.filter(({ ok }) => !ok).length;
  const verdict = broken === 0 ? "Promise kept" : `Promise broken in ${broken} of ${outcomes.length}`;
  const options = outcomes[0]?.options;
  const data = {
    scenarios: outcomes.map(({ scenario, series, faults }) => ({ name: scenario.name, series, faults })),
  };
  const body = `<div class="head"><h1>Failover drills</h1>${badge(broken === 0 ? "good" : "bad", verdict)}</div>
<p class="soft">${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC, seed ${options?.seed ?? 0},
${options?.devices ?? 0} devices in three regions, ${options?.rate ?? 0} messages a second,
${options?.seconds ?? 0} s of load in each of ${outcomes.length} scenarios. Nothing acknowledged may be lost, repeated or
reordered.</p>
${promise(outcomes)}
<div class="card scroll">${table(outcomes)}</div>
${outcomes.map(card).join("\n")}`;
  return render({
    title: "Meridian: failover drills",
    styles: textOf(import.meta.dirname, "page.css"),
    body,
    data,
    script: textOf(import.meta.dirname, "charts.mjs"),
  });
}

/** What the drills are about, over all of them. */
function promise(outcomes: readonly Outcome[]): string {
  const total = (of: (outcome: Outcome) => number): number => outcomes.reduce((sum, each) => sum + of(each), 0);
  const harm = (name: "lost" | "repeated" | "reordered"): string => {
    const count = total(({ report }) => report.figures[name]);
    return `<div class="${count === 0 ? "zero" : "harm"}"><b>${count}</b>${name}</div>`;
  };
  const acknowledged = total(({ report }) => report.figures.acknowledged).toLocaleString("en");
  const delivered = total(({ report }) => report.figures.delivered).toLocaleString("en");
  return `<div class="promise"><div><b>${acknowledged}</b>acknowledged</div>
<div><b>${delivered}</b>entries delivered</div>${harm("lost")}${harm("repeated")}${harm("reordered")}</div>`;
}

function table(outcomes: readonly Outcome[]): string {
  const heads = COLUMNS.map(({ head }) => `<th>${escape(head)}</th>`).join("");
  const rows = outcomes.map((outcome) => {
    const { scenario } = outcome;
    const cells = COLUMNS.map(({ cell }, index) => {
      if (index === 0) return `<td><a href="#${scenario.name}">${scenario.name}</a></td>`;
      if (index === 1) return `<td>${verdict(outcome)}</td>`;
      return `<td>${escape(cell(outcome))}</td>`;
    });
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<table><thead><tr>${heads}</tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
}

function card(outcome: Outcome): string {
  const { scenario, faults } = outcome;
  const marks = faults.map(({ kind, target, at }, index) => {
    const what = escape(`${at.toFixed(1)} s: ${kind} ${target}`);
    return `<li><b>${index + 1}</b>${what}</li>`;
  });
  const words = wordsOf(outcome).map((text) => {
    return `<li${text.startsWith("BROKEN") ? ' class="wrong"' : ""}>${escape(text)}</li>`;
  });
  const charts = Array.from({ length: PLOTS }, (_, plot) => {
    return `<div class="chart" data-scenario="${scenario.name}" data-plot="${plot}"></div>`;
  });
  return `<section class="card" id="${scenario.name}">
<div class="head"><h2>${escape(scenario.title)}</h2>${verdict(outcome)}</div>
<p class="soft">${escape(scenario.expects)}</p>
${figures(outcome)}
<ol class="faults">${marks.join("")}</ol>
${words.length === 0 ? "" : `<ul class="notes">${words.join("")}</ul>`}
<div class="charts">${charts.join("")}</div>
</section>`;
}

function figures({ report, recovery }: Outcome): string {
  const { acknowledgement, delivery } = report.figures;
  const { below50, below99, below100, stall, reconnectsPerSecond, backlog, drained } = recovery;
  const ms = (value: number | undefined): string => (value === undefined ? "none" : `${Math.round(value)} ms`);
  const items: readonly (readonly [string, string])[] = [
    ["acknowledged", String(report.figures.acknowledged)],
    ["ack p50 / p99", `${ms(acknowledgement?.p50)} / ${ms(acknowledgement?.p99)}`],
    ["delivery p50 / p99", `${ms(delivery?.p50)} / ${ms(delivery?.p99)}`],
    ["50 / 99 / 100 % back after", `${seconds(below50)} / ${seconds(below99)} / ${seconds(below100)}`],
    ["longest send stall", seconds(stall)],
    ["reconnects, peak", `${reconnectsPerSecond}/s`],
    ["queued, drained in", `${backlog}, ${drained === undefined ? "never" : seconds(drained)}`],
    ["answered as repeats", String(report.figures.duplicates)],
  ];
  return `<dl>${items.map(([name, value]) => `<div><dt>${name}</dt><dd>${escape(value)}</dd></div>`).join("")}</dl>`;
}

function verdict(outcome: Outcome): string {
  return badge(outcome.ok ? "good" : "bad", verdictOf(outcome));
}

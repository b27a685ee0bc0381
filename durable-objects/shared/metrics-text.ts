/** Metrics as OpenMetrics 1.0 text, which Prometheus and everything like it reads. */
import { definitionOf, METRICS, type MetricName } from "./metrics-definitions.ts";
import type { Registry, Series } from "./metrics.ts";

const PREFIX = "meridian_";

/**
 * Writes a registry down.
 *
 * @example
 * openMetrics(metrics); // "# TYPE meridian_sends counter\n…meridian_sends_total{outcome="sent"} 12\n…# EOF\n"
 */
export function openMetrics(registry: Registry): string {
  const families = new Map<MetricName, Series[]>();
  for (const series of registry.series()) {
    const family = families.get(series.name);
    if (family === undefined) families.set(series.name, [series]);
    else family.push(series);
  }
  // A metric that was never recorded is named all the same, so that a dashboard knows it.
  const names = Object.keys(METRICS) as MetricName[];
  return `${names.map((name) => familyText(name, families.get(name) ?? [])).join("")}# EOF\n`;
}

function familyText(name: MetricName, family: readonly Series[]): string {
  const { type, unit, help } = definitionOf(name);
  const full = PREFIX + name;
  const head = [`# TYPE ${full} ${type}`];
  if (unit !== undefined) head.push(`# UNIT ${full} ${unit}`);
  head.push(`# HELP ${full} ${help}`);
  const samples = family.flatMap((series) => (type === "histogram" ? histogram(full, series) : single(full, series)));
  return `${[...head, ...samples].join("\n")}\n`;
}

function single(full: string, { name, labels, count }: Series): string[] {
  const suffix = definitionOf(name).type === "counter" ? "_total" : "";
  return [`${full}${suffix}${braces(labels)} ${count}`];
}

function histogram(full: string, { name, labels, count, sum, buckets }: Series): string[] {
  const { unit, buckets: bounds = [] } = definitionOf(name);
  const scale = unit === "seconds" ? 1_000 : 1;
  let cumulative = 0;
  const lines = buckets.map((inside, index) => {
    cumulative += inside;
    const bound = bounds[index];
    const le = bound === undefined ? "+Inf" : decimal(bound / scale);
    return `${full}_bucket${braces([...labels, ["le", le]])} ${cumulative}`;
  });
  return [...lines, `${full}_count${braces(labels)} ${count}`, `${full}_sum${braces(labels)} ${sum / scale}`];
}

/** OpenMetrics writes bounds as decimals with a point. */
function decimal(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

function braces(labels: readonly (readonly [string, string])[]): string {
  return labels.length === 0 ? "" : `{${labels.map(([label, value]) => `${label}="${value}"`).join(",")}}`;
}

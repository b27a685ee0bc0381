import { describe, expect, test } from "vitest";
import { judge } from "../../../tools/bench/goals.ts";
import { readOptions } from "../../../tools/bench/options.ts";
import { partOf, renderSummary, summarise } from "../../../tools/bench/profile/summary.ts";
import { bars, renderBenchPage } from "../../../tools/bench/report/html.ts";
import { renderTable } from "../../../tools/bench/report/table.ts";
import type { Row } from "../../../tools/bench/shapes/shape.ts";
import { median, quantile, timesOf, type Times } from "../../../tools/bench/stats.ts";

function times(p50: number, p99: number): Times {
  return { count: 100, p50, p99, max: p99, curve: Array.from({ length: 11 }, () => p50) };
}

function row(shape: string, floor: number, meridian: number, p99: readonly [number, number] = [10, 10]): Row {
  return {
    shape,
    title: `the shape ${shape}`,
    unit: "sends/s",
    timed: "acknowledgement",
    floor: { value: floor, times: times(1, p99[0]), slices: [floor, floor] },
    meridian: { value: meridian, times: times(2, p99[1]), slices: [meridian, meridian] },
  };
}

function idle(kib: number): Row {
  const { title, unit } = row("idle", 1, kib);
  return {
    shape: "idle",
    title,
    unit,
    timed: "",
    floor: { value: 9, slices: [9] },
    meridian: { value: kib, slices: [kib] },
  };
}

describe("targets", () => {
  test.each([
    ["one", 1_000, 600, true],
    ["one", 1_000, 599, false],
    ["hot", 1_000, 2_000, true],
    ["hot", 1_000, 1_990, false],
    ["pairs", 1_000, 1_000, true],
    ["group-50-10", 1_000, 900, false],
  ])("%s at %d of the floor and %d of the service is met: %s", (shape, floor, meridian, met) => {
    expect(judge([row(shape, floor, meridian)]).find(({ of }) => of === "value")).toMatchObject({ shape, met });
  });

  test("every shape that times acknowledgements may take twice the floor's p99", () => {
    expect(judge([row("group-256-1", 10, 10, [10, 20])])).toMatchObject([{ of: "p99", measured: 2, met: true }]);
    expect(judge([row("group-256-1", 10, 10, [10, 20.1])])).toMatchObject([{ of: "p99", met: false }]);
  });

  test("memory is held in kilobytes, whatever the floor takes", () => {
    expect(judge([idle(29.2)])).toMatchObject([{ unit: "KB", met: true }]);
    expect(judge([idle(29.4)])).toMatchObject([{ unit: "KB", met: false }]);
  });

  test("what was not measured is not met", () => {
    expect(judge([idle(Number.NaN)])).toMatchObject([{ met: false }]);
  });

  test("the table says so beside the number", () => {
    const text = renderTable([row("one", 1_000, 500, [10, 15])]);
    expect(text).toContain(">= 0.6 x missed");
    expect(text).toContain("<= 2 x met");
  });
});

describe("the page", () => {
  const rows = [row("one", 1_000, 700), row("hot", 1_000, 500), idle(20)];
  const page = renderBenchPage({
    at: "2026-01-02T03:04:05.000Z",
    tookSeconds: 60,
    options: { shapes: [], seconds: 6 },
    machine: { processor: "</script><b>", processors: 2, memoryGiB: 4, system: "linux", node: "v24", load: [1, 2, 3] },
    rows,
    targets: judge(rows),
  });

  test("says how many targets are met, and which", () => {
    expect(page).toContain("4 of 5 targets met");
    expect(page.match(/>missed</g)).toHaveLength(1);
    expect(page.match(/>met</g)).toHaveLength(4);
  });

  test("needs nothing from elsewhere and lets no text become markup", () => {
    expect(page).not.toMatch(/<(script|link|img)[^>]*\s(src|href)=/);
    expect(page).not.toContain("</script><b>");
    expect(page).toContain("&lt;/script&gt;&lt;b&gt;");
  });

  test("draws what was timed, and turns only where there were several", () => {
    const plots = (shape: string): string[] =>
      [...page.matchAll(new RegExp(`data-shape="${shape}" data-plot="(\\w+)"`, "g"))].map(([, plot = ""]) => plot);
    expect(plots("one")).toEqual(["curve", "slices"]);
    expect(plots("idle")).toEqual([]);
  });

  test("the longest bar is the greatest value, and nothing is divided by zero", () => {
    expect(bars("x", [50, 200])).toMatch(/width:25%.*width:100%/);
    expect(bars("x", [0, 0])).toMatch(/width:0%.*width:0%/);
  });
});

describe("profiles", () => {
  const frame = (id: number, functionName: string, url: string) => ({
    id,
    callFrame: { functionName, url, lineNumber: 1, columnNumber: 0 },
  });
  const profile = {
    nodes: [
      frame(1, "(idle)", ""),
      frame(2, "take", "a"),
      frame(3, "take", "a"),
      frame(4, "parse", "b"),
      frame(5, "exec", ""),
    ],
    samples: [1, 2, 3, 3, 1, 4, 4, 5],
  };
  const files: Readonly<Record<string, string>> = {
    a: "durable-objects/user/frames.ts",
    b: "node_modules/zod/v4/core/parse.js",
  };
  const summary = summarise(
    profile,
    ({ url }) => {
      const file = files[url];
      return file === undefined ? undefined : { file, line: 7 };
    },
    60,
  );

  test("samples are added up per function, from wherever it was called, and idle ones are none", () => {
    expect(summary.samples).toBe(6);
    expect(summary.functions.map(({ name, us }) => [name, us])).toEqual([
      ["take  durable-objects/user/frames.ts:7", 30],
      ["parse  node_modules/zod/v4/core/parse.js:7", 20],
      ["exec", 10],
    ]);
    expect(summary.functions[0]?.share).toBe(0.5);
  });

  test("and by folder, by package and for the runtime", () => {
    expect(summary.parts.map(({ name }) => name)).toEqual([
      "durable-objects/user",
      "package zod",
      "runtime, called from JavaScript",
    ]);
    expect(partOf("node_modules/a/node_modules/@scope/b/c.js")).toBe("package @scope/b");
    expect(partOf("../../node_modules/zod/index.js")).toBe("package zod");
    expect(renderSummary(summary, 1)).not.toContain("exec");
  });
});

describe("numbers", () => {
  test("quantiles take the nearest rank, medians the middle", () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2);
    expect(quantile([1, 2, 3, 4], 0.99)).toBe(4);
    expect(quantile([], 0.5)).toBeNaN();
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(timesOf([])).toBeUndefined();
  });

  test.each([[["--shape", "nothing"]], [["--seconds", "0"]], [["--what"]]])("%j is refused in one line", (args) => {
    expect(() => readOptions(args, ["one"])).toThrowError(/^[^\n]+$/);
  });
});

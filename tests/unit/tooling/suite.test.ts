import { describe, expect, test } from "vitest";
import { lineCounts, playwrightCounts, vitestCounts } from "../../../tools/test/counts.ts";
import { runSteps } from "../../../tools/test/schedule.ts";
import type { Step } from "../../../tools/test/steps.ts";

const vitest = (over: Record<string, unknown>, code = 0) => {
  const report = { success: true, numPassedTests: 5, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, ...over };
  const { passed, failed } = vitestCounts(JSON.stringify(report), code, "");
  return { passed, failed };
};

describe("the count of the suite", () => {
  test("is what the runner reports", () => {
    expect(vitest({})).toEqual({ passed: 5, failed: 0 });
    expect(vitest({ success: false, numFailedTests: 2 }, 1)).toEqual({ passed: 5, failed: 2 });
  });

  test("names what failed, without colours, and what a file that did not load says", () => {
    const testResults = [
      {
        name: "/a/b/sending.test.ts",
        assertionResults: [
          { status: "passed", fullName: "fine" },
          {
            status: "failed",
            fullName: "[S1] is kept",
            failureMessages: ["\u001B[31mError: lost\u001B[39m\n    at x"],
          },
        ],
      },
      { name: "/a/b/broken.test.ts", message: "no such module", assertionResults: [] },
    ];
    expect(vitestCounts(JSON.stringify({ numFailedTests: 1, testResults }), 1, "").failures).toEqual([
      "sending.test.ts > [S1] is kept: Error: lost at x",
      "broken.test.ts: no such module",
    ]);
    const suites = [
      {
        title: "chat.test.ts",
        specs: [{ title: "sends", tests: [{ status: "unexpected", results: [{ error: { message: "not there" } }] }] }],
      },
    ];
    const stats = { expected: 0, unexpected: 1, flaky: 0, skipped: 0 };
    expect(playwrightCounts(JSON.stringify({ suites, stats }), 1, "").failures).toEqual([
      "chat.test.ts > sends: not there",
    ]);
  });

  test("takes a skipped test for a failed one", () => {
    expect(vitest({ numPendingTests: 1 })).toEqual({ passed: 5, failed: 1 });
    expect(vitest({ numTodoTests: 2 })).toEqual({ passed: 5, failed: 2 });
    const stats = { expected: 3, unexpected: 0, flaky: 1, skipped: 1 };
    expect(playwrightCounts(JSON.stringify({ stats }), 0, "")).toMatchObject({ passed: 3, failed: 2 });
  });

  test("takes a run without results, or one that failed outside of its tests, for a failed one", () => {
    expect(vitestCounts(undefined, 1, "boom")).toMatchObject({ passed: 0, failed: 1 });
    expect(vitest({ success: false })).toEqual({ passed: 5, failed: 1 });
    expect(vitest({}, 1)).toEqual({ passed: 5, failed: 1 });
    expect(vitest({ numPassedTests: 0 })).toEqual({ passed: 0, failed: 1 });
    expect(playwrightCounts(undefined, 1, "")).toMatchObject({ failed: 1 });
    expect(lineCounts(0, "nothing")).toMatchObject({ passed: 0, failed: 1 });
    expect(lineCounts(1, "3 passed, 0 failed\n")).toMatchObject({ passed: 3, failed: 1 });
    expect(lineCounts(0, "a line\n3 passed, 0 failed\n")).toMatchObject({ passed: 3, failed: 0 });
  });

  test("takes a step that throws for a failed one, and goes on", async () => {
    const broken: Step = { name: "a", group: "a", run: () => Promise.reject(new Error("boom")) };
    const fine: Step = { name: "b", group: "b", run: async () => ({ passed: 2, failed: 0, output: "" }) };
    const outcomes = await runSteps([broken, fine], 2, undefined, () => undefined);
    const counts = Object.fromEntries(outcomes.map(({ name, passed, failed }) => [name, { passed, failed }]));
    expect(counts).toEqual({ a: { passed: 0, failed: 1 }, b: { passed: 2, failed: 0 } });
  });

  test("runs as many steps at a time as it may, and what wants to be alone alone", async () => {
    let now = 0;
    const seen: Record<string, number> = {};
    const step = (name: string, alone: boolean): Step => ({
      name,
      group: name,
      alone,
      async run() {
        now += 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
        seen[name] = now;
        await new Promise((resolve) => setTimeout(resolve, 5));
        now -= 1;
        return { passed: 1, failed: 0, output: "" };
      },
    });
    const steps = [step("a", false), step("b", false), step("c", false), step("d", true)];
    await runSteps(steps, 2, undefined, () => undefined);
    expect(seen["a"]).toBe(2);
    expect(Math.max(...Object.values(seen))).toBe(2);
    expect(seen["d"]).toBe(1);
  });
});

/** What a step of the suite came to. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** What to show where something failed. */
  readonly output: string;
}

/** A check that has no tests of its own counts as one. */
export function oneCheck(ok: boolean, output: string): Counts {
  return ok ? { passed: 1, failed: 0, output } : { passed: 0, failed: 1, output };
}

/** Fields of vitest's JSON report that are counted. */
interface VitestReport {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
}

/**
 * Counts a vitest run. A skipped test counts as failed, because a rule that nobody proves is not proved; so does a
 * run that failed without a failed test (a file that does not load, an error outside of any test).
 *
 * @param report text of the JSON report; undefined where there is none
 */
export function vitestCounts(report: string | undefined, code: number | null, output: string): Counts {
  if (report === undefined) return crashed(output);
  const { success, numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(report) as VitestReport;
  const failed = numFailedTests + numPendingTests + numTodoTests;
  const unseen = failed === 0 && (!success || code !== 0 || numPassedTests === 0) ? 1 : 0;
  return { passed: numPassedTests, failed: failed + unseen, output };
}

interface PlaywrightReport {
  readonly stats: {
    readonly expected: number;
    readonly unexpected: number;
    readonly flaky: number;
    readonly skipped: number;
  };
}

/** Counts a Playwright run by the same rules. */
export function playwrightCounts(report: string | undefined, code: number | null, output: string): Counts {
  if (report === undefined) return crashed(output);
  const { expected, unexpected, flaky, skipped } = (JSON.parse(report) as PlaywrightReport).stats;
  const failed = unexpected + flaky + skipped;
  const unseen = failed === 0 && (code !== 0 || expected === 0) ? 1 : 0;
  return { passed: expected, failed: failed + unseen, output };
}

/** Counts a command whose last line is `N passed, N failed`. */
export function lineCounts(code: number | null, output: string): Counts {
  const match = /(?:^|\n)(\d+) passed, (\d+) failed\s*$/.exec(output);
  if (match === null) return crashed(output);
  const [passed, failed] = [Number(match[1]), Number(match[2])];
  return { passed, failed: failed + (failed === 0 && (code !== 0 || passed === 0) ? 1 : 0), output };
}

function crashed(output: string): Counts {
  return { passed: 0, failed: 1, output: `${output}\nEnded without results.` };
}

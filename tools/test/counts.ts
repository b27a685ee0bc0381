import { basename } from "node:path";

/** What a step of the suite came to. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** What to show where something failed. */
  readonly output: string;
  /** What failed, a line each: told again at the end, where nobody has to look for it. */
  readonly failures?: readonly string[];
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
  readonly testResults?: readonly {
    readonly name: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

/**
 * Counts a vitest run. A skipped test counts as failed, because a rule that nobody proves is not proved; so does a
 * run that failed without a failed test (a file that does not load, an error outside of any test).
 *
 * @param report text of the JSON report; undefined where there is none
 */
export function vitestCounts(report: string | undefined, code: number | null, output: string): Counts {
  if (report === undefined) return crashed(output);
  const read = JSON.parse(report) as VitestReport;
  const { success, numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults = [] } = read;
  const failed = numFailedTests + numPendingTests + numTodoTests;
  const unseen = failed === 0 && (!success || code !== 0 || numPassedTests === 0) ? 1 : 0;
  const failures = testResults.flatMap(({ name, message, assertionResults }) => {
    const bad = assertionResults.filter(({ status }) => status !== "passed");
    if (bad.length === 0 && message) return [brief(basename(name), message)];
    return bad.map(({ fullName, failureMessages }) =>
      brief(`${basename(name)} > ${fullName}`, failureMessages?.[0] ?? "not run"),
    );
  });
  return { passed: numPassedTests, failed: failed + unseen, output, failures };
}

const BRIEF_CHARS = 300;

function brief(title: string, message: string): string {
  // oxlint-disable-next-line no-control-regex -- colours of a terminal
  const plain = message.replaceAll(/\u001B\[[0-9;]*m/g, "").replaceAll(/\s+/g, " ");
  return `${title.slice(0, BRIEF_CHARS)}: ${plain.slice(0, BRIEF_CHARS)}`;
}

interface PlaywrightSuite {
  readonly title: string;
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly {
    readonly title: string;
    readonly ok: boolean;
    readonly tests: readonly {
      readonly status: string;
      readonly results: readonly { readonly error?: { readonly message?: string } }[];
    }[];
  }[];
}

interface PlaywrightReport {
  readonly suites?: readonly PlaywrightSuite[];
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
  const { suites = [], stats } = JSON.parse(report) as PlaywrightReport;
  const { expected, unexpected, flaky, skipped } = stats;
  const failed = unexpected + flaky + skipped;
  const unseen = failed === 0 && (code !== 0 || expected === 0) ? 1 : 0;
  return { passed: expected, failed: failed + unseen, output, failures: suites.flatMap(failedSpecs) };
}

function failedSpecs({ title, suites = [], specs = [] }: PlaywrightSuite): string[] {
  const bad = specs.flatMap((spec) =>
    spec.tests
      .filter(({ status }) => status !== "expected")
      .map(({ results }) => brief(`${title} > ${spec.title}`, results[0]?.error?.message ?? "not run")),
  );
  return [...bad, ...suites.flatMap(failedSpecs)];
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

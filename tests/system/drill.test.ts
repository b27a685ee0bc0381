/** All drills, short: the service under every fault that they know, judged by the history checker. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scenarios } from "../../tools/drill/scenarios/all.ts";
import { checkHistory } from "../../tools/history/check.ts";
import { HistoryFile } from "../../tools/history/file.ts";
import { command } from "../../tools/test/command.ts";

/** Generous: what it takes depends on what else the machine does. */
const PATIENCE_MS = 600_000;

let out: string;
let result: { code: number | null; output: string };

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), "meridian-drill-test-"));
  const short = ["--devices", "6", "--rate", "10", "--seconds", "2", "--latency", "0.1"];
  const args = ["tools/drill/main.ts", "--all", "--check", "--out", out, ...short];
  result = await command(process.execPath, args);
}, PATIENCE_MS);
afterAll(() => rmSync(out, { recursive: true, force: true }));

test("[S1] [S2] [S3] [S4] [D1] [D2] every drill keeps the promise", () => {
  expect(result.output).not.toContain("BROKEN");
  expect(result.code, result.output).toBe(0);
});

test.each(scenarios.map(({ name }) => name))("the history of %s can be judged again from its file", (name) => {
  const report = checkHistory(new HistoryFile(join(out, `${name}.ndjson`)));
  expect(report.violations).toEqual([]);
  expect(report.run).toMatchObject({ scenario: name, seed: 1 });
  expect(report.figures.devices).toBe(6);
  // Whatever was done, people could write, and the devices of others got it.
  expect(report.figures.acknowledged).toBeGreaterThan(3);
  expect(report.figures.delivered).toBeGreaterThan(report.figures.acknowledged);
});

test("the report is one page that needs nothing else", () => {
  expect(readdirSync(out)).toContain("report.html");
  const page = readFileSync(join(out, "report.html"), "utf8");
  for (const { name } of scenarios) expect(page).toContain(`id="${name}"`);
  expect(page).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)=/);
});

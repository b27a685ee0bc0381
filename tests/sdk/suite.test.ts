/** The suite under `node --test`, `bun test` and `deno test`: what it came to is left in a file for `run.ts`. */
import { writeFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { runCase, suite } from "./suite.ts";

const url = process.env["MERIDIAN_URL"];
const report = process.env["MERIDIAN_REPORT"];
if (url === undefined) throw new Error("MERIDIAN_URL is the address of the server to test against.");

const results: Record<string, string> = {};

void describe("the SDK", () => {
  for (const each of suite) {
    void test(each.title, async () => {
      results[each.title] = "did not end";
      try {
        await runCase(each, url);
        results[each.title] = "passed";
      } catch (error) {
        results[each.title] = error instanceof Error ? (error.stack ?? error.message) : String(error);
        throw error;
      }
    });
  }
  after(() => {
    if (report !== undefined) writeFileSync(report, JSON.stringify(results));
  });
});

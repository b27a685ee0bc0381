/** Runs the suite in Chromium: bundled, in a page of the server itself. */
import { resolve } from "node:path";
import { chromium } from "@playwright/test";
import { build, type Rolldown } from "vite";
import { chromiumArgs, findChromium } from "../../tools/test/chromium.ts";

/**
 * @param url address of the server
 * @returns by the title of each case: `passed`, or what was wrong
 */
export async function runInChromium(url: string): Promise<Record<string, string>> {
  const script = await bundle();
  const { executablePath, env } = await findChromium();
  const browser = await chromium.launch({
    executablePath,
    // The page below comes from no address, and such a page may not speak to this machine by default.
    args: [...chromiumArgs, "--disable-features=LocalNetworkAccessChecks"],
    env: { ...(process.env as Record<string, string>), ...env },
  });
  try {
    const page = await browser.newPage();
    const address = `${url}/sdk-suite.html`;
    // A page of the server's own origin that the server knows nothing of.
    await page.route(address, (route) =>
      route.fulfill({
        contentType: "text/html",
        body: '<!doctype html><script type="module" src="/sdk-suite.js"></script>',
      }),
    );
    await page.route(`${url}/sdk-suite.js`, (route) => route.fulfill({ contentType: "text/javascript", body: script }));
    await page.goto(address);
    await page.waitForFunction(() => "sdkSuite" in globalThis);
    const titles = await page.evaluate(() => globalThis.sdkSuite.titles);
    const results: Record<string, string> = {};
    for (const title of titles) {
      results[title] = (await page.evaluate((each) => globalThis.sdkSuite.run(each), title)) ?? "passed";
    }
    return results;
  } finally {
    await browser.close();
  }
}

async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2023",
      modulePreload: false,
      rolldownOptions: {
        input: resolve(import.meta.dirname, "page.ts"),
        preserveEntrySignatures: "allow-extension",
        // One file: what is loaded on demand is in it too.
        output: { codeSplitting: false },
      },
    },
  });
  const { output } = built as Rolldown.RolldownOutput;
  const [first] = output;
  return first.code;
}

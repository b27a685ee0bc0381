import { defineConfig } from "@playwright/test";
import { chromiumArgs, findChromium } from "./tools/test/chromium.ts";

const { executablePath, env } = await findChromium();
const url = process.env["MERIDIAN_URL"];

export default defineConfig({
  testDir: "./tests/browser",
  testMatch: "**/*.test.ts",
  globalSetup: "./tools/test/browser-service.ts",
  outputDir: "./.test-results",
  fullyParallel: false,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 180_000,
  // A busy machine is slow, and that is no failure: what never comes still never comes.
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: {
    ...(url === undefined ? {} : { baseURL: url }),
    browserName: "chromium",
    headless: true,
    launchOptions: {
      executablePath,
      args: [...chromiumArgs],
      env: { ...(process.env as Record<string, string>), ...env },
    },
    // A trace of every page costs as much as the tests do; --trace on makes one where it is needed.
    trace: "off",
    screenshot: "only-on-failure",
  },
});

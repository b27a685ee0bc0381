/**
 * `node tools/screenshots.ts`: takes the pictures of the web app in docs/pictures, of the real service with the examples
 * of tools/dev/demo.ts. FONTCONFIG_FILE may name better fonts than those that come with the tests' browser, which has no
 * emoji.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "@playwright/test";
import { makeDemo } from "./dev/demo.ts";
import { PASSWORD } from "./dev/demo/script.ts";
import { root } from "./dev/options.ts";
import { runMain } from "./dev/refusal.ts";
import { startService } from "./dev/service.ts";
import { chromiumArgs, findChromium } from "./test/chromium.ts";

type Scheme = "light" | "dark";

const DESK = { viewport: { width: 1180, height: 760 } };
const PHONE = { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true, deviceScaleFactor: 1.5 };
const SCHEMES: readonly Scheme[] = ["light", "dark"];

await runMain(async () => {
  const { values } = parseArgs({ options: { out: { type: "string", default: join(root, "docs/pictures") } } });
  mkdirSync(values.out, { recursive: true });
  const state = mkdtempSync(join(tmpdir(), "meridian-pictures-"));
  const service = await startService({ state, web: true });
  try {
    await makeDemo(service.url);
    const { executablePath, env } = await findChromium();
    const fonts = process.env["FONTCONFIG_FILE"];
    const browser = await chromium.launch({
      executablePath,
      args: [...chromiumArgs],
      env: { ...(process.env as Record<string, string>), ...env, ...(fonts && { FONTCONFIG_FILE: fonts }) },
    });
    try {
      await takeAll(browser, service.url, values.out);
    } finally {
      await browser.close();
    }
  } finally {
    await service.stop();
    rmSync(state, { recursive: true, force: true });
  }
});

async function takeAll(browser: Browser, url: string, out: string): Promise<void> {
  const take = (page: Page, name: string): Promise<Buffer> => page.screenshot({ path: join(out, `${name}.png`) });

  // Somebody must be there for others to see.
  const ben = await signedIn(browser, url, "ben", DESK, "light");
  await ben.getByRole("listitem").filter({ hasText: "Ada Moreau" }).click();

  for (const scheme of SCHEMES) {
    const desk = await signedIn(browser, url, "ada", DESK, scheme);
    await desk.getByRole("listitem").filter({ hasText: "Ben Okafor" }).click();
    await desk.getByText("Four it is.").last().waitFor();
    await pictureShown(desk);
    await calm(desk);
    await take(desk, `desk-${scheme}`);
    await desk.getByRole("listitem").filter({ hasText: "Lighthouse weekend" }).click();
    await desk.getByText("Packing list").last().waitFor();
    await desk.getByRole("button", { name: ", details" }).click();
    await desk.getByText("@chiyo").waitFor();
    await calm(desk);
    await take(desk, `group-${scheme}`);
    await desk.context().close();

    const phone = await signedIn(browser, url, "ada", PHONE, scheme);
    await phone.getByText("Lighthouse weekend").waitFor();
    await calm(phone);
    await take(phone, `phone-list-${scheme}`);
    await phone.getByRole("listitem").filter({ hasText: "Ben Okafor" }).click();
    await phone.getByText("Four it is.").last().waitFor();
    await pictureShown(phone);
    await calm(phone);
    await take(phone, `phone-chat-${scheme}`);
    await phone.context().close();
  }
}

/** A page on which a person is signed in. */
async function signedIn(
  browser: Browser,
  url: string,
  handle: string,
  device: BrowserContextOptions,
  colorScheme: Scheme,
): Promise<Page> {
  const context = await browser.newContext({ ...device, baseURL: url, colorScheme, locale: "en-GB" });
  const page = await context.newPage();
  await page.goto("/");
  await page.getByLabel("Handle").fill(handle);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "Chats" }).waitFor();
  return page;
}

/** Waits until the picture in the conversation is there, not only its place. */
async function pictureShown(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLImageElement>("img.photo-full")].some(
      ({ complete, naturalWidth }) => complete && naturalWidth > 0,
    ),
  );
}

/** Waits until nothing moves any more. */
async function calm(page: Page): Promise<void> {
  await page.mouse.move(0, 0);
  await page.evaluate(async () => {
    await document.fonts.ready;
    await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined)));
  });
  // The list shows the day for a moment after it moved.
  await page.waitForTimeout(1_200);
}

/** Pages that were opened before a deploy. Their browsers report what is missing: other tests would fail for that. */
import type { Route } from "@playwright/test";
import { buildWeb } from "../../tools/dev/build-web.ts";
import { Person } from "./support/person.ts";
import { filesOf, mainOf, nextVersion, startSite } from "./support/site.ts";
import { expect, test } from "./support/test.ts";

test("a page keeps its parts over a deploy, and the new one opens without a network once it is there whole", async ({
  browser,
}) => {
  const one = filesOf(await buildWeb());
  const two = nextVersion(one, "two");
  const site = await startSite(one);
  const context = await browser.newContext();
  const page = await context.newPage();
  const update = (): Promise<string> =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      await registration.update();
      const worker = registration.installing ?? registration.waiting ?? registration.active;
      return new Promise<string>((resolve) => {
        const look = (): void =>
          void (/^(activated|redundant)$/.test(worker?.state ?? "") && resolve(worker?.state ?? ""));
        worker?.addEventListener("statechange", look);
        look();
      });
    });
  const shells = (): Promise<number> => page.evaluate(async () => (await caches.keys()).length);
  const typeOf = (path: string): Promise<string | null> =>
    page.evaluate(async (asked) => (await fetch(asked)).headers.get("content-type"), path);

  await page.goto(site.url);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.reload();
  // The new worker is there, the files that it lists are not.
  site.deploy(new Map([...one, ["/sw.js", two.get("/sw.js") ?? Buffer.of()]]));
  expect(await update()).toBe("redundant");
  expect(await shells()).toBe(1);

  site.deploy(two);
  expect(await update()).toBe("activated");
  await expect(page.getByText("A new version is ready.")).toBeVisible();
  expect(await typeOf(mainOf(one))).toBe("text/javascript");
  site.deploy(nextVersion(one, "three"));
  expect(await update()).toBe("activated");
  // Two versions are kept, not all there ever were.
  expect(await shells()).toBe(2);
  expect(await typeOf(mainOf(two))).toBe("text/javascript");
  expect(await typeOf(mainOf(one))).toBe("text/html");
  await site.close();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Meridian" })).toBeVisible();
  await context.close();
});

test("a page that names a script that is gone is asked for once more, and not again and again", async ({ browser }) => {
  const one = filesOf(await buildWeb());
  const two = nextVersion(one, "two");
  const broken = new Map([...two, ["/", one.get("/") ?? Buffer.of()]]);
  const site = await startSite(broken);
  const page = await browser.newPage({ serviceWorkers: "block" });
  const deployMeanwhile = async (route: Route): Promise<void> => {
    const response = await route.fetch();
    // By the time that it is asked for again the deploy is through.
    site.deploy(two);
    await route.fulfill({ response });
  };
  await page.route(site.url, deployMeanwhile, { times: 1 });
  await page.goto(site.url, { waitUntil: "commit" });
  await expect(page.getByRole("heading", { name: "Meridian" })).toBeVisible();
  expect(site.visits()).toBe(2);

  site.deploy(broken);
  const missing = page.waitForResponse((response) => response.url().endsWith(mainOf(one)));
  await page.reload();
  await missing;
  await page.waitForLoadState("networkidle");
  expect(site.visits()).toBe(3);
  await page.close();
  await site.close();
});

test("a part that is gone brings the newest page, once, with what was being written", async ({ browser, baseURL }) => {
  const context = await browser.newContext({ serviceWorkers: "block", ...(baseURL === undefined ? {} : { baseURL }) });
  const page = await context.newPage();
  const ada = await Person.register(page, "Ada Moreau");
  await ada.startGroup("Harbour", []);
  await ada.say("tide table");
  const part = "**/assets/search-*.js";
  await page.route(part, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
  await page.reload();
  await expect(ada.composer).toBeVisible();
  let loads = 0;
  page.on("load", () => (loads += 1));
  const field = page.getByRole("searchbox", { name: "Search chats and messages" });
  await ada.composer.fill("half a thou");
  const reloaded = page.waitForEvent("load");
  await field.fill("tide");
  await reloaded;
  await expect(ada.composer).toHaveValue("half a thou");

  // It is still gone: now the user decides.
  await field.fill("tide");
  await expect(page.getByText("A part of this page could not be loaded.")).toBeVisible();
  await expect(page.getByText("The search did not work.")).toBeVisible();
  await expect(ada.composer).toHaveValue("half a thou");
  expect(loads).toBe(1);
  await page.unroute(part);
  await page.getByRole("button", { name: "Reload" }).click();
  await field.fill("tide");
  await expect(page.getByRole("list", { name: "Found messages" }).getByRole("listitem")).toHaveCount(1);
  expect(loads).toBe(2);
  await context.close();
});

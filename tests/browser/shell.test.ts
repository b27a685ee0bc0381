import { expect, test } from "./support/test.ts";

test("the page can be installed, opens without a network, and trusts only its own files", async ({ people }) => {
  const page = await people.open();
  const response = await page.goto("/");
  const policy = response?.headers()["content-security-policy"] ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy).not.toContain("unsafe");
  expect(response?.headers()["x-content-type-options"]).toBe("nosniff");

  const manifest = await page.request.get("/manifest.webmanifest");
  const { icons, display, start_url } = (await manifest.json()) as {
    icons: { src: string; purpose: string }[];
    display: string;
    start_url: string;
  };
  expect([display, start_url]).toEqual(["standalone", "/"]);
  expect(icons.map(({ purpose }) => purpose)).toContain("maskable");
  for (const { src } of icons) expect((await page.request.get(src)).headers()["content-type"]).toMatch(/^image\//);

  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.context().setOffline(true);
  await page.goto("/settings/profile");
  await expect(page.getByRole("heading", { name: "Meridian" })).toBeVisible();
});

test("markup that gets near the page is refused by the browser itself", async ({ browser, baseURL }) => {
  // A page of its own: others fail where their security policy is broken.
  const page = await browser.newPage();
  await page.goto(baseURL ?? "");
  const refused = await page.evaluate(() => {
    try {
      document.createElement("div").innerHTML = "<img src=x onerror=alert(1)>";
      return "taken";
    } catch (error) {
      return error instanceof TypeError ? "refused" : "broken";
    }
  });
  await page.close();
  expect(refused).toBe("refused");
});

test("a chosen theme stays", async ({ people }) => {
  const ada = await people.person("Ada Moreau", { colorScheme: "light" });
  const background = (): Promise<string> => ada.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  const appearance = await ada.settings("Appearance");
  await appearance.getByRole("radio", { name: "Dark" }).check();
  await expect.poll(background).not.toBe(light);
  await ada.page.reload();
  await expect(appearance.getByRole("radio", { name: "Dark" })).toBeChecked();
  expect(await background()).not.toBe(light);
  await appearance.getByRole("radio", { name: "As the system" }).check();
  await expect.poll(background).toBe(light);
});

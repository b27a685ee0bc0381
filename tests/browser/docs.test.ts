import { expect, test } from "./support/test.ts";

test("the API's description can be browsed, with nothing from elsewhere and within its security policy", async ({
  people,
}) => {
  const page = await people.open();
  const hosts = new Set<string>();
  page.on("request", (request) => hosts.add(new URL(request.url()).host));
  await page.goto("/docs");
  await expect(page.getByRole("heading", { name: "Meridian" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Accounts and sessions" })).toBeVisible();
  await page.getByRole("button", { name: "post /v1/accounts", exact: true }).click();
  await expect(page.locator("#operations-Accounts_and_sessions-register")).toContainText("handle_taken");
  // Inline images have no host.
  expect([...hosts].filter((host) => host !== "")).toEqual([new URL(page.url()).host]);
});

test("a call can be tried out from the description", async ({ people }) => {
  const page = await people.open();
  await page.goto("/docs");
  const health = page.locator("#operations-The_service-health");
  await health.getByRole("button", { name: "get /healthz", exact: true }).click();
  await health.getByRole("button", { name: "Try it out" }).click();
  await health.getByRole("button", { name: "Execute" }).click();
  await expect(health.locator(".live-responses-table")).toContainText('"status": "ok"');
});

import type { Page } from "@playwright/test";
import { expectAccessible } from "./support/axe.ts";
import { expect, test } from "./support/test.ts";

test("no barriers on the main screens, light and dark", async ({ people }) => {
  // What is built is the same in both; only colours differ.
  const check = async (page: Page, where: string): Promise<void> => {
    await expectAccessible(page, `${where}, light`);
    await page.emulateMedia({ colorScheme: "dark" });
    await expectAccessible(page, `${where}, dark`, "color-contrast");
    await page.emulateMedia({ colorScheme: "light" });
  };
  const outside = await people.open({ colorScheme: "light" });
  await outside.goto("/");
  await outside.getByRole("button", { name: "Create an account" }).click();
  await check(outside, "registration");

  const [ada, ben] = await Promise.all([
    people.person("Ada Moreau", { colorScheme: "light" }),
    people.person("Ben Okafor", { colorScheme: "light" }),
  ]);
  await check(ada.page, "an empty list");
  await ben.startGroup("Lighthouse", [ada]);
  await ben.say("who is in?");
  await ben.writeTo(ada);
  await ben.say("a link https://example.com and a 👍");
  await ada.open("Ben Okafor");
  await ada.sees("a link");
  await ada.act("a link", "Reply");
  await ada.say("an answer");
  await expect(ada.message("an answer").getByRole("img", { name: "Read" })).toBeVisible();
  await ada.openMenu("an answer");
  await check(ada.page, "a message's menu");
  await ada.page.getByRole("menuitemcheckbox", { name: "React with 👍" }).click();
  await expect(ada.timeline.getByRole("button", { name: "👍 1" })).toBeVisible();
  await ada.act("an answer", "Edit");
  await check(ada.page, "a conversation while a message is edited");
  await ada.page.keyboard.press("Escape");
  await ada.page.getByRole("button", { name: "Emoji", exact: true }).click();
  await check(ada.page, "the emoji picker");
  await ada.page.keyboard.press("Escape");

  // Where the system forces its colours, lines stand in for the backgrounds.
  await ada.page.emulateMedia({ forcedColors: "active" });
  for (const edged of [".bubble", ".composer-box", ".composer-send", ".reaction"]) {
    await expect(ada.page.locator(edged).first()).toHaveCSS("border-top-width", "1px");
  }
  await expect(ada.row("Ben Okafor").locator("[aria-current]")).toHaveCSS("outline-width", "2px");
  await ada.page.emulateMedia({ forcedColors: "none" });

  await ada.page.keyboard.press("Control+k");
  await check(ada.page, "the jump dialog");
  await ada.page.keyboard.press("Escape");
  await ada.open("Lighthouse");
  await ada.header("Lighthouse").click();
  await expect(ada.page.getByRole("complementary").getByRole("listitem")).toHaveCount(2);
  await check(ada.page, "a group's details");
  await ada.page.getByRole("button", { name: "New conversation" }).click();
  await ada.page.getByRole("menuitem", { name: "New group" }).click();
  await ada.page.getByRole("checkbox", { name: /Ben Okafor/ }).check();
  await check(ada.page, "a new group");
  await ada.page.keyboard.press("Escape");
  await ada.page.getByRole("searchbox").fill("a");
  await expect(ada.page.getByRole("list", { name: "Found messages" })).toBeVisible();
  await check(ada.page, "search");
  await ada.page.keyboard.press("Escape");
  for (const part of ["Profile", "Privacy", "Devices", "Appearance", "Account"]) {
    await ada.settings(part);
    if (part === "Devices") await expect(ada.page.getByText("This device")).toBeVisible();
    await check(ada.page, part);
    await ada.page.getByRole("button", { name: "Back to conversations" }).click();
  }
  await ada.page.context().setOffline(true);
  await expect(ada.page.getByText("You are offline.")).toBeVisible();
  await check(ada.page, "the offline banner");
});

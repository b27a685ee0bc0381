import { expect, test } from "./support/test.ts";

const PHONE = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true };

test("on a phone there is one pane, and a way back", async ({ people }) => {
  const [ada, ben] = await Promise.all([people.person("Ada Moreau", PHONE), people.person("Ben Okafor")]);
  await ben.writeTo(ada);
  await ben.say("hello phone");
  await ada.open("Ben Okafor");
  await ada.sees("hello phone");
  await expect(ada.page.getByRole("heading", { name: "Chats" })).toBeHidden();
  await ada.composer.fill("hello desk");
  await ada.page.getByRole("button", { name: "Send" }).tap();
  await ben.sees("hello desk");

  await ada.page.getByRole("button", { name: "Back to conversations" }).tap();
  await expect(ada.page.getByRole("heading", { name: "Chats" })).toBeVisible();
  await expect(ada.header("Ben Okafor")).toBeHidden();
  await ada.page.goBack();
  await expect(ada.header("Ben Okafor")).toBeVisible();

  await ada.header("Ben Okafor").tap();
  await expect(ada.page.getByRole("complementary", { name: "Details" })).toContainText(`@${ben.handle}`);
  await ada.page.getByRole("button", { name: "Close details" }).tap();
  await ada.page.getByRole("button", { name: "Back to conversations" }).tap();
  const profile = await ada.settings("Profile");
  await expect(profile.getByLabel("Name")).toHaveValue("Ada Moreau");
  await ada.page.getByRole("button", { name: "Back to settings" }).tap();
  await expect(ada.page.getByRole("navigation", { name: "Settings" })).toBeVisible();

  // Nothing is wider than the screen.
  expect(await ada.page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.viewport.width);
});

test("a finger that stays on a message opens its menu", async ({ people }) => {
  const [ada, ben] = await Promise.all([people.person("Ada Moreau", PHONE), people.person("Ben Okafor")]);
  await ben.writeTo(ada);
  await ben.say("hold me");
  await ada.open("Ben Okafor");
  const box = await ada.message("hold me").boundingBox();
  if (box === null) throw new Error("The message is not on the screen.");
  const touch = await ada.page.context().newCDPSession(ada.page);
  const touchPoints = [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }];
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
  await expect(ada.page.getByRole("menu", { name: "Message actions" })).toBeVisible();
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await ada.page.getByRole("menuitem", { name: "Reply" }).tap();
  await expect(ada.page.getByText("Reply to Ben Okafor")).toBeVisible();
});

import { expect, test } from "./support/test.ts";

test("everything is within reach of the keyboard", async ({ people }) => {
  const [ada, ben] = await Promise.all([people.person("Ada Moreau"), people.person("Ben Okafor")]);
  const keys = ada.page.keyboard;
  await ada.writeTo(ben);
  await ada.say("one");
  await ada.say("two");
  await ada.sees("two");

  // Esc closes what is open, then the conversation; Ctrl+K leads to any.
  await keys.press("Escape");
  await expect(ada.header("Ben Okafor")).toBeHidden();
  await keys.press("Control+k");
  const jump = ada.page.getByRole("combobox", { name: "Jump to a conversation" });
  await expect(jump).toBeFocused();
  await keys.press("Escape");
  await expect(jump).toBeHidden();
  await keys.press("Meta+k");
  await jump.pressSequentially("oka");
  await expect(ada.page.getByRole("option", { selected: true })).toContainText("Ben Okafor");
  await keys.press("Enter");
  await expect(ada.header("Ben Okafor")).toBeVisible();
  await expect(ada.composer).toBeFocused();
  // A row can be reached once it is drawn.
  await ada.sees("two");

  // The newest message is one step before what is beside the composer; arrows go on from there.
  for (const name of ["Attach files", "Emoji"]) {
    await keys.press("Shift+Tab");
    await expect(ada.page.getByRole("button", { name, exact: true })).toBeFocused();
  }
  await keys.press("Shift+Tab");
  await expect(ada.message("two")).toBeFocused();
  await keys.press("ArrowUp");
  await expect(ada.message("one")).toBeFocused();
  await keys.press("Enter");
  const menu = ada.page.getByRole("menu", { name: "Message actions" });
  await expect(menu.getByRole("menuitem", { name: "Reply" })).toBeFocused();
  await keys.press("ArrowDown");
  await expect(menu.getByRole("menuitem", { name: "Copy text" })).toBeFocused();
  await keys.press("Escape");
  await expect(menu).toBeHidden();
  await expect(ada.message("one")).toBeFocused();
  await keys.press("Enter");
  await keys.press("Enter");
  await expect(ada.page.getByText("Reply to yourself")).toBeVisible();
  await expect(ada.composer).toBeFocused();
  await keys.press("Escape");
  await expect(ada.page.getByText("Reply to yourself")).toBeHidden();
  await expect(ada.header("Ben Okafor")).toBeVisible();

  await ada.header("Ben Okafor").press("Enter");
  const details = ada.page.getByRole("complementary", { name: "Details" });
  await expect(details).toBeVisible();
  await keys.press("Escape");
  await expect(details).toBeHidden();
  await expect(ada.header("Ben Okafor")).toBeVisible();
});

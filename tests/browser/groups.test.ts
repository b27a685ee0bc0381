import { expect, test } from "./support/test.ts";

test("three people in a group: news, names, mentions, roles, renaming, removing, leaving [V1]", async ({ people }) => {
  const [ada, ben, chiyo] = await Promise.all([
    people.person("Ada Moreau"),
    people.person("Ben Okafor"),
    people.person("Chiyo Tanaka"),
  ]);
  await ada.startGroup("Lighthouse", [ben]);
  await ada.say("welcome");
  await ben.open("Lighthouse");
  await ben.sees("welcome");
  await expect(ben.timeline).toContainText("Ada Moreau created the group “Lighthouse”");
  await expect(ben.header("Lighthouse")).toContainText("2 members");
  await expect(ben.message("welcome").locator(".bubble-name")).toHaveText("Ada Moreau");

  // More people.
  await ada.header("Lighthouse").click();
  const details = ada.page.getByRole("complementary", { name: "Details" });
  await details.getByRole("button", { name: "Add members" }).click();
  const add = ada.page.getByRole("dialog", { name: "Add members" });
  // Who is named and not added yet is meant too, and must be somebody.
  await add.getByLabel("People", { exact: true }).fill(`${chiyo.handle}x`);
  await add.getByRole("button", { name: "Add to group" }).click();
  await expect(add.getByRole("alert")).toHaveText(`Nobody has the handle @${chiyo.handle}x.`);
  await add.getByLabel("People", { exact: true }).fill(chiyo.handle);
  await expect(add.getByRole("alert")).toHaveCount(0);
  await add.getByRole("button", { name: "Add to group" }).click();
  await chiyo.open("Lighthouse");
  // [V2] nothing from before.
  await expect(chiyo.timeline).toContainText("Ada Moreau added you");
  await expect(chiyo.message("welcome")).toHaveCount(0);
  await expect(details.getByRole("listitem")).toHaveCount(3);
  await expect(ben.timeline).toContainText("Ada Moreau added Chiyo Tanaka");

  // Writing to one of several.
  await chiyo.page.keyboard.press("Escape");
  await ben.composer.pressSequentially(`hello @${chiyo.handle.slice(0, 6)}`);
  await ben.page.getByRole("listbox", { name: "Mention a member" }).getByText("Chiyo Tanaka").click();
  await ben.composer.press("Enter");
  await expect(chiyo.row("Lighthouse")).toContainText("You were mentioned");
  await expect(chiyo.row("Lighthouse")).toContainText("Ben Okafor: hello");
  await chiyo.open("Lighthouse");
  await expect(chiyo.message("hello").locator(".mention")).toHaveText(`@${chiyo.handle}`);
  await ben.composer.pressSequentially("hm");
  await expect(chiyo.header("Lighthouse")).toContainText("Ben Okafor is typing…");
  await ben.composer.fill("");

  // Who has read what.
  await ada.say("read this");
  await ben.sees("read this");
  await chiyo.sees("read this");
  await expect(ada.message("read this").getByRole("img", { name: "Read" })).toBeVisible();
  await ada.act("read this", "Who has read it");
  const readers = ada.page.getByRole("dialog", { name: "Who has read it" });
  await expect(readers.getByRole("region", { name: "Read by" }).getByRole("listitem")).toHaveCount(2);
  await expect(readers.getByRole("region", { name: "Delivered to" })).toContainText("Everyone has read it");
  await ada.page.keyboard.press("Escape");

  // A new name, a new admin.
  await details.getByRole("button", { name: "Rename group" }).click();
  const rename = ada.page.getByRole("dialog", { name: "Rename group" });
  await rename.getByLabel("Group name").fill("Lighthouse weekend");
  await rename.getByRole("button", { name: "Rename", exact: true }).click();
  await expect(ben.header("Lighthouse weekend")).toBeVisible();
  await expect(chiyo.timeline).toContainText("Ada Moreau renamed the group to “Lighthouse weekend”");
  await details.getByRole("button", { name: "Actions for Ben Okafor" }).click();
  await ada.page.getByRole("menuitem", { name: "Make admin" }).click();
  await expect(ben.timeline).toContainText("Ada Moreau made you an admin");
  await expect(details.getByRole("listitem").filter({ hasText: "Ben Okafor" })).toContainText("Admin");

  // The new admin removes a message and a member.
  await ben.act("read this", "Delete");
  await ben.page.getByRole("dialog").getByRole("button", { name: "Delete for everyone" }).click();
  await expect(chiyo.message("This message was deleted")).toHaveCount(1);
  await ben.header("Lighthouse weekend").click();
  await ben.page.getByRole("button", { name: "Actions for Chiyo Tanaka" }).click();
  await ben.page.getByRole("menuitem", { name: "Remove from group" }).click();
  await ben.page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(chiyo.page.getByText("You are not a member of this group any more.")).toBeVisible();
  await expect(chiyo.composer).toHaveCount(0);

  // Leaving.
  await details.getByRole("button", { name: "Leave group" }).click();
  await ada.page.getByRole("dialog").getByRole("button", { name: "Leave group" }).click();
  await expect(ben.timeline).toContainText("Ada Moreau left");
  await expect(ben.header("Lighthouse weekend")).toContainText("1 member");
  await expect(ada.header("Lighthouse weekend")).toBeHidden();
});

import { expect, test } from "./support/test.ts";

test("two tabs are one device: both live, and one goes on when the other closes", async ({ people }) => {
  const [ada, ben] = await Promise.all([people.person("Ada Moreau"), people.person("Ben Okafor")]);
  await ada.writeTo(ben);
  await ada.say("from the first tab");
  await ben.open("Ada Moreau");
  await ben.sees("from the first tab");

  const second = ada.at(await ada.page.context().newPage());
  await second.page.goto("/");
  await second.open("Ben Okafor");
  await second.sees("from the first tab");
  await second.say("from the second tab");
  await ada.sees("from the second tab");
  await ben.sees("from the second tab");

  await ada.page.close();
  await ben.say("who is left?");
  await second.sees("who is left?");
  await second.say("me");
  await ben.sees("me");
  const devices = await second.settings("Devices");
  await expect(devices.getByRole("listitem")).toHaveCount(1);
});

test("[S5] a second device has the same conversations, what is read, muted and deleted for me", async ({ people }) => {
  const [ada, ben] = await Promise.all([people.person("Ada Moreau"), people.person("Ben Okafor")]);
  await ben.writeTo(ada);
  await ben.say("keep this");
  await ben.say("hide this");
  await expect(ada.row("Ben Okafor")).toContainText("2 unread");
  const phone = await ada.signIn(await people.open());
  await expect(phone.row("Ben Okafor")).toContainText("2 unread");
  await phone.open("Ben Okafor");
  await phone.sees("hide this");
  await expect(ada.row("Ben Okafor")).not.toContainText("unread");

  await ada.open("Ben Okafor");
  await ada.act("hide this", "Delete");
  await ada.page.getByRole("dialog").getByRole("button", { name: "Delete for me" }).click();
  await expect(phone.message("hide this")).toHaveCount(0);
  await phone.say("from my phone");
  await ada.sees("from my phone");
  await expect(ada.message("from my phone")).toHaveAttribute("aria-label", /^You/);
  await expect(ben.message("hide this")).toHaveCount(1);
});

import { expect, test } from "./support/test.ts";

test("two people chat: by handle, live, with ticks from sent to read", async ({ people }) => {
  const [ada, ben] = await Promise.all([people.person("Ada Moreau"), people.person("Ben Okafor")]);
  await ada.writeTo(ben);
  await ada.say("Hello Ben");
  await expect(ada.message("Hello Ben").getByRole("img", { name: "Delivered" })).toBeVisible();

  await ben.open("Ada Moreau");
  await ben.sees("Hello Ben");
  await expect(ada.message("Hello Ben").getByRole("img", { name: "Read" })).toBeVisible();
  await ben.say("Hello Ada");
  await ada.sees("Hello Ada");

  await ben.page.context().close();
  await ada.say("Are you still there?");
  await expect(ada.message("Are you still there?").getByRole("img", { name: "Sent", exact: true })).toBeVisible();
});

test("a handle that nobody has is said so", async ({ people }) => {
  const ada = await people.person("Ada Moreau");
  await ada.page.getByRole("button", { name: "New chat" }).click();
  const dialog = ada.page.getByRole("dialog", { name: "New chat" });
  await dialog.getByLabel("Handle").fill("@Nobody_Has_This_1");
  await dialog.getByRole("button", { name: "Start chat" }).click();
  await expect(dialog.getByText("Nobody has the handle @nobody_has_this_1.")).toBeVisible();
  await dialog.getByLabel("Handle").fill("somebody_else");
  await expect(dialog.getByText(/Nobody has the handle/)).toBeHidden();
  await ada.page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("the list is in live order, with previews, unread badges and a total in the title", async ({ people }) => {
  const [ada, ben, chiyo] = await Promise.all([
    people.person("Ada Moreau"),
    people.person("Ben Okafor"),
    people.person("Chiyo Tanaka"),
  ]);
  await ben.writeTo(ada);
  await ben.say("one");
  await ben.say("two");
  await expect(ada.row("Ben Okafor")).toContainText("two");
  await chiyo.writeTo(ada);
  await chiyo.say("a word from me");
  const rows = ada.page.getByRole("list", { name: "Conversations" }).getByRole("listitem");
  await expect(rows).toHaveText([/Chiyo Tanaka.*a word from me.*1 unread/s, /Ben Okafor.*two.*2 unread/s]);
  await expect(ada.page).toHaveTitle("(3) Meridian");

  await ben.say("three");
  await expect(rows).toHaveText([/Ben Okafor.*three.*3 unread/s, /Chiyo Tanaka/]);
  await ada.open("Ben Okafor");
  await expect(ada.row("Ben Okafor")).not.toContainText("unread");
  await expect(ada.page).toHaveTitle("(1) Meridian");
});

test("who types and who is online is seen, and when they were last", async ({ people }) => {
  const [ada, ben] = await Promise.all([people.person("Ada Moreau"), people.person("Ben Okafor")]);
  await ada.writeTo(ben);
  await ada.say("Hi");
  await ben.open("Ada Moreau");
  await expect(ada.header("Ben Okafor")).toContainText("online");
  await expect(ada.row("Ben Okafor")).toContainText("online");
  await ben.composer.pressSequentially("Wait");
  await expect(ada.header("Ben Okafor")).toContainText("typing…");
  await expect(ada.row("Ben Okafor")).toContainText("typing…");
  await ben.composer.fill("");
  await expect(ada.header("Ben Okafor")).toContainText("online");

  await ben.page.context().close();
  await expect(ada.header("Ben Okafor")).toContainText("last seen just now");
  await expect(ada.row("Ben Okafor")).not.toContainText("online");
});

test("Enter sends, Shift+Enter breaks the line, and nothing empty is sent", async ({ people }) => {
  const ada = await people.person("Ada Moreau");
  await ada.page.getByRole("button", { name: "New conversation" }).click();
  await ada.page.getByRole("menuitem", { name: "Notes to self" }).click();
  await expect(ada.header("Notes to self")).toBeVisible();
  await ada.composer.press("Enter");
  await ada.composer.fill("   ");
  await ada.composer.press("Enter");
  await ada.composer.fill("");
  await ada.composer.pressSequentially("first");
  await ada.composer.press("Shift+Enter");
  await ada.composer.pressSequentially("second");
  await ada.composer.press("Enter");
  await expect(ada.timeline.getByRole("article")).toHaveCount(1);
  await expect(ada.message("first")).toContainText("first\nsecond", { useInnerText: true });
  await expect(ada.composer).toHaveValue("");
});

test("a draft stays, in the list and over a reload", async ({ people }) => {
  const [ada, ben] = await Promise.all([people.person("Ada Moreau"), people.person("Ben Okafor")]);
  await ada.writeTo(ben);
  await ada.composer.fill("not yet");
  await ada.page.keyboard.press("Escape");
  await expect(ada.row("Ben Okafor")).toContainText("Draft: not yet");
  await ada.page.reload();
  await ada.open("Ben Okafor");
  await expect(ada.composer).toHaveValue("not yet");
  // Whatever wants to be stored after the message is not: as if the power had failed just then.
  await ada.page.evaluate(() => {
    // oxlint-disable-next-line typescript/unbound-method -- called with the database it belongs to
    const { transaction } = IDBDatabase.prototype;
    let hasMessage = false;
    IDBDatabase.prototype.transaction = function (stores, mode, options) {
      if (hasMessage && mode === "readwrite") throw new DOMException("The power failed.", "AbortError");
      hasMessage ||= mode === "readwrite" && [stores].flat().includes("outbox");
      return transaction.call(this, stores, mode, options);
    };
  });
  await ada.composer.press("Enter");
  await ada.sees("not yet");
  await ada.page.reload();
  await ada.sees("not yet");
  await expect(ada.composer).toHaveValue("");
  await ada.page.keyboard.press("Escape");
  await expect(ada.row("Ben Okafor")).not.toContainText("Draft");
});

test("messages stand in groups under their day, are read out as they come, and move only for who likes it", async ({
  people,
}) => {
  const [ada, ben, chiyo] = await Promise.all([
    people.person("Ada Moreau"),
    people.person("Ben Okafor", { reducedMotion: "no-preference" }),
    people.person("Chiyo Tanaka"),
  ]);
  await ben.startGroup("Lighthouse", [ada]);
  await ben.say("ben, one");
  await ben.say("ben, two");
  const spoken = ada.page.getByRole("status").filter({ hasText: /./ });
  await expect(spoken.filter({ hasText: "New message in Lighthouse" })).toHaveCount(1);
  await ada.open("Lighthouse");
  await ada.sees("ben, two");
  await ada.say("ada, three");
  await ben.sees("ada, three");
  await ben.say("ben, four");
  await expect(spoken.filter({ hasText: "Ben Okafor: ben, four" })).toHaveCount(1);

  // One day, and a name where somebody begins to speak.
  await expect(ada.timeline.getByRole("separator", { name: "Today" })).toHaveCount(1);
  await expect(ada.message("ben, one").locator(".bubble-name")).toHaveText("Ben Okafor");
  await expect(ada.message("ben, two").locator(".bubble-name")).toHaveCount(0);
  await expect(ada.message("ben, four").locator(".bubble-name")).toHaveText("Ben Okafor");
  await expect(ada.message("ben, four")).toHaveAccessibleName(/^Ben Okafor, \d\d:\d\d$/);

  await chiyo.writeTo(ada);
  await chiyo.say("psst");
  await expect(spoken.filter({ hasText: "New message from Chiyo Tanaka" })).toHaveCount(1);

  // The same dialog, calm for one and lively for the other.
  const duration = async ({ page }: typeof ada): Promise<number> => {
    await page.keyboard.press("Control+k");
    return page
      .locator("dialog[open]")
      .evaluate((element) => Number.parseFloat(getComputedStyle(element).animationDuration));
  };
  expect(await duration(ada)).toBeLessThan(0.01);
  expect(await duration(ben)).toBeGreaterThan(0.1);
});

import { startStack } from "../system/support/stack.ts";
import { newestLog, session } from "./support/service.ts";
import { expect, test } from "./support/test.ts";

test("[C1] written offline, kept over a reload, sent in order on return", async ({ people }) => {
  const [ada, ben] = await Promise.all([people.person("Ada Moreau"), people.person("Ben Okafor")]);
  await ada.writeTo(ben);
  await ada.say("before");
  await ben.open("Ada Moreau");
  await ben.sees("before");

  await ada.page.context().setOffline(true);
  await expect(ada.page.getByText("You are offline.")).toBeVisible();
  for (const text of ["first", "second", "third"]) await ada.say(text);
  await expect(ada.message("third").getByRole("img", { name: "Waiting to be sent" })).toBeVisible();
  await expect(ada.row("Ben Okafor").getByRole("img", { name: "Waiting to be sent" })).toBeVisible();

  // The page itself comes from the service worker, the rest from the device.
  await ada.page.reload();
  await expect(ada.page.getByText("You are offline.")).toBeVisible();
  await expect(ada.header("Ben Okafor")).toBeVisible();
  await ada.sees("before");
  await expect(ada.message("second").getByRole("img", { name: "Waiting to be sent" })).toBeVisible();
  await expect(ben.message("first")).toHaveCount(0);

  await ada.page.context().setOffline(false);
  await expect(ada.page.getByText("Back online")).toBeVisible();
  await expect(ada.message("third").getByRole("img", { name: "Read" })).toBeVisible();
  await expect(ben.timeline.getByRole("article")).toHaveText([/before/, /first/, /second/, /third/]);
  await expect(ada.page.getByText("Back online")).toBeHidden();
});

test("[C1] a reload in the middle of an outbox loses and repeats nothing", async ({ people, baseURL }) => {
  const [ada, ben] = await Promise.all([people.person("Ada Moreau"), people.person("Ben Okafor")]);
  await ada.writeTo(ben);
  const url = baseURL ?? "";
  // From the eleventh on, the page learns nothing of what becomes of its messages.
  let answers = 0;
  await ada.page.routeWebSocket(/\/v1\/socket/, (socket) => {
    const server = socket.connectToServer();
    let isDeaf = false;
    server.onMessage((frame) => {
      if (isDeaf) return;
      socket.send(frame);
      if (!String(frame).includes('"type":"sent"')) return;
      answers += 1;
      isDeaf = answers === 10;
    });
  });
  await ada.page.reload();
  const texts = Array.from({ length: 30 }, (_, index) => `number ${index + 1};`);
  for (const text of texts) await ada.say(text);
  // What is to be seen is stored.
  await expect(ada.message("number 30;").getByRole("img", { name: "Waiting to be sent" })).toBeVisible();
  // The eleventh is durable: only this device does not know.
  await expect.poll(async () => (await newestLog(url, await session(url, ben.handle))).length).toBe(11);
  await ada.page.reload();
  await expect(ada.message("number 30;").getByRole("img", { name: /^(Sent|Delivered)$/ })).toBeVisible();
  await expect(ada.message("number 30;")).toBeInViewport();
  await ben.open("Ada Moreau");
  await ben.sees("number 30;");
  expect(await newestLog(url, await session(url, ben.handle))).toEqual(texts);
});

test("a message that is not in the outbox yet is still a draft, and is not overtaken", async ({ people }) => {
  const [ada, ben] = await Promise.all([people.person("Ada Moreau"), people.person("Ben Okafor")]);
  await ada.startGroup("Harbour", [ben]);
  await ben.open("Harbour");
  await ada.page.reload();
  await expect(ada.composer).toBeVisible();
  // Who is named takes a call, and this one gets no answer.
  const calls = "**/v1/conversations/*/members?*";
  await ada.page.route(calls, () => undefined);
  const text = `are you there, @${ben.handle}?`;
  await ada.say(text);
  await expect(ada.composer).toHaveValue("");
  await expect(ada.row("Harbour")).toContainText(`Draft: ${text}`);
  const crashed = ada.page.waitForEvent("crash");
  const devtools = await ada.page.context().newCDPSession(ada.page);
  // It takes its own answer with it.
  devtools.send("Page.crash").catch(() => undefined);
  await crashed;

  const again = ada.at(await ada.page.context().newPage());
  const answer = Promise.withResolvers<void>();
  await again.page.route(calls, async (route) => {
    await answer.promise;
    await route.continue();
  });
  await again.page.goto("/");
  await again.open("Harbour");
  await expect(again.composer).toHaveValue(text);
  await again.composer.press("Enter");
  await again.say("and again");
  await expect(again.composer).toHaveValue("");
  await expect(again.timeline.getByRole("article")).toHaveCount(0);
  answer.resolve();
  await expect(ben.timeline.getByRole("article")).toHaveText([/are you there/, /and again/]);
  await again.page.reload();
  await again.sees("and again");
  await expect(again.composer).toHaveValue("");
});

test("what is refused for good says why, and is retried or discarded", async ({ people }) => {
  const [ada, ben] = await Promise.all([people.person("Ada Moreau"), people.person("Ben Okafor")]);
  await ada.startGroup("Harbour", [ben]);
  await ben.open("Harbour");
  await ben.page.context().setOffline(true);
  await ben.say("am I still in?");
  await ben.say("hello?");
  await expect(ben.message("hello?").getByRole("img", { name: "Waiting to be sent" })).toBeVisible();
  await ada.header("Harbour").click();
  await ada.page.getByRole("button", { name: "Actions for Ben Okafor" }).click();
  await ada.page.getByRole("menuitem", { name: "Remove from group" }).click();
  await ada.page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(ada.timeline).toContainText("You removed Ben Okafor");

  await ben.page.context().setOffline(false);
  await expect(ben.page.getByText("You are not a member of this group any more.")).toBeVisible();
  const failed = ben.timeline.getByRole("alert").filter({ hasText: "Not sent." });
  await expect(failed).toHaveCount(2);

  // Back in the group, the same message goes through.
  await ada.page.getByRole("button", { name: "Add members" }).click();
  await ada.page.getByRole("dialog").getByLabel("People", { exact: true }).fill(ben.handle);
  await ada.page.getByRole("dialog").getByRole("button", { name: "Add", exact: true }).click();
  await ada.page.getByRole("dialog").getByRole("button", { name: "Add to group" }).click();
  await expect(ben.composer).toBeVisible();
  await failed.first().getByRole("button", { name: "Retry" }).click();
  await ada.sees("am I still in?");
  await ben.timeline.getByRole("alert").getByRole("button", { name: "Discard" }).click();
  await expect(ben.message("hello?")).toHaveCount(0);
  await expect(ada.message("hello?")).toHaveCount(0);
});

test("[S1] the server is killed under an open page and comes back: everything arrives once", async ({ people }) => {
  const stack = await startStack({ web: true, vars: { PASSWORD_COST: "1024,8,1" } });
  try {
    const [ada, ben] = await Promise.all([
      people.person("Ada Moreau", { baseURL: stack.url }),
      people.person("Ben Okafor", { baseURL: stack.url }),
    ]);
    await ada.writeTo(ben);
    await ada.say("before the storm");
    await ben.open("Ada Moreau");
    await ben.sees("before the storm");

    await stack.kill("SIGKILL");
    await expect(ada.page.getByText("No connection.")).toBeVisible();
    await ada.say("in the dark");
    await expect(ada.message("in the dark").getByRole("img", { name: "Waiting to be sent" })).toBeVisible();
    await stack.restart();
    const tryNow = ada.page.getByRole("button", { name: "Try now" });
    if (await tryNow.isVisible()) await tryNow.click().catch(() => undefined);

    await expect(ada.message("in the dark").getByRole("img", { name: "Read" })).toBeVisible({ timeout: 60_000 });
    await expect(ben.timeline.getByRole("article")).toHaveText([/before the storm/, /in the dark/]);
    await ben.say("after it");
    await ada.sees("after it");
  } finally {
    await stack.stop();
  }
});

import type { PushState } from "../../protocol/push.ts";
import { call } from "../../tools/dev/demo/call.ts";
import { PushService } from "../system/support/push-service.ts";
import { expectAccessible } from "./support/axe.ts";
import { fakeSubscribing, WorkerScreen } from "./support/push.ts";
import { stranger } from "./support/service.ts";
import { expect, test } from "./support/test.ts";
import { Person } from "./support/person.ts";

let service: PushService;

test.beforeAll(async ({ baseURL }) => {
  const url = baseURL ?? "";
  const { accessToken: token } = await stranger(url, "Reader");
  const { publicKey } = await call<PushState>({ url }, { method: "GET", path: "/v1/me/push", token });
  service = await PushService.start(publicKey);
});
test.afterAll(() => service.stop());

test("[N1] [N2] a message to somebody who is away becomes a notification, which opens, answers and goes", async ({
  people,
  baseURL,
}) => {
  const subscription = service.subscribe();
  const page = await people.open();
  await fakeSubscribing(page.context(), subscription);
  const ben = await Person.register(page, "Ben Okafor");
  const ada = await people.person("Ada Moreau");
  await ada.writeTo(ben);

  // Asked once there is something to be told of, and not before.
  const bar = page.getByRole("region", { name: "Notifications" });
  await expect(bar).toHaveCount(0);
  await ada.say("Hello Ben");
  await expect(bar).toBeVisible();
  await expectAccessible(page, "with notifications on offer");
  await bar.getByRole("button", { name: "Turn on" }).click();
  await expect(bar).toHaveCount(0);
  const settings = await ben.settings("Notifications");
  await expect(settings.getByRole("switch", { name: "New messages" })).toBeChecked();
  await settings.getByRole("switch", { name: "Show what was written" }).click();
  await expect(settings.getByRole("switch", { name: "Show what was written" })).toBeChecked();

  await expectAccessible(page, "the settings of notifications");

  // Ben closes the app; the browser is still there.
  const screen = await WorkerScreen.of(page);
  await page.goto("about:blank");
  await ada.say("The harbour at noon");
  const [push] = await service.next(subscription);
  expect(push?.notice).toMatchObject({ text: "The harbour at noon", unread: 2 });
  await screen.deliver(push?.text ?? "");
  await expect.poll(() => screen.shown()).toHaveLength(1);
  const [notification] = await screen.shown();
  expect(notification?.title).toBe("Ada Moreau (2)");
  expect(notification?.options).toMatchObject({
    body: "The harbour at noon",
    tag: `conversation:${push?.notice.conversation}`,
    actions: [{ action: "reply" }, { action: "read" }],
  });

  expect(await screen.badge()).toBe(2);

  // The next one takes its place; one that was overtaken changes nothing.
  await ada.say("Bring a coat");
  const [, second] = await service.next(subscription, 2);
  await screen.deliver(second?.text ?? "");
  await expect.poll(async () => (await screen.shown()).map(({ options }) => options.body)).toEqual(["Bring a coat"]);

  // Answered without a page: the worker sends it as the page would, and what was answered was read.
  await screen.click("reply", "On my way");
  await ada.sees("On my way");
  await expect(ada.message("Bring a coat").getByRole("img", { name: "Read" })).toBeVisible();
  expect(await screen.shown()).toEqual([]);

  // Clicked while no page is open: it opens one, where reading it closes what came meanwhile.
  await ada.say("See you there");
  const [, , third] = await service.next(subscription, 3);
  await screen.deliver(third?.text ?? "");
  await expect.poll(() => screen.shown()).toHaveLength(1);
  await screen.click();
  const [address = ""] = await screen.opened();
  await screen.deliver(third?.text ?? "");
  await expect.poll(() => screen.shown()).toHaveLength(1);
  await page.goto(address);
  await ben.sees("See you there");
  await expect.poll(() => screen.shown()).toEqual([]);

  // On the screen already: no notification. Another conversation's comes, and a click shows it in the open window.
  const { notice } = third ?? { notice: undefined };
  await screen.deliver(JSON.stringify({ ...notice, seq: 1_000 }));
  await screen.deliver(JSON.stringify({ ...notice, conversation: "d_elsewhere", title: "Elsewhere", unread: 1 }));
  await expect.poll(async () => (await screen.shown()).map(({ title }) => title)).toEqual(["Elsewhere"]);
  await screen.click("reply");
  await expect(page).toHaveURL(/\/c\/d_elsewhere$/);
  expect(await screen.opened()).toHaveLength(1);
  expect(service.complaints).toEqual([]);

  // In the background the page has its link, so nothing is pushed: it tells of the message itself.
  await page.evaluate(() => Object.assign(document, { hasFocus: () => false }));
  await ada.say("Still there?");
  await expect.poll(async () => (await screen.shown()).map(({ options }) => options.body)).toEqual(["Still there?"]);
  await screen.click("read");
  await expect(ada.message("Still there?").getByRole("img", { name: "Read" })).toBeVisible();

  // Off means that the server forgets where to push to; so does signing out.
  await page.goto("/settings/notifications");
  const toggle = page.getByRole("switch", { name: "New messages" });
  const told = page.waitForResponse((response) => response.request().method() === "DELETE");
  await toggle.click();
  await expect(toggle).not.toBeChecked();
  expect([(await told).url(), (await told).status()]).toEqual([`${baseURL}/v1/me/push`, 204]);
  await toggle.click();
  await expect(toggle).toBeChecked();
  await screen.deliver(JSON.stringify({ ...notice, conversation: "d_elsewhere", unread: 1 }));
  await expect.poll(() => screen.shown()).toHaveLength(1);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
  await expect.poll(() => screen.shown()).toEqual([]);
  await expect.poll(() => page.evaluate(() => localStorage.getItem("test.subscribed"))).toBeNull();
});

/** Files between two people: chosen, pasted and dropped, on their way, received, looked at, and what can go wrong. */
import type { Locator, Page } from "@playwright/test";
import { MEDIA_PART_BYTES } from "../../protocol/limits.ts";
import { expectAccessible } from "./support/axe.ts";
import type { Person } from "./support/person.ts";
import { expect, test } from "./support/test.ts";

interface File {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** A picture with something to see in it. */
async function picture(page: Page, name: string, width: number, height: number): Promise<File> {
  const url = await page.evaluate(
    ([w, h]) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [w, h];
      const context = canvas.getContext("2d");
      if (context === null) throw new Error("This browser cannot draw.");
      const sky = context.createLinearGradient(0, 0, w, h);
      sky.addColorStop(0, "#27408b");
      sky.addColorStop(0.6, "#e8875a");
      sky.addColorStop(1, "#f7d9a8");
      context.fillStyle = sky;
      context.fillRect(0, 0, w, h);
      context.fillStyle = "#fff3c4";
      context.beginPath();
      context.arc(w * 0.7, h * 0.45, Math.min(w, h) * 0.12, 0, 7);
      context.fill();
      return canvas.toDataURL("image/png");
    },
    [width, height] as const,
  );
  return { name, mimeType: "image/png", buffer: Buffer.from(url.slice(url.indexOf(",") + 1), "base64") };
}

const text = (name: string, size = 2_000): File => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.alloc(size, "meridian "),
});

const tray = (person: Person): Locator => person.page.getByRole("list", { name: "Files to send" });
const sending = (person: Person): Locator => person.page.getByRole("region", { name: "Files being sent" });
const viewer = (person: Person): Locator => person.page.getByRole("dialog", { name: "Photo viewer" });
const send = (person: Person): Promise<void> => person.page.getByRole("button", { name: "Send", exact: true }).click();

async function attach(person: Person, ...files: readonly File[]): Promise<void> {
  const chosen = person.page.waitForEvent("filechooser");
  await person.page.getByRole("button", { name: "Attach files" }).click();
  await (await chosen).setFiles([...files]);
}

/** Pastes or drops files as the browser would hand them over. */
async function hand(person: Person, how: "paste" | "drop", files: readonly File[]): Promise<void> {
  const given = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString("base64") }));
  await person.composer.evaluate(
    (target, [kind, all]) => {
      const data = new DataTransfer();
      for (const { name, mimeType, base64 } of all) {
        const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
        data.items.add(new File([bytes], name, { type: mimeType }));
      }
      const bubbles = { bubbles: true, cancelable: true };
      if (kind === "paste") target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, ...bubbles }));
      else target.dispatchEvent(new DragEvent("dragenter", { dataTransfer: data, ...bubbles }));
    },
    [how, given] as const,
  );
  if (how === "paste") return;
  await expect(person.page.getByText("Drop files here to send them")).toBeVisible();
  await person.composer.evaluate((target, all) => {
    const data = new DataTransfer();
    for (const { name, mimeType, base64 } of all) {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      data.items.add(new File([bytes], name, { type: mimeType }));
    }
    target.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, given);
  await expect(person.page.getByText("Drop files here to send them")).toBeHidden();
}

test("[M1] pictures and a file go from one to another, are shown, looked at, saved and found", async ({ people }) => {
  const [ada, ben] = await Promise.all([people.person("Ada Moreau"), people.person("Ben Okafor")]);
  await ada.writeTo(ben);
  await attach(ada, await picture(ada.page, "harbour.png", 900, 600), text("Tide table.bin"));
  await hand(ada, "paste", [await picture(ada.page, "evening.png", 500, 900)]);
  await expect(tray(ada).getByRole("listitem")).toHaveCount(3);
  await expectAccessible(ada.page, "tray");
  await hand(ada, "drop", [text("one too many.txt"), await picture(ada.page, "night.png", 640, 640)]);
  await tray(ada).getByRole("button", { name: "Remove one too many.txt" }).click();
  await expect(tray(ada).getByRole("listitem")).toHaveCount(4);
  await ada.composer.fill("From the pier");
  await ada.composer.press("Enter");
  await expect(tray(ada)).toHaveCount(0);
  await expect(ada.composer).toHaveValue("");

  await ben.row("Ada Moreau").getByText("From the pier").waitFor();
  await ben.open("Ada Moreau");
  const message = ben.message("From the pier");
  await expect(message.getByRole("button", { name: /^Photo / })).toHaveCount(3);
  // Each came whole: the browser knows the size of what it shows.
  await expect(message.locator("img.photo-full")).toHaveCount(3);
  const widths = (): Promise<number[]> =>
    message.locator("img.photo-full").evaluateAll((all) => all.map((one) => (one as HTMLImageElement).naturalWidth));
  await expect.poll(widths).toEqual([900, 500, 640]);
  await expect(ada.message("From the pier").getByRole("img", { name: /^(Delivered|Read)$/ })).toBeVisible();
  await expect(sending(ada)).toHaveCount(0);

  const saved = ben.page.waitForEvent("download");
  await message.getByRole("button", { name: /^Download Tide table\.bin, 2/ }).click();
  expect((await saved).suggestedFilename()).toBe("Tide table.bin");

  await message.getByRole("button", { name: "Photo harbour.png" }).click();
  await expect(viewer(ben).getByRole("img", { name: "harbour.png" })).toBeVisible();
  await expect(viewer(ben).getByRole("status")).toContainText("1 of 3");
  await expectAccessible(ben.page, "viewer");
  await ben.page.keyboard.press("ArrowRight");
  const evening = viewer(ben).getByRole("img", { name: "evening.png" });
  await expect(evening).toBeVisible();
  const height = async (): Promise<number> => Math.round((await evening.boundingBox())?.height ?? 0);
  const whole = await height();
  await ben.page.keyboard.press("+");
  await expect.poll(height).toBeGreaterThan(whole);
  await ben.page.keyboard.press("0");
  await expect.poll(height).toBe(whole);
  await ben.page.keyboard.press("End");
  await expect(viewer(ben).getByRole("img", { name: "night.png" })).toBeVisible();
  await expect(viewer(ben).getByRole("button", { name: "Next photo" })).toHaveCount(0);
  await ben.page.keyboard.press("Escape");
  await expect(viewer(ben)).toHaveCount(0);
  await expect(message.getByRole("button", { name: "Photo harbour.png" })).toBeFocused();
  await expect(ben.header("Ada Moreau")).toBeVisible();

  await attach(ben, await picture(ben.page, "back.png", 300, 200));
  await send(ben);
  await expect(ada.row("Ben Okafor")).toContainText("Photo");
  await expect(ada.timeline.getByRole("button", { name: "Photo back.png" })).toBeVisible();
  const field = ada.page.getByRole("searchbox", { name: "Search chats and messages" });
  await field.fill("tide table");
  await expect(ada.page.getByRole("list", { name: "Found messages" }).getByRole("listitem")).toHaveCount(1);
});

test("[M1] a large file shows how far it is, is paused, survives a reload and goes on", async ({ people }) => {
  const [ada, ben] = await Promise.all([people.person("Ada Moreau"), people.person("Ben Okafor")]);
  await ada.writeTo(ben);
  // The second part waits, so that there is a middle.
  const [reached, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await ada.page.route(/\/upload\?.*&part=2$/, async (route) => {
    reached.resolve();
    await held.promise;
    await route.continue().catch(() => undefined);
  });
  await attach(ada, text("film.bin", MEDIA_PART_BYTES + 1_000));
  await ada.composer.fill("The long one");
  await send(ada);
  const progress = sending(ada).getByRole("progressbar", { name: "film.bin, sent" });
  const share = (): Promise<number> => progress.evaluate((bar) => (bar as HTMLProgressElement).value);
  await expect.poll(share).toBeGreaterThan(0);
  await reached.promise;
  await expect.poll(share).toBeGreaterThan(0.9);
  await sending(ada).getByRole("button", { name: "Pause film.bin" }).click();
  await expect(sending(ada)).toContainText("paused");
  await expect(sending(ada)).toContainText("The long one");
  await expectAccessible(ada.page, "files on their way");

  held.resolve();
  await ada.page.unrouteAll({ behavior: "ignoreErrors" });
  await ada.page.reload();
  await expect(sending(ada)).toContainText("paused");
  expect(await share()).toBeGreaterThan(0.9);
  const parts: string[] = [];
  ada.page.on("request", (request) => {
    const part = new URL(request.url()).searchParams.get("part");
    if (part !== null) parts.push(part);
  });
  await sending(ada).getByRole("button", { name: "Resume film.bin" }).click();
  await ben.open("Ada Moreau");
  await expect(ben.message("The long one").getByRole("button", { name: /^Download film\.bin/ })).toBeVisible();
  await expect(sending(ada)).toHaveCount(0);
  await expect(ada.message("The long one")).toHaveCount(1);
  expect(parts).toEqual(["2"]);
});

test("[M1] what fails says so and is sent again, what is cancelled is gone, what is too much is refused", async ({
  people,
}) => {
  const [ada, ben] = await Promise.all([people.person("Ada Moreau"), people.person("Ben Okafor")]);
  await ada.writeTo(ben);
  const problem = { type: "about:blank", title: "Unprocessable", status: 422, code: "digest_mismatch", detail: "No." };
  await ada.page.route(/\/upload\?/, (route) =>
    route.fulfill({ status: 422, contentType: "application/problem+json", body: JSON.stringify(problem) }),
  );
  await attach(ada, text("report.bin"), text("mistake.bin"));
  await ada.composer.fill("Here it is");
  await send(ada);
  await expect(sending(ada).getByRole("alert")).toHaveCount(2);
  await expect(sending(ada).getByRole("alert").first()).toContainText("Not sent.");
  // A message without a file overtakes it: nothing was promised yet.
  await ada.say("Soon");
  await ben.open("Ada Moreau");
  await ben.sees("Soon");

  await sending(ada).getByRole("button", { name: "Cancel mistake.bin" }).click();
  await expect(sending(ada).getByRole("listitem")).toHaveCount(1);
  await ada.page.unrouteAll({ behavior: "ignoreErrors" });
  await sending(ada).getByRole("button", { name: "Retry report.bin" }).click();
  await expect(ben.message("Here it is").getByRole("button", { name: /^Download / })).toHaveCount(1);
  await expect(ben.message("Here it is")).toContainText("report.bin");
  await expect(sending(ada)).toHaveCount(0);

  // Without a network it waits, and goes by itself once there is one.
  await ada.page.context().setOffline(true);
  await attach(ada, text("later.bin"));
  await send(ada);
  await expect(sending(ada)).toContainText("No connection");
  await ada.page.context().setOffline(false);
  await expect(ben.message("later.bin")).toBeVisible();

  await attach(ada, ...Array.from({ length: 33 }, (_, index) => text(`part ${index}.bin`, 10)));
  await expect(ada.page.getByText("A message has at most 32 files.")).toBeVisible();
  await expect(tray(ada).getByRole("listitem")).toHaveCount(32);
});

test("[M1] a file that is gone from the device is chosen again, or its text goes without it", async ({ people }) => {
  const [ada, ben] = await Promise.all([people.person("Ada Moreau"), people.person("Ben Okafor")]);
  await ada.writeTo(ben);
  await ben.open("Ada Moreau");
  // Files of this size the browser has lost, and says so to whoever reads them.
  const lost = 4_321;
  await ada.page.addInitScript((size) => {
    const stream = Object.getOwnPropertyDescriptor(Blob.prototype, "stream")?.value as () => ReadableStream;
    Blob.prototype.stream = function (this: Blob) {
      if (this.size !== size) return stream.call(this) as ReturnType<Blob["stream"]>;
      return new ReadableStream({ pull: () => Promise.reject(new DOMException("It is gone.", "NotReadableError")) });
    };
  }, lost);
  await ada.page.reload();

  await attach(ada, text("charts.bin", lost), text("tides.bin"));
  await ada.composer.fill("For the crossing");
  await send(ada);
  const alert = sending(ada).getByRole("alert");
  await expect(alert).toHaveText("This file is no longer on this device.");
  await ada.page.reload();
  await expect(alert).toHaveText("This file is no longer on this device.");
  await expect(sending(ada).getByRole("button", { name: "Retry charts.bin" })).toHaveCount(0);
  await expectAccessible(ada.page, "a lost file");
  await ada.page.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(ada.page, "a lost file, dark", "color-contrast");
  const chosen = ada.page.waitForEvent("filechooser");
  await sending(ada).getByRole("button", { name: "Choose again" }).click();
  await (await chosen).setFiles([text("newer charts.bin", 3_000)]);
  const message = ben.message("For the crossing");
  // In the place of the one that is gone.
  const names = message.getByRole("button", { name: /^Download / });
  await expect(names).toHaveText([/newer charts\.bin/, /tides\.bin/]);
  await expect(sending(ada)).toHaveCount(0);

  await attach(ada, text("log.bin", lost));
  await ada.composer.fill("Without the log");
  await send(ada);
  await expect(alert).toHaveText("This file is no longer on this device.");
  const question = ada.page.getByRole("dialog", { name: "Cancel “log.bin”?" });
  const cancel = sending(ada).getByRole("button", { name: "Cancel log.bin" });
  await cancel.click();
  await ada.page.keyboard.press("Escape");
  await expect(question).toHaveCount(0);
  await expect(cancel).toBeFocused();
  await cancel.click();
  await expectAccessible(ada.page, "text or nothing");
  await question.getByRole("button", { name: "Send only the text" }).click();
  await expect(ben.message("Without the log")).toBeVisible();
  await expect(ben.message("Without the log").getByRole("button", { name: /^Download / })).toHaveCount(0);
  await expect(sending(ada)).toHaveCount(0);
  // Sent once each, and nothing of it came back.
  await expect(ben.timeline.getByRole("article")).toHaveCount(2);
  await expect(ada.composer).toHaveValue("");
});

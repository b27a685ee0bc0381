import type { Locator } from "@playwright/test";
import { chromiumArgs, findChromium } from "../../tools/test/chromium.ts";
import { expectAccessible } from "./support/axe.ts";
import { expect, test } from "./support/test.ts";

const { executablePath, env } = await findChromium();

// A microphone that beeps, and a user who allows it.
test.use({
  launchOptions: {
    executablePath,
    args: [...chromiumArgs, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
    env: { ...(process.env as Record<string, string>), ...env },
  },
});

test("a voice message is recorded, listened to, sent, and played by the other side", async ({ people }) => {
  const ada = await people.person("Ada Moreau");
  const ben = await people.person("Ben Okafor");
  await ada.writeTo(ben);
  const mic = ada.page.getByRole("button", { name: "Record a voice message" });
  const recording = ada.page.locator(".voice-bar");

  // Something to send comes first.
  await ada.composer.fill("Hello");
  await expect(mic).toHaveCount(0);
  await ada.composer.press("Enter");

  // Thrown away: nothing is sent, and the composer is back.
  await mic.click();
  await expect(recording.getByRole("button", { name: "Stop and listen" })).toBeFocused();
  await recording.getByRole("button", { name: "Cancel" }).click();
  await expect(ada.composer).toBeFocused();

  // Sent at once, as it is.
  await mic.click();
  await expect(recording.getByRole("timer", { name: "Recorded" })).not.toHaveText("0:00");
  await recording.getByRole("button", { name: "Send voice message" }).click();
  await expect(ada.composer).toBeFocused();
  const sent = ada.timeline.getByRole("group", { name: "Voice message" });
  await expect(sent).toHaveCount(1);

  // Recorded until there are two seconds, stopped, and listened to.
  await mic.click();
  await expect(recording.getByRole("timer", { name: "Recorded" })).not.toHaveText(/^0:0[01]$/);
  await expectAccessible(ada.page, "while a voice message is recorded");
  await ada.page.keyboard.press("Escape");
  await expect(recording.getByRole("button", { name: "Play" })).toBeFocused();
  await hears(recording, 0);
  await expectAccessible(ada.page, "before a voice message is sent");
  await recording.getByRole("button", { name: "Send voice message" }).click();
  await expect(ada.composer).toBeFocused();

  await ben.open("Ada Moreau");
  const messages = ben.timeline.getByRole("group", { name: "Voice message" });
  await expect(messages).toHaveCount(2);
  await hears(messages.last(), 0.5);

  // A browser that says no is told of in words, and the composer stays.
  await ada.page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("denied", "NotAllowedError"));
  });
  await mic.click();
  await expect(ada.page.getByText("Meridian may not use the microphone.")).toBeVisible();
  await expect(ada.composer).toBeVisible();
});

/** Plays a voice message, and waits until it got further than so many seconds. */
async function hears(within: Locator, seconds: number): Promise<void> {
  const audio = within.locator("audio");
  // Its place is back at the start when it is over, which may be soon.
  await audio.evaluate((element: HTMLAudioElement) => {
    element.addEventListener("timeupdate", () => {
      const before = Number(element.dataset["furthest"] ?? 0);
      element.dataset["furthest"] = String(Math.max(before, element.currentTime));
    });
  });
  await within.getByRole("button", { name: "Play" }).click();
  const furthest = (): Promise<number> =>
    audio.evaluate((element: HTMLAudioElement) => Number(element.dataset["furthest"] ?? 0));
  await expect.poll(furthest).toBeGreaterThan(seconds);
}

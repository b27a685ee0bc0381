import type { Page } from "@playwright/test";
import { expect, test } from "./support/test.ts";
import { Person } from "./support/person.ts";
import { direct, sendMany, session, stranger } from "./support/service.ts";

const MANY = 10_000;
const FEW = 30;

/** Texts of uneven length, so that rows are of uneven height. */
function texts(count: number, word: string): string[] {
  return Array.from({ length: count }, (_, index) => {
    const tail =
      index % 7 === 0
        ? "\nThe harbour lies in the morning fog, and only the gulls know where.".repeat(1 + (index % 3))
        : "";
    return `${word} ${index + 1};${tail}`;
  });
}

test(`a conversation of ${MANY} messages opens at once and scrolls to its start smoothly`, async ({
  people,
  baseURL,
}) => {
  test.slow();
  const url = baseURL ?? "";
  const [mine, ben, chiyo] = await Promise.all(
    ["Ada Moreau", "Ben Okafor", "Chiyo Tanaka"].map((name) => stranger(url, name)),
  );
  if (mine === undefined || ben === undefined || chiyo === undefined) throw new Error("Somebody is missing.");
  const [long, short] = await Promise.all([direct(url, ben, mine), direct(url, chiyo, mine)]);
  const filling = performance.now();
  await Promise.all([
    sendMany(url, ben, long.id, texts(MANY, "long")),
    sendMany(url, chiyo, short.id, texts(FEW, "short")),
  ]);
  console.log(`filled in ${((performance.now() - filling) / 1000).toFixed(1)} s`);

  const page = await people.open();
  const ada = await new Person(page, "Ada Moreau", mine.user.handle).signIn(page);
  await expect(ada.row("Ben Okafor")).toContainText(`long ${MANY};`);
  await expect(ada.row("Chiyo Tanaka")).toContainText(`short ${FEW};`);
  await watchTasks(ada.page);
  const openShort = await timeToOpen(ada.page, "Chiyo Tanaka", `short ${FEW};`);
  const openLong = await timeToOpen(ada.page, "Ben Okafor", `long ${MANY};`);
  const opening = await longTasks(ada.page);

  const begun = performance.now();
  const jumps = await scrollToStart(ada.page, "long 1;");
  const took = performance.now() - begun;
  const scrolling = await longTasks(ada.page);
  const heap = await ada.page.evaluate(() => document.querySelectorAll("[role=article]").length);
  console.log(
    `opens: ${openLong.toFixed(0)} ms with ${MANY} messages, ${openShort.toFixed(0)} ms with ${FEW}; ` +
      `longest task ${Math.max(0, ...opening).toFixed(0)} ms. To the start: ${(took / 1000).toFixed(1)} s, ` +
      `${scrolling.length} tasks over 50 ms, the longest ${Math.max(0, ...scrolling).toFixed(0)} ms; ` +
      `${heap} messages in the page; largest jump ${jumps.toFixed(1)} px.`,
  );
  expect(openLong).toBeLessThan(openShort * 10 + 500);
  expect(heap).toBeLessThan(150);
  expect(jumps).toBeLessThan(2);
});

/** Milliseconds from the click until the newest message is painted. */
async function timeToOpen(page: Page, title: string, newest: string): Promise<number> {
  return page.evaluate(
    async ([name, text]) => {
      const rows = Array.from(document.querySelectorAll<HTMLElement>(".conversation"));
      const row = rows.find((one) => one.textContent.includes(name ?? ""));
      if (row === undefined) throw new Error("The conversation is not in the list.");
      const before = performance.now();
      row.click();
      for (;;) {
        await new Promise(requestAnimationFrame);
        const box = document.querySelector(".timeline")?.getBoundingClientRect();
        const shown = Array.from(document.querySelectorAll("[role=article]")).some((one) => {
          const { top, bottom } = one.getBoundingClientRect();
          return box !== undefined && bottom <= box.bottom && top >= box.top && one.textContent.includes(text ?? "");
        });
        if (shown) return performance.now() - before;
      }
    },
    [title, newest],
  );
}

async function watchTasks(page: Page): Promise<void> {
  await page.evaluate(() => {
    const held: number[] = [];
    Object.assign(globalThis, { longTasks: held });
    new PerformanceObserver((list) => held.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: "longtask",
    });
  });
}

/** Durations of the long tasks since the last call. */
async function longTasks(page: Page): Promise<readonly number[]> {
  return page.evaluate(() => (globalThis as unknown as { longTasks: number[] }).longTasks.splice(0));
}

/**
 * Scrolls up, some screens at a time, until the first message is there.
 *
 * @returns how far, in px, anything in view ever moved by itself
 */
async function scrollToStart(page: Page, first: string): Promise<number> {
  return page.evaluate(async (wanted) => {
    const box = document.querySelector<HTMLElement>(".timeline");
    if (box === null) throw new Error("No timeline is open.");
    // After the paint: within a frame, the list measures and corrects before anybody sees it.
    const frame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const inView = (): Map<string, number> => {
      const { top, bottom } = box.getBoundingClientRect();
      const rows = Array.from(box.querySelectorAll<HTMLElement>("[data-row]"));
      // The list hides a row until it knows its height.
      const shown = rows.filter((row) => row.checkVisibility({ visibilityProperty: true }));
      return new Map(
        shown
          .map((row): [string, number] => [row.dataset["row"] ?? "", row.getBoundingClientRect().top])
          .filter(([, at]) => at > top && at < bottom),
      );
    };
    // As a wheel would: the list follows its end until somebody moves it.
    box.dispatchEvent(new WheelEvent("wheel", { deltaY: -1, bubbles: true }));
    let jump = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const rows = Array.from(box.querySelectorAll("[role=article]"));
      if (rows.some((row) => row.textContent.startsWith(wanted))) return jump;
      box.scrollTop = Math.max(0, box.scrollTop - 6 * box.clientHeight);
      await frame();
      const before = inView();
      await frame();
      for (const [key, now] of inView()) jump = Math.max(jump, Math.abs(now - (before.get(key) ?? now)));
    }
    throw new Error("The start was not reached.");
  }, first);
}

test("what is unread waits under a line; new messages do not move what is being read", async ({ people, baseURL }) => {
  const url = baseURL ?? "";
  const [ada, ben] = await Promise.all([people.person("Ada Moreau"), stranger(url, "Ben Okafor")]);
  const mine = await session(url, ada.handle);
  const { id } = await direct(url, ben, mine);
  await sendMany(url, ben, id, texts(20, "early"));
  await ada.open("Ben Okafor");
  await expect(ada.message("early 20;")).toBeInViewport();
  await expect(ada.row("Ben Okafor")).not.toContainText("unread");
  await ada.page.keyboard.press("Escape");

  await sendMany(url, ben, id, texts(90, "unread"));
  await expect(ada.row("Ben Okafor")).toContainText("90 unread");
  await ada.open("Ben Okafor");
  const line = ada.page.getByRole("separator", { name: "Unread messages" });
  await expect(line).toBeInViewport();
  await expect(ada.message("unread 1;")).toBeInViewport();
  await expect(ada.message("unread 90;")).not.toBeInViewport();
  // What is in view is read, the rest is not.
  await expect(ada.row("Ben Okafor")).not.toContainText("90 unread");
  await expect(ada.row("Ben Okafor")).toContainText("unread");

  const place = async (): Promise<number> => Math.round((await line.boundingBox())?.y ?? -1);
  const before = await place();
  await sendMany(url, ben, id, ["one more"]);
  await expect(ada.row("Ben Okafor")).toContainText("one more");
  expect(await place()).toBe(before);
  const button = ada.page.getByRole("button", { name: /^\d+ new messages$/ });
  await button.click();
  await expect(ada.message("one more")).toBeInViewport();
  await expect(button).toBeHidden();
  await expect(ada.row("Ben Okafor")).not.toContainText("unread");

  // At the end it follows by itself.
  await sendMany(url, ben, id, ["and another"]);
  await expect(ada.message("and another")).toBeInViewport();
});

import type { Page } from "@playwright/test";
import { expect, test } from "./support/test.ts";
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
    return `${word} ${index + 1}${tail}`;
  });
}

test(`a conversation of ${MANY} messages opens at once and scrolls to its start smoothly`, async ({
  people,
  baseURL,
}) => {
  test.setTimeout(120_000);
  const url = baseURL ?? "";
  const ada = await people.person("Ada Moreau");
  const [mine, ben, chiyo] = await Promise.all([
    session(url, ada.handle),
    stranger(url, "Ben Okafor"),
    stranger(url, "Chiyo Tanaka"),
  ]);
  const [long, short] = await Promise.all([direct(url, ben, mine), direct(url, chiyo, mine)]);
  const filling = performance.now();
  await Promise.all([
    sendMany(url, ben, long.id, texts(MANY, "long")),
    sendMany(url, chiyo, short.id, texts(FEW, "short")),
  ]);
  await expect(ada.row("Ben Okafor")).toContainText(`long ${MANY}`);
  await expect(ada.row("Chiyo Tanaka")).toContainText(`short ${FEW}`);

  console.log(`filled in ${((performance.now() - filling) / 1000).toFixed(1)} s`);
  await ada.page.reload();
  await ada.isIn();
  await watchTasks(ada.page);
  const openShort = await timeToOpen(ada.page, "Chiyo Tanaka", `short ${FEW}`);
  const openLong = await timeToOpen(ada.page, "Ben Okafor", `long ${MANY}`);
  const opening = await longTasks(ada.page);

  const begun = performance.now();
  const jumps = await scrollToStart(ada.page, "long 1\n");
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
    const frame = (): Promise<number> => new Promise(requestAnimationFrame);
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

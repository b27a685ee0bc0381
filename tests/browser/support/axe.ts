/** Looks for barriers on a page. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "./expect.ts";

/**
 * Fails where anything serious keeps people out.
 *
 * @param only the one rule to look at; all of WCAG 2.2 AA where it is left out
 */
export async function expectAccessible(page: Page, where: string, only?: "color-contrast"): Promise<void> {
  // Half-shown things have half their contrast.
  await page.evaluate(async () => {
    await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined)));
  });
  // Without frames there is nothing to gather in a page of its own, which takes as long as the search itself.
  const builder = new AxeBuilder({ page }).setLegacyMode();
  if (only === undefined) builder.withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);
  else builder.withRules(only);
  const { violations } = await builder.analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const found = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
  expect(found, where).toEqual([]);
}

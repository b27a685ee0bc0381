/** The composer on the page, for those who hand it something to do. */
export const COMPOSER_ID = "composer";

export function focusComposer(): void {
  // After what closes has given the focus back.
  requestAnimationFrame(() => document.getElementById(COMPOSER_ID)?.focus({ preventScroll: true }));
}

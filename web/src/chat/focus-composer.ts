/** The composer on the page, for those who hand it something to do. */
export const COMPOSER_ID = "composer";

let isWished = false;

export function focusComposer(): void {
  // After what closes has given the focus back.
  requestAnimationFrame(() => document.getElementById(COMPOSER_ID)?.focus({ preventScroll: true }));
}

/** Somebody wants to write in a conversation that may still have to be opened. */
export function wishForComposer(): void {
  isWished = true;
}

/** Whether a composer that opens is one that was wished for. */
export function takeComposerWish(): boolean {
  const was = isWished;
  isWished = false;
  return was;
}

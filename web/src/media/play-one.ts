/** What plays: one at a time, so that two voices never talk at once. */

let playing: HTMLMediaElement | null = null;

/** Call it when an element begins to play: the one before stops. */
export function playAlone(element: HTMLMediaElement): void {
  if (playing !== null && playing !== element) playing.pause();
  playing = element;
}

/** Call it when an element goes. */
export function stopPlaying(element: HTMLMediaElement): void {
  element.pause();
  if (playing === element) playing = null;
}

/** How far something is, as a ring. What it shows is told in words beside it. */
import type { JSX } from "preact";

const RADIUS = 15;
const ROUND = 2 * Math.PI * RADIUS;

/** @param share 0 to 1 */
export function Ring({ share, waiting }: { share: number; waiting: boolean }): JSX.Element {
  return (
    <svg class={waiting ? "ring waiting" : "ring"} width="38" height="38" viewBox="0 0 38 38" aria-hidden="true">
      <circle class="ring-ground" cx="19" cy="19" r={RADIUS} />
      <circle
        class="ring-part"
        cx="19"
        cy="19"
        r={RADIUS}
        stroke-dasharray={ROUND}
        stroke-dashoffset={ROUND * (1 - Math.max(0.04, Math.min(1, share)))}
      />
    </svg>
  );
}

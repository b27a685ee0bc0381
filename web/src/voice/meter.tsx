/** Shows that the microphone hears something: for eyes only, the state itself is said in words. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Recorder } from "./recorder.ts";

const BAR_PX = 3;
const GAP_PX = 2;
/** A new bar so often. With reduced motion nothing wanders: one bar, which changes now and then. */
const STEP_MS = 60;
const CALM_STEP_MS = 500;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export function Meter({ recorder }: { recorder: Recorder }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const levels: number[] = [];
    const timer = setInterval(
      () => {
        const element = canvas.current;
        if (element === null) return;
        levels.push(recorder.level());
        draw(element, levels);
      },
      calm.matches ? CALM_STEP_MS : STEP_MS,
    );
    return () => clearInterval(timer);
  }, [recorder]);
  return <canvas ref={canvas} class="voice-meter" aria-hidden="true" />;
}

/** Forgets the levels that have no room any more. */
function draw(canvas: HTMLCanvasElement, levels: number[]): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.scale(scale, scale);
  context.fillStyle = getComputedStyle(canvas).color;
  if (calm.matches) {
    context.globalAlpha = 0.25;
    context.fillRect(0, height / 2 - 3, width, 6);
    context.globalAlpha = 1;
    context.fillRect(0, height / 2 - 3, width * (levels.at(-1) ?? 0), 6);
    levels.length = 0;
    return;
  }
  const room = Math.floor(width / (BAR_PX + GAP_PX));
  if (levels.length > room) levels.splice(0, levels.length - room);
  for (const [index, level] of levels.entries()) {
    const tall = Math.max(BAR_PX, level * height);
    // The newest is at the right edge.
    const x = width - (levels.length - index) * (BAR_PX + GAP_PX);
    context.beginPath();
    context.roundRect(x, (height - tall) / 2, BAR_PX, tall, BAR_PX / 2);
    context.fill();
  }
}

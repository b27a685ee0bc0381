/** A finger that stays: what a right click is with a mouse. */
import type { TargetedPointerEvent } from "preact";
import { useRef } from "preact/hooks";

const HOLD_MS = 450;
const STILL_PX = 10;

export function useLongPress(run: (element: Element, point: { x: number; y: number }) => void) {
  const held = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);
  const end = (): void => {
    clearTimeout(held.current?.timer);
    held.current = null;
  };
  return {
    onPointerDown(event: TargetedPointerEvent<HTMLElement>): void {
      end();
      if (event.pointerType !== "touch") return;
      const { currentTarget, clientX: x, clientY: y } = event;
      held.current = { x, y, timer: setTimeout(() => run(currentTarget, { x, y }), HOLD_MS) };
    },
    onPointerMove({ clientX, clientY }: TargetedPointerEvent<HTMLElement>): void {
      const from = held.current;
      if (from !== null && Math.hypot(clientX - from.x, clientY - from.y) > STILL_PX) end();
    },
    onPointerUp: end,
    onPointerCancel: end,
  };
}

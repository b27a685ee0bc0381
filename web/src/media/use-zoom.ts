/** How near a picture is, and the size of the stage that it is on. */
import { useMemo, useRef, useState } from "preact/hooks";
import type { Media } from "../../../client/index.ts";
import { panBy, WHOLE, zoomAt, type Size, type Zoom } from "./zoom.ts";

export function useZoom(media: Media | undefined) {
  const [zoom, setZoom] = useState<Zoom>(WHOLE);
  const stage = useRef<HTMLDivElement>(null);
  const natural = useRef<Size | null>(null);
  const shown = useRef(media?.id);
  // Another picture is seen whole at first.
  if (shown.current !== media?.id) {
    shown.current = media?.id;
    natural.current = null;
    if (zoom !== WHOLE) setZoom(WHOLE);
  }

  const actions = useMemo(() => {
    const sizes = (): [Size, Size] => {
      const room = stage.current?.getBoundingClientRect() ?? { width: 1, height: 1 };
      const { width, height } = natural.current ?? room;
      const fit = Math.min(1, room.width / width, room.height / height);
      return [{ width: width * fit, height: height * fit }, room];
    };
    return {
      /** @param at in the window; the middle where it is left out */
      by(factor: number, at?: { readonly x: number; readonly y: number }): void {
        const box = stage.current?.getBoundingClientRect();
        const point =
          at === undefined || box === undefined
            ? { x: 0, y: 0 }
            : { x: at.x - box.left - box.width / 2, y: at.y - box.top - box.height / 2 };
        setZoom((before) => zoomAt(before, factor, point, ...sizes()));
      },
      pan(dx: number, dy: number): void {
        setZoom((before) => panBy(before, dx, dy, ...sizes()));
      },
      reset(): void {
        setZoom(WHOLE);
      },
    };
  }, []);
  return { ...actions, current: zoom, stage, natural };
}

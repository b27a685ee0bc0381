/** Where a picture is and how large, in a viewer. Pure. */

/** `x` and `y` move the picture's middle off the stage's, in CSS pixels. */
export interface Zoom {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };
export const MOST_SCALE = 8;

/**
 * Zooms so that what is under a point stays there.
 *
 * @param factor above 1 comes nearer
 * @param point from the middle of the stage
 * @param picture its size on the stage at scale 1
 */
export function zoomAt(zoom: Zoom, factor: number, point: { x: number; y: number }, picture: Size, stage: Size): Zoom {
  const scale = Math.min(MOST_SCALE, Math.max(1, zoom.scale * factor));
  const by = scale / zoom.scale;
  const moved = { scale, x: point.x - (point.x - zoom.x) * by, y: point.y - (point.y - zoom.y) * by };
  return clamped(moved, picture, stage);
}

/** Moves a picture, never so far that a gap opens where it could fill the stage. */
export function panBy(zoom: Zoom, dx: number, dy: number, picture: Size, stage: Size): Zoom {
  return clamped({ ...zoom, x: zoom.x + dx, y: zoom.y + dy }, picture, stage);
}

function clamped({ scale, x, y }: Zoom, picture: Size, stage: Size): Zoom {
  const most = (size: number, room: number): number => Math.max(0, (size * scale - room) / 2);
  const within = (at: number, limit: number): number => Math.min(limit, Math.max(-limit, at)) || 0;
  return {
    scale,
    x: within(x, most(picture.width, stage.width)),
    y: within(y, most(picture.height, stage.height)),
  };
}

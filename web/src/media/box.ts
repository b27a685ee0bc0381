/** How large a picture is shown before it is there, so that nothing moves when it comes. Pure. */

const MOST_WIDTH = 330;
const MOST_HEIGHT = 360;
const LEAST = 120;
/** Where a file does not say. */
const UNKNOWN = { width: 280, height: 210 };

export interface Box {
  /** In CSS pixels; a narrow place shows it smaller, in the same proportion. */
  readonly width: number;
  readonly height: number;
}

interface Sides {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** Fits within the largest box, fills the smallest; very long ones are cut. */
export function boxOf({ width, height }: Sides): Box {
  if (width === undefined || height === undefined || width <= 0 || height <= 0) return UNKNOWN;
  const scale = Math.min(1, MOST_WIDTH / width, MOST_HEIGHT / height);
  const fit = (size: number, most: number): number => Math.round(Math.min(most, Math.max(LEAST, size * scale)));
  return { width: fit(width, MOST_WIDTH), height: fit(height, MOST_HEIGHT) };
}

/** The room that a picture takes, before anything of it is there. */
export function sizeStyle(media: Sides): { width: string; aspectRatio: string } {
  const { width, height } = boxOf(media);
  return { width: `${width}px`, aspectRatio: `${width} / ${height}` };
}

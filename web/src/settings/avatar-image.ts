/** Makes a picture small enough to be an avatar. */
import { MAX_AVATAR_CHARS } from "../../../protocol/limits.ts";

/** Sizes and qualities to try, best first, until the result fits. */
const TRIES = [
  [160, 0.86],
  [160, 0.74],
  [128, 0.8],
  [128, 0.66],
  [96, 0.75],
  [96, 0.55],
  [64, 0.6],
] as const;

/**
 * A square picture as a data URL of at most MAX_AVATAR_CHARS characters, cut from the middle.
 *
 * @throws Error where the file is no picture that this browser reads
 */
export async function avatarFrom(file: Blob): Promise<string> {
  const picture = await createImageBitmap(file);
  try {
    for (const [size, quality] of TRIES) {
      const url = encode(picture, size, quality);
      if (url.length <= MAX_AVATAR_CHARS) return url;
    }
  } finally {
    picture.close();
  }
  throw new Error("The picture cannot be made small enough.");
}

function encode(picture: ImageBitmap, size: number, quality: number): string {
  const canvas = document.createElement("canvas");
  canvas.width = size;
  canvas.height = size;
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("This browser cannot draw pictures.");
  const side = Math.min(picture.width, picture.height);
  const [left, top] = [(picture.width - side) / 2, (picture.height - side) / 2];
  context.imageSmoothingQuality = "high";
  // What was see-through would be black in a JPEG.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, size, size);
  context.drawImage(picture, left, top, side, side, 0, 0, size, size);
  const webp = canvas.toDataURL("image/webp", quality);
  return webp.startsWith("data:image/webp") ? webp : canvas.toDataURL("image/jpeg", quality);
}

/** What a file is, found out in the browser before it is sent: its size, its length, and a very small picture of it. */
import { MAX_THUMBNAIL_CHARS } from "../../../protocol/limits.ts";
import type { MediaDetails } from "../../../client/media/index.ts";
import { kindOf } from "./words.ts";

/** Decoding costs memory by pixels; larger files go without. */
const MAX_DECODED_BYTES = 40_000_000;
/** A film that says nothing for so long is sent without knowing more. */
const PATIENCE_MS = 5_000;
/** A message has room for few characters: a picture's thumbnail is only seen blurred, a film's is all that is seen. */
const IMAGE_TRIES: Tries = { most: 1_400, sizes: [48, 40, 32, 24] };
const VIDEO_TRIES: Tries = { most: MAX_THUMBNAIL_CHARS, sizes: [128, 96, 64, 40] };

interface Tries {
  readonly most: number;
  readonly sizes: readonly number[];
}

/**
 * Never fails: a file that this browser cannot read is sent with less.
 *
 * @returns width, height and durationMs where the file has them, and a thumbnail where it fits
 */
export async function detailsOf(file: Blob & { readonly name?: string }): Promise<MediaDetails> {
  const kind = kindOf({ type: file.type, name: file.name ?? "" });
  try {
    if (kind === "image") return await imageDetails(file);
    if (kind === "video") return await filmDetails(file);
    if (kind === "audio" || kind === "voice") return await soundDetails(file);
  } catch {
    // What cannot be found out is left out.
  }
  return {};
}

async function imageDetails(file: Blob): Promise<MediaDetails> {
  if (file.size > MAX_DECODED_BYTES) return {};
  const picture = await createImageBitmap(file);
  try {
    const { width, height } = picture;
    return { width, height, ...thumbnailOf(picture, width, height, IMAGE_TRIES) };
  } finally {
    picture.close();
  }
}

async function filmDetails(file: Blob): Promise<MediaDetails> {
  return withElement("video", file, async (video) => {
    const { videoWidth: width, videoHeight: height, duration } = video;
    if (width === 0 || height === 0) return lengthIn(duration);
    const seen = happens(video, "seeked");
    // The very first picture is often black.
    video.currentTime = Math.min(0.5, Number.isFinite(duration) ? duration / 4 : 0);
    await seen;
    return { width, height, ...lengthIn(duration), ...thumbnailOf(video, width, height, VIDEO_TRIES) };
  });
}

async function soundDetails(file: Blob): Promise<MediaDetails> {
  return withElement("audio", file, async ({ duration }) => lengthIn(duration));
}

function lengthIn(seconds: number): MediaDetails {
  return Number.isFinite(seconds) ? { durationMs: Math.round(seconds * 1_000) } : {};
}

async function withElement<K extends "audio" | "video">(
  kind: K,
  file: Blob,
  look: (element: HTMLElementTagNameMap[K]) => Promise<MediaDetails>,
): Promise<MediaDetails> {
  const element = document.createElement(kind);
  const url = URL.createObjectURL(file);
  try {
    const known = happens(element, "loadeddata");
    element.muted = true;
    element.preload = "auto";
    element.src = url;
    await known;
    return await look(element);
  } finally {
    element.removeAttribute("src");
    element.load();
    URL.revokeObjectURL(url);
  }
}

function happens(element: HTMLMediaElement, event: "loadeddata" | "seeked"): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("The file says nothing.")), PATIENCE_MS);
    const end = (settle: () => void) => (): void => {
      clearTimeout(timer);
      settle();
    };
    element.addEventListener(event, end(resolve), { once: true });
    element.addEventListener(
      "error",
      end(() => reject(new Error("The file cannot be read."))),
      { once: true },
    );
  });
}

function thumbnailOf(
  picture: CanvasImageSource,
  width: number,
  height: number,
  { most, sizes }: Tries,
): Pick<MediaDetails, "thumbnail"> {
  for (const size of sizes) {
    const scale = Math.min(1, size / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    const context = canvas.getContext("2d");
    if (context === null) return {};
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const webp = canvas.toDataURL("image/webp", 0.6);
    const url = webp.startsWith("data:image/webp") ? webp : canvas.toDataURL("image/jpeg", 0.6);
    if (url.length <= most) return { thumbnail: url };
  }
  return {};
}

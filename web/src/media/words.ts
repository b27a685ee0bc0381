/** Files in words: what they are called in a list, how large and how long they are. */
import type { Media } from "../../../client/index.ts";

/** What the name of a recorded voice message begins with; the contract has no other mark for it. */
export const VOICE_NAME = "Voice message";

export type MediaKind = "image" | "video" | "voice" | "audio" | "file";

/** Types that every current browser shows; anything else is offered as a file. */
const SHOWN = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

export function kindOf({ type, name }: Pick<Media, "type" | "name">): MediaKind {
  const plain = type.split(";")[0]?.trim().toLowerCase() ?? "";
  if (SHOWN.has(plain)) return "image";
  if (plain.startsWith("video/")) return "video";
  if (!plain.startsWith("audio/")) return "file";
  return name.startsWith(VOICE_NAME) ? "voice" : "audio";
}

/** The files of a message in a few words: Photo, 3 photos, Video, Voice message, report.pdf. */
export function mediaWords(media: readonly Pick<Media, "type" | "name">[]): string {
  const [first] = media;
  if (first === undefined) return "Message";
  const kinds = new Set(media.map(kindOf));
  const [kind] = kinds;
  const count = media.length;
  if (count === 1) return oneWord(first);
  if (kinds.size === 1 && kind === "image") return `${count} photos`;
  if (kinds.size === 1 && kind === "video") return `${count} videos`;
  return `${count} files`;
}

function oneWord(media: Pick<Media, "type" | "name">): string {
  switch (kindOf(media)) {
    case "image":
      return "Photo";
    case "video":
      return "Video";
    case "voice":
      return "Voice message";
    default:
      return media.name;
  }
}

/** 1.4 MB */
export function sizeOf(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes === 0 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const format = {
    style: "unit",
    unit: UNITS[power] ?? "byte",
    // "2 byte" is no English, and "2 megabytes" is long.
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: 1,
  } as const;
  return new Intl.NumberFormat(undefined, format).format(bytes / 1_000 ** power);
}

/** 3:07 */
export function lengthOf(seconds: number): string {
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60)];
  const rest = String(whole % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** 3 minutes 7 seconds */
export function lengthWords(seconds: number): string {
  const whole = Math.floor(seconds);
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  const words = [];
  if (minutes > 0) words.push(minutes === 1 ? "1 minute" : `${minutes} minutes`);
  if (rest > 0 || minutes === 0) words.push(rest === 1 ? "1 second" : `${rest} seconds`);
  return words.join(" ");
}

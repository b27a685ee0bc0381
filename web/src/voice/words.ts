/** Voice messages in words and numbers. Pure. */

/** Opus in WebM where the browser records it, else what Safari makes. */
const TYPES = ["audio/webm;codecs=opus", "audio/mp4;codecs=opus", "audio/mp4", "audio/webm", "audio/ogg;codecs=opus"];

/** @returns undefined where the recorder may choose by itself */
export function chooseType(isSupported: (type: string) => boolean): string | undefined {
  return TYPES.find(isSupported);
}

/** The type without its codecs: what a file is called on its way. */
export function plainType(type: string): string {
  return type.split(";")[0]?.trim() || "audio/webm";
}

export function extensionOf(type: string): string {
  const plain = plainType(type);
  if (plain === "audio/mp4") return "m4a";
  return plain === "audio/ogg" ? "ogg" : "webm";
}

/** Why there is no recording, for who wanted one. `name` is that of the browser's error. */
export function whyNot(error: unknown): string {
  switch (error instanceof Error ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "Meridian may not use the microphone. Allow it in your browser's settings for this site.";
    case "NotFoundError":
    case "OverconstrainedError":
      return "No microphone was found. Connect one, then try again.";
    case "NotReadableError":
    case "AbortError":
      return "The microphone cannot be used. Another app may be using it.";
    default:
      return "Recording did not work. Try again.";
  }
}

/** Below this is silence, in decibels of full scale. */
const FLOOR_DB = -54;

/**
 * How loud a moment is, as ears hear it.
 *
 * @param samples from -1 to 1
 * @returns from 0, silence, to 1
 */
export function loudness(samples: Float32Array): number {
  if (samples.length === 0) return 0;
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const db = 10 * Math.log10(sum / samples.length);
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}

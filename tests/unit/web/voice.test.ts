import { describe, expect, test } from "vitest";
import { chooseType, extensionOf, loudness, plainType, whyNot } from "../../../web/src/voice/words.ts";

describe("voice messages", () => {
  test("are Opus in WebM where that can be recorded, else MP4, else what the browser likes", () => {
    expect(chooseType(() => true)).toBe("audio/webm;codecs=opus");
    expect(chooseType((type) => type.startsWith("audio/mp4"))).toBe("audio/mp4;codecs=opus");
    expect(chooseType((type) => type === "audio/mp4")).toBe("audio/mp4");
    expect(chooseType(() => false)).toBeUndefined();
  });

  test("are files with a plain type and an ending that fits", () => {
    const named = ["audio/webm;codecs=opus", "audio/mp4; codecs=mp4a.40.2", "audio/ogg", ""].map((type) => [
      plainType(type),
      extensionOf(type),
    ]);
    expect(named).toEqual([
      ["audio/webm", "webm"],
      ["audio/mp4", "m4a"],
      ["audio/ogg", "ogg"],
      ["audio/webm", "webm"],
    ]);
  });

  test("the meter goes from silence to full, by decibels", () => {
    const tone = (peak: number) => Float32Array.from({ length: 1_024 }, (_, at) => peak * Math.sin(at / 3));
    const levels = [0, 0.001, 0.01, 0.1, 1].map((peak) => loudness(tone(peak)));
    expect(levels.slice(0, 2)).toEqual([0, 0]);
    expect(levels).toEqual(levels.toSorted((a, b) => a - b));
    expect(levels[3]).toBeGreaterThan(0.5);
    expect(loudness(new Float32Array(8).fill(1))).toBe(1);
    expect(loudness(new Float32Array())).toBe(0);
  });

  test("what keeps one from being made is said in words, whatever it is", () => {
    const said = ["NotAllowedError", "NotFoundError", "NotReadableError", "UnknownError"].map((name) =>
      whyNot(new DOMException("secret detail", name)),
    );
    expect(new Set(said).size).toBe(4);
    expect(said[0]).toContain("settings");
    expect([...said, whyNot("?")].join(" ")).not.toContain("secret");
  });
});

import { describe, expect, test } from "vitest";
import { MAX_MESSAGE_BODY_BYTES, MAX_MEDIA_PER_MESSAGE, MAX_THUMBNAIL_CHARS } from "../../../protocol/limits.ts";
import type { ConversationId, EntryId, Media } from "../../../client/index.ts";
import { errorOf } from "../../../client/errors.ts";
import { batchesOf, fitMedia, noteOf, splitFiles, tagOf } from "../../../web/src/media/batches.ts";
import { boxOf } from "../../../web/src/media/box.ts";
import { isLost, uploadWords } from "../../../web/src/media/upload-words.ts";
import { kindOf, lengthOf, lengthWords, mediaWords, sizeOf } from "../../../web/src/media/words.ts";
import { MOST_SCALE, panBy, WHOLE, zoomAt } from "../../../web/src/media/zoom.ts";

const file = (name: string, type: string) => ({ name, type });
const bytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;
const media = (index: number, thumbnail?: string): Media => ({
  id: `m${index}`.padEnd(26, "0"),
  name: `picture ${index}.jpg`,
  type: "image/jpeg",
  size: 100_000_000,
  sha256: "x".repeat(43),
  width: 4_000,
  height: 3_000,
  ...(thumbnail === undefined ? {} : { thumbnail }),
});

describe("files in words", () => {
  test("only what every browser shows is a picture; markup never is", () => {
    expect(kindOf(file("a", "image/png"))).toBe("image");
    expect(kindOf(file("a", "IMAGE/JPEG; q=1"))).toBe("image");
    for (const type of ["image/svg+xml", "text/html", "image/tiff", "application/pdf", ""]) {
      expect(kindOf(file("a.png", type))).toBe("file");
    }
    expect(kindOf(file("a", "video/mp4"))).toBe("video");
    expect(kindOf(file("song.ogg", "audio/ogg"))).toBe("audio");
    expect(kindOf(file("Voice message 1.webm", "audio/webm;codecs=opus"))).toBe("voice");
  });

  test("a list's second line says what they are", () => {
    const photo = file("a.jpg", "image/jpeg");
    const film = file("a.mp4", "video/mp4");
    expect(mediaWords([photo])).toBe("Photo");
    expect(mediaWords([photo, photo, photo])).toBe("3 photos");
    expect(mediaWords([film])).toBe("Video");
    expect(mediaWords([film, photo])).toBe("2 files");
    expect(mediaWords([file("Voice message.webm", "audio/webm")])).toBe("Voice message");
    expect(mediaWords([file("report.pdf", "application/pdf")])).toBe("report.pdf");
    expect(mediaWords([])).toBe("Message");
  });

  test("sizes and lengths", () => {
    expect([0, 1, 999, 1_400, 1_000_000].map(sizeOf).map((text) => text.replaceAll(/\s/g, " "))).toEqual([
      "0 bytes",
      "1 byte",
      "999 bytes",
      "1.4 kB",
      "1 MB",
    ]);
    expect([0, 7.9, 187, 3_661].map(lengthOf)).toEqual(["0:00", "0:07", "3:07", "1:01:01"]);
    expect([0, 1, 61, 187].map(lengthWords)).toEqual([
      "0 seconds",
      "1 second",
      "1 minute 1 second",
      "3 minutes 7 seconds",
    ]);
  });

  test("an upload says what is the matter; a lost file cannot be tried again", () => {
    const state = { status: "sending", sent: 400_000, size: 1_000_000, error: null } as const;
    expect(uploadWords(state).replaceAll(/\s/g, " ")).toBe("400 kB of 1 MB");
    const lost = { ...state, status: "failed", error: errorOf("storage", "gone") } as const;
    expect([isLost(lost), uploadWords(lost)]).toEqual([true, "This file is no longer on this device."]);
    const refused = { ...state, status: "failed", error: errorOf("forbidden", "no") } as const;
    expect([isLost(refused), uploadWords(refused)]).toEqual([false, "Not sent. You may not do this."]);
  });
});

describe("messages with files", () => {
  test("[E5] as many messages as it takes, in order, each with room for its files", () => {
    const many = Array.from({ length: 70 }, (_, index) => file(`${index}`, "image/png"));
    const batches = splitFiles(many, { text: "hi" });
    expect(batches.map(({ length }) => length)).toEqual([MAX_MEDIA_PER_MESSAGE, MAX_MEDIA_PER_MESSAGE, 6]);
    expect(batches.flat()).toEqual(many);
    // The longest names, and a text that takes most of the room.
    const long = Array.from({ length: 32 }, () => file("漢".repeat(255), "image/png"));
    const caption = { text: "漢".repeat(8_192) };
    const split = splitFiles(long, caption);
    expect(split.flat()).toHaveLength(32);
    split.forEach((batch, index) => {
      const named = batch.map(({ name }, at) => ({ ...media(at), name }));
      expect(bytes({ ...(index === 0 ? caption : {}), media: named })).toBeLessThan(MAX_MESSAGE_BODY_BYTES);
    });
    expect(splitFiles([], {})).toEqual([]);
  });

  test("[E5] thumbnails go from the end until the message fits, and nothing else does", () => {
    const thumbnail = `data:image/webp;base64,${"A".repeat(MAX_THUMBNAIL_CHARS - 23)}`;
    const all = Array.from({ length: 20 }, (_, index) => media(index, thumbnail));
    const fitted = fitMedia(all, { text: "x".repeat(8_000) });
    expect(bytes({ text: "x".repeat(8_000), media: fitted })).toBeLessThan(MAX_MESSAGE_BODY_BYTES);
    const kept = fitted.filter((one) => one.thumbnail !== undefined).length;
    expect(kept).toBeGreaterThan(2);
    expect(fitted.slice(0, kept).every((one) => one.thumbnail === thumbnail)).toBe(true);
    expect(fitted.map(({ id, name }) => [id, name])).toEqual(all.map(({ id, name }) => [id, name]));
    expect(fitMedia(all.slice(0, 2), {})).toEqual(all.slice(0, 2));
  });

  test("uploads are put together by what they remember, whatever order they come in", () => {
    const upload = (id: string, index: number, at: number) => ({
      current: {
        conversation: "d_1" as ConversationId,
        tag: tagOf({ id: id as EntryId, index, at, caption: { text: id } }),
      },
    });
    const foreign = { current: { conversation: "d_1" as ConversationId, tag: "something else" } };
    const [b1, a0, b0] = [upload("b", 1, 2), upload("a", 0, 1), upload("b", 0, 2)];
    const batches = batchesOf([b1, foreign, a0, b0]);
    expect(batches.map(({ note }) => note.id)).toEqual(["a", "b"]);
    expect(batches[1]?.uploads).toEqual([b0, b1]);
    for (const tag of [undefined, "", "null", "{}", "[1]", "{not json"]) expect(noteOf(tag)).toBeUndefined();
  });
});

describe("pictures on the screen", () => {
  test("a picture's room keeps its shape within bounds", () => {
    expect(boxOf({ width: 3_300, height: 2_200 })).toEqual({ width: 330, height: 220 });
    expect(boxOf({ width: 200, height: 100 })).toEqual({ width: 200, height: 120 });
    const tall = boxOf({ width: 100, height: 10_000 });
    expect(tall).toEqual({ width: 120, height: 360 });
    expect(boxOf({})).toEqual(boxOf({ width: 0, height: 5 }));
  });

  test("what is under the pointer stays there, and no gap opens", () => {
    const stage = { width: 1_000, height: 800 };
    const picture = { width: 1_000, height: 500 };
    const near = zoomAt(WHOLE, 4, { x: 100, y: 0 }, picture, stage);
    expect(near).toEqual({ scale: 4, x: -300, y: 0 });
    expect(zoomAt(near, 1 / 4, { x: 100, y: 0 }, picture, stage)).toEqual(WHOLE);
    expect(zoomAt(WHOLE, 1_000, { x: 0, y: 0 }, picture, stage).scale).toBe(MOST_SCALE);
    expect(zoomAt(WHOLE, 0.1, { x: 0, y: 0 }, picture, stage)).toEqual(WHOLE);
    expect(panBy(near, 9_999, 9_999, picture, stage)).toEqual({ scale: 4, x: 1_500, y: 600 });
    expect(panBy(WHOLE, 50, 50, picture, stage)).toEqual(WHOLE);
  });
});

import "fake-indexeddb/auto";
import { afterEach, describe, expect, test } from "vitest";
import { IndexedDbMediaStore } from "../../../client/media/indexeddb.ts";
import { MemoryMediaStore, type MediaStore, type UploadRecord } from "../../../client/media/store.ts";
import type { ConversationId } from "../../../protocol/ids.ts";

let databases = 0;
const open: IndexedDbMediaStore[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((store) => store.close()));
});

function indexedDb(name = `media-${databases++}`): MediaStore {
  const store = new IndexedDbMediaStore(name);
  open.push(store);
  return store;
}

const record = (key: string, createdAt: number): UploadRecord => ({
  key,
  conversation: "d_x" as ConversationId,
  tag: undefined,
  createdAt,
  name: `${key}.bin`,
  type: "application/octet-stream",
  file: new Blob([key]),
  details: { width: 4 },
  sha256: null,
  ticket: null,
  paused: false,
  media: null,
});
const blob = (size: number): Blob => new Blob([new Uint8Array(size)]);

describe.each([
  ["MemoryMediaStore", (): MediaStore => new MemoryMediaStore()],
  ["IndexedDbMediaStore", indexedDb],
])("%s", (_name, make) => {
  test("uploads are kept as they are, oldest first, until they are removed", async () => {
    const store = make();
    for (const one of [record("b", 2), record("a", 1), record("c", 3)]) await store.putUpload(one);
    await store.putUpload({ ...record("b", 2), paused: true, sha256: "digest" });
    await store.removeUpload("c");
    const uploads = await store.uploads();
    expect(uploads.map(({ key, paused, sha256 }) => [key, paused, sha256])).toStrictEqual([
      ["a", false, null],
      ["b", true, "digest"],
    ]);
    expect(await uploads[1]?.file.text()).toBe("b");
    expect((await store.upload("a"))?.details).toStrictEqual({ width: 4 });
    expect(await store.upload("c")).toBeUndefined();
  });

  test("files are kept up to the bound; those that were not asked for longest go first", async () => {
    const store = make();
    for (const id of ["one", "two", "three"]) await store.keep({ id, blob: blob(100) }, 300);
    expect((await store.file("one"))?.size).toBe(100);
    await store.keep({ id: "four", blob: blob(150) }, 300);
    expect(await store.file("two")).toBeUndefined();
    expect(await store.file("three")).toBeUndefined();
    expect((await store.file("one"))?.size).toBe(100);
    expect((await store.file("four"))?.size).toBe(150);
    await store.keep({ id: "one", blob: blob(20) }, 300);
    expect((await store.file("one"))?.size).toBe(20);
  });

  test("a file that is larger than the bound leaves nothing", async () => {
    const store = make();
    await store.keep({ id: "small", blob: blob(10) }, 300);
    await store.keep({ id: "huge", blob: blob(301) }, 300);
    expect(await store.file("huge")).toBeUndefined();
  });

  test("clear forgets everything", async () => {
    const store = make();
    await store.putUpload(record("a", 1));
    await store.keep({ id: "one", blob: blob(1) }, 300);
    await store.clear();
    expect(await store.uploads()).toStrictEqual([]);
    expect(await store.file("one")).toBeUndefined();
  });
});

test("IndexedDbMediaStore outlives its process, and opens its database again after it was closed", async () => {
  const name = `media-${databases++}`;
  const first = new IndexedDbMediaStore(name);
  await first.putUpload(record("a", 1));
  await first.close();
  await first.putUpload(record("b", 2));
  const second = indexedDb(name);
  expect((await second.uploads()).map(({ key }) => key)).toStrictEqual(["a", "b"]);
  await first.close();
});

/** Files through the SDK to the real service: progress, pause, reload, interruption, and the cache. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Meridian } from "../../client/index.ts";
import {
  fetchTransfer,
  MemoryMediaStore,
  MeridianMedia,
  type Transfer,
  type Upload,
} from "../../client/media/index.ts";
import type { ConversationId, Media } from "../../protocol/index.ts";
import { newHandle, PASSWORD } from "./support/http.ts";
import { startStack, type Stack } from "./support/stack.ts";

const MIB = 1024 * 1024;

let stack: Stack;
let ada: Meridian;
let ben: Meridian;
let chat: ConversationId;
const opened: { close(): unknown }[] = [];

beforeAll(async () => {
  stack = await startStack({ vars: { PASSWORD_COST: "1024,8,1" } });
  [ada, ben] = [client(), client()];
  const join = (each: Meridian) => each.register({ handle: newHandle(), password: PASSWORD });
  const [, { id }] = await Promise.all([join(ada), join(ben)]);
  chat = await ada.createDirect({ user: id });
});
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});
afterAll(async () => {
  await Promise.all([ada?.close(), ben?.close()]);
  await stack?.stop();
});

function client(): Meridian {
  return new Meridian({ url: stack.url });
}

/** What the SDK sent, by the last part of the address. */
function watched(): { transfer: Transfer; sent: string[] } {
  const send = fetchTransfer((url, init) => fetch(url, init));
  const sent: string[] = [];
  const transfer: Transfer = (url, body, onProgress, signal) => {
    sent.push(new URL(url).searchParams.get("part") ?? "whole");
    return send(url, body, onProgress, signal);
  };
  return { transfer, sent };
}

function files(meridian: Meridian, options: ConstructorParameters<typeof MeridianMedia>[1] = {}): MeridianMedia {
  const made = new MeridianMedia(meridian, { store: new MemoryMediaStore(), ...options });
  opened.push(made);
  return made;
}

function bytes(size: number): Blob {
  const made = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(made.subarray(at, Math.min(size, at + 65_536)));
  return new Blob([made]);
}

/** Resolves once a state fits. */
function when(upload: Upload, fits: (state: Upload["current"]) => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (fits(upload.current)) return resolve();
    const stop = upload.subscribe((state) => {
      if (!fits(state)) return;
      stop();
      resolve();
    });
  });
}

const equal = async (a: Blob, b: Blob): Promise<boolean> =>
  Buffer.from(await a.arrayBuffer()).equals(Buffer.from(await b.arrayBuffer()));

/** Sends a message with a file. @returns the file as the other side finds it */
async function deliver(media: Media): Promise<Media> {
  const arrived = new Promise<Media>((resolve) => {
    const stop = ben.on("message", ({ message }) => {
      const found = message.media.find(({ id }) => id === media.id);
      if (found === undefined) return;
      stop();
      resolve(found);
    });
  });
  await (await ada.send(chat, { media: [media] })).sent();
  return arrived;
}

describe("a file through the SDK", () => {
  test("[M1] is sent, named in a message, and opened on the other side, once over the network", async () => {
    const file = bytes(300_000);
    const upload = await files(ada).upload(chat, new File([file], "harbour.jpg", { type: "image/jpeg" }), {
      width: 640,
      height: 480,
    });
    const media = await upload.done();
    expect(media).toMatchObject({ name: "harbour.jpg", type: "image/jpeg", size: 300_000, width: 640, height: 480 });
    expect(upload.current).toMatchObject({ status: "done", sent: 300_000, media });
    const found = await deliver(media);
    expect(found).toStrictEqual(media);

    const fetched: string[] = [];
    const counting = (url: string, init: RequestInit) => (fetched.push(url), fetch(url, init));
    const bens = files(ben, { fetch: counting });
    const [first, second] = await Promise.all([bens.open(chat, found), bens.open(chat, found)]);
    expect(await equal(first, file)).toBe(true);
    expect(second).toBe(first);
    expect(first.type).toBe("image/jpeg");
    await bens.open(chat, found);
    expect(fetched).toHaveLength(1);
    const part = await fetch(await bens.link(chat, found), { headers: { Range: "bytes=0-9" } });
    expect([part.status, part.headers.get("Content-Type")]).toStrictEqual([206, "image/jpeg"]);
  });

  test("[M1] shows how far it is, and goes in parts where it is large", async () => {
    const { transfer, sent } = watched();
    const upload = await files(ada, { transfer }).upload(chat, bytes(20 * MIB));
    const seen: number[] = [];
    const statuses = new Set<string>();
    upload.subscribe((state) => {
      seen.push(state.sent);
      statuses.add(state.status);
    });
    await upload.done();
    expect(sent).toStrictEqual(["1", "2", "3"]);
    expect([...statuses]).toStrictEqual(["preparing", "sending", "done"]);
    expect(seen).toStrictEqual(seen.toSorted((a, b) => a - b));
    expect(new Set(seen)).toStrictEqual(new Set([0, 8 * MIB, 16 * MIB, 20 * MIB]));
  });

  test("[M1] paused, reloaded and resumed, sends what is missing and nothing twice", async () => {
    const store = new MemoryMediaStore();
    const file = bytes(20 * MIB);
    const first = watched();
    const before = files(ada, { store, transfer: first.transfer });
    const upload = await before.upload(chat, file, { tag: "draft 7" });
    await when(upload, ({ sent }) => sent >= 8 * MIB);
    await upload.pause();
    expect(upload.current.status).toBe("paused");
    before.close();

    const second = watched();
    const after = files(ada, { store, transfer: second.transfer });
    await after.ready();
    const [restored] = after.uploads.current;
    if (restored === undefined) throw new Error("the upload was not restored");
    expect(restored.current).toMatchObject({ status: "paused", tag: "draft 7", size: 20 * MIB });
    await restored.resume();
    const media = await restored.done();
    const held = new Set(first.sent);
    // What was under way when it was paused may have to go again; what was through does not.
    expect(second.sent).not.toContain("1");
    expect([...held, ...second.sent]).toContain("3");
    expect(await equal(await files(ada).open(chat, media), file)).toBe(true);
    await restored.discard();
    expect(after.uploads.current).toStrictEqual([]);
    expect(await store.uploads()).toStrictEqual([]);
  });

  test("[M1] survives a server that is killed under it", { timeout: 120_000 }, async () => {
    const { transfer, sent } = watched();
    const file = bytes(20 * MIB);
    // No jitter: the server is back before the tries are used up.
    const upload = await files(ada, { transfer, random: () => 1 }).upload(chat, file);
    await when(upload, (state) => state.sent >= 8 * MIB);
    await stack.kill("SIGKILL");
    await when(upload, ({ error }) => error !== null);
    await stack.restart();
    const media = await upload.done();
    expect(sent.filter((part) => part === "1")).toStrictEqual(["1"]);
    expect(await equal(await files(ada).open(chat, media), file)).toBe(true);
  });

  test("[M1] that is discarded is gone here and on the server", async () => {
    const store = new MemoryMediaStore();
    const mine = files(ada, { store });
    const upload = await mine.upload(chat, bytes(20 * MIB));
    await when(upload, ({ sent }) => sent >= 8 * MIB);
    const [record] = await store.uploads();
    await upload.discard();
    await expect(upload.done()).rejects.toMatchObject({ code: "discarded" });
    expect([mine.uploads.current, await store.uploads()]).toStrictEqual([[], []]);
    const answer = await fetch(record?.ticket?.uploadUrl ?? "");
    expect(answer.status).toBe(404);
  });

  test("[M1] whose address has died is announced anew", async () => {
    const store = new MemoryMediaStore();
    const upload = await files(ada, { store }).upload(chat, bytes(20 * MIB));
    await when(upload, ({ sent }) => sent >= 8 * MIB);
    await upload.pause();
    const [record] = await store.uploads();
    await fetch(record?.ticket?.uploadUrl ?? "", { method: "DELETE" });
    await upload.resume();
    const media = await upload.done();
    expect(media.id).not.toBe(record?.ticket?.id);
  });

  test("[M1] past the limit fails with the server's words, and others go on", async () => {
    const mine = files(ada);
    const huge = {
      size: 200 * MIB,
      stream: () => bytes(1).stream(),
      slice: () => bytes(1),
      type: "",
      name: "huge.bin",
    };
    const [failing, fine] = [await mine.upload(chat, huge as unknown as Blob), await mine.upload(chat, bytes(10))];
    await when(failing, ({ status }) => status === "failed");
    expect(failing.current.error).toMatchObject({ code: "payload_too_large" });
    await fine.done();
  });

  test("[M1] two go at once, the third waits for its turn", async () => {
    const mine = files(ada);
    const uploads = await Promise.all([1, 2, 3].map(() => mine.upload(chat, bytes(9 * MIB))));
    await Promise.all(uploads.slice(0, 2).map((upload) => when(upload, ({ status }) => status !== "waiting")));
    expect(uploads[2]?.current.status).toBe("waiting");
    await Promise.all(uploads.map((upload) => upload.done()));
  });

  test("[M1] that is not the one that was named is not taken", async () => {
    const media = await (await files(ada).upload(chat, bytes(100))).done();
    const wrong = { ...media, sha256: "A".repeat(43) };
    await expect(files(ada).open(chat, wrong)).rejects.toMatchObject({ code: "digest_mismatch" });
    await expect(files(ada).open(chat, { ...media, id: `m_${"0".repeat(32)}` })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("signing out leaves no file on the device", async () => {
    const cem = client();
    opened.push(cem);
    await cem.register({ handle: newHandle(), password: PASSWORD });
    const session = await cem.ready();
    if (session.status !== "signedIn") throw new Error("not signed in");
    const notes = await cem.createDirect({ user: session.user.id });
    const store = new MemoryMediaStore();
    const mine = files(cem, { store });
    const media = await (await mine.upload(notes, bytes(100))).done();
    await mine.open(notes, media);
    expect(await store.file(media.id)).toBeDefined();
    await cem.signOut();
    while ((await store.uploads()).length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await store.file(media.id)).toBeUndefined();
    expect(mine.uploads.current).toStrictEqual([]);
  });
});

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { uuidv7 } from "uuidv7";
import { describe, expect, it } from "vitest";
import type { ConversationId } from "../../protocol/index.ts";
import { mediaKey, newMediaId } from "../../durable-objects/rpc/media.ts";
import { sweepMedia, type Swept } from "../../worker/media/sweep.ts";
import { isStored, randomBytes, upload } from "./support/files.ts";
import { person } from "./support/people.ts";

const DAY_MS = 24 * 60 * 60_000;
const conversation = (id: string) => env.CONVERSATION.getByName(id);
const sweep = (now: number, ports: Partial<Parameters<typeof sweepMedia>[0]> = {}): Promise<Swept> =>
  sweepMedia({ bucket: env.MEDIA, conversation, ...ports }, now);

/** A file in the store that its conversation, if there is one, knows nothing of. */
async function lose(id: ConversationId): Promise<string> {
  const file = newMediaId(uuidv7());
  await env.MEDIA.put(mediaKey(id, file) ?? "", "lost");
  return file;
}

describe("the walk over the store", () => {
  it("[M1] erases what no conversation knows, two days later, and keeps what one knows", async () => {
    const ada = person("ada");
    const phone = await ada.device();
    const notes = await ada.directWith(ada);
    const kept = await upload(phone, notes, randomBytes(10));
    const lost = await lose(notes);
    const nowhere = "g_never_was" as ConversationId;
    const orphan = await lose(nowhere);
    expect(await sweep(Date.now() + DAY_MS)).toStrictEqual({ looked: 0, erased: 0 });
    expect(await isStored(notes, lost)).toBe(true);
    expect(await sweep(Date.now() + 3 * DAY_MS)).toStrictEqual({ looked: 3, erased: 2 });
    expect(await isStored(notes, kept.id)).toBe(true);
    expect(await isStored(notes, lost)).toBe(false);
    expect(await isStored(nowhere, orphan)).toBe(false);
    // An id that was never used is not given a database by the question.
    const tables = await runInDurableObject(conversation(nowhere), (_instance, { storage }) =>
      storage.sql
        .exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'")
        .toArray(),
    );
    expect(tables).toStrictEqual([]);
  });

  it("[M1] meets every file once, over as many runs as it takes", async () => {
    const notes = "g_walk" as ConversationId;
    const asked: string[] = [];
    const count = 12;
    const files = await Promise.all(Array.from({ length: count }, () => lose(notes)));
    const known = { unknownMedia: async (ids: readonly string[]) => (asked.push(...ids), []) };
    // A store that hands out two at a time, as the real one does with more of them.
    const small = new Proxy(env.MEDIA, {
      get: (bucket, name) =>
        name === "list"
          ? (options: R2ListOptions) => bucket.list({ ...options, limit: 2 })
          : (Reflect.get(bucket, name) as (...args: unknown[]) => unknown).bind(bucket),
    });
    const later = Date.now() + 4 * DAY_MS;
    const ports = { bucket: small, conversation: () => known };
    for (let looked = -1; looked !== 0;) ({ looked } = await sweep(later, ports));
    expect(asked.toSorted()).toStrictEqual(files.toSorted());
  });

  it("[M1] a conversation that cannot be asked keeps its files", async () => {
    const notes = "g_unreachable" as ConversationId;
    const file = await lose(notes);
    const ports = { conversation: () => ({ unknownMedia: () => Promise.reject(new Error("unreachable")) }) };
    expect(await sweep(Date.now() + 5 * DAY_MS, ports)).toMatchObject({ erased: 0 });
    expect(await isStored(notes, file)).toBe(true);
  });
});

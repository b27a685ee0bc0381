/**
 * The second net under the files [M1]. A Conversation object erases by itself, on time, what no entry names; what it does
 * not know of any more (an erased conversation whose last call to the store was lost) nobody else would ever find. So the
 * scheduled job walks over the store, meets every file once, two days after it was announced, and asks.
 *
 * Each run takes a bounded number of steps and goes on where the last one ended: keys rise with time, and the last one
 * that was looked at is kept in the store itself.
 */
import { hourOf, MEDIA_PREFIX, parseMediaKey, type MediaRpc } from "../../durable-objects/rpc/media.ts";
import { log, traceOf } from "../log.ts";

/** Beyond this age everything has been named or erased: a day to upload, a day to be sent in, and an hour's grace. */
const SETTLED_MS = 49 * 60 * 60_000;
const PAGE = 500;
const MAX_PAGES = 10;
const PLACE = "sweep/media";

export interface SweepPorts {
  readonly bucket: R2Bucket;
  readonly conversation: (id: string) => Pick<MediaRpc, "unknownMedia">;
}

/** What one run did. */
export interface Swept {
  readonly looked: number;
  readonly erased: number;
}

/**
 * Takes the next steps of the walk.
 *
 * @param now in ms
 */
export async function sweepMedia({ bucket, conversation }: SweepPorts, now: number): Promise<Swept> {
  const place = await bucket.get(PLACE);
  let after = place === null ? MEDIA_PREFIX : await place.text();
  const settled = hourOf(now - SETTLED_MS);
  let looked = 0;
  let erased = 0;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { objects, truncated } = await bucket.list({ prefix: MEDIA_PREFIX, startAfter: after, limit: PAGE });
    const due = objects.flatMap(({ key }) => parseMediaKey(key) ?? []).filter(({ hour }) => hour < settled);
    const lost = await unknown(due, conversation);
    if (lost.length > 0) await bucket.delete(lost);
    looked += due.length;
    erased += lost.length;
    const last = due.at(-1);
    if (last === undefined) break;
    after = keyOf(last);
    await bucket.put(PLACE, after);
    if (!truncated || due.length < objects.length) break;
  }
  return { looked, erased };
}

type Place = NonNullable<ReturnType<typeof parseMediaKey>>;

/** Keys that no conversation knows; one that cannot be asked keeps its files. */
async function unknown(files: readonly Place[], conversation: SweepPorts["conversation"]): Promise<string[]> {
  const lost: string[] = [];
  for (const [id, own] of Map.groupBy(files, (file) => file.conversation)) {
    try {
      const gone = new Set(await conversation(id).unknownMedia(own.map((file) => file.id)));
      lost.push(...own.filter((file) => gone.has(file.id)).map(keyOf));
    } catch (error) {
      log("error", "media_sweep_failed", { conversation: id, ...traceOf(error) });
    }
  }
  return lost;
}

function keyOf({ hour, conversation, id }: Place): string {
  return `${MEDIA_PREFIX}${hour}/${conversation}/${id}`;
}

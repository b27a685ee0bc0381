/**
 * Erasing bytes: the only thing that a Conversation object does with the store itself.
 */
import { mediaCacheKey, mediaKey } from "../rpc/media.ts";

/** A file that is to leave no bytes behind. */
export interface Erasable {
  readonly id: string;
  readonly multipart: string | null;
}

export interface MediaStore {
  /** Erases bytes and the parts of unfinished uploads. May be repeated. */
  erase(conversation: string, files: readonly Erasable[]): Promise<void>;
}

/** The store of wrangler.toml. */
export function mediaStore(bucket: R2Bucket): MediaStore {
  return {
    async erase(conversation, files) {
      const keys = files.flatMap(({ id }) => mediaKey(conversation, id) ?? []);
      await Promise.all(files.map((file) => abort(bucket, conversation, file)));
      await bucket.delete(keys);
      // Other data centres may hold a small file until the links to it end; this one need not.
      await Promise.all(files.map(({ id }) => caches.default.delete(mediaCacheKey(conversation, id)))).catch(
        () => undefined,
      );
    },
  };
}

async function abort(bucket: R2Bucket, conversation: string, { id, multipart }: Erasable): Promise<void> {
  const key = mediaKey(conversation, id);
  if (multipart === null || key === undefined) return;
  try {
    await bucket.resumeMultipartUpload(key, multipart).abort();
  } catch (error) {
    // The store itself gives unfinished uploads up after some days (10024: no such upload).
    if (!String(error).includes("10024")) throw error;
  }
}

/**
 * Reading large files from the store: stretch by stretch, each of the size of an upload's part. No layer between the
 * disk and the reader then has a reason to hold more than one of them; the store that runs on a developer's machine would
 * otherwise take a file that came in parts into memory as a whole.
 */
import { MEDIA_PART_BYTES, MeridianError } from "../../protocol/index.ts";

/**
 * The bytes of a file, as a stream that reads on only as fast as it is read.
 *
 * @param from first byte
 * @param length how many; at least one
 * @param keepAlive the reading goes on after the answer has begun
 * @throws MeridianError `not_found` where the file is gone
 */
export async function readStretches(
  bucket: R2Bucket,
  key: string,
  from: number,
  length: number,
  keepAlive: (reading: Promise<void>) => void,
): Promise<ReadableStream> {
  const first = await stretch(bucket, key, from, length);
  if (from + length <= nextBoundary(from)) return first;
  const { readable, writable } = new FixedLengthStream(length);
  const pump = async (): Promise<void> => {
    try {
      let at = from;
      for (let body = first; ; body = await stretch(bucket, key, at, from + length - at)) {
        await body.pipeTo(writable, { preventClose: true });
        at = Math.min(nextBoundary(at), from + length);
        if (at >= from + length) break;
      }
      await writable.close();
    } catch (error) {
      // The reader went away, or the file did: either way it sees a stream that breaks off.
      await writable.abort(error).catch(() => undefined);
    }
  };
  keepAlive(pump());
  return readable;
}

/** At most as far as the next boundary between parts. */
async function stretch(bucket: R2Bucket, key: string, offset: number, rest: number): Promise<ReadableStream> {
  const length = Math.min(rest, nextBoundary(offset) - offset);
  const object = await bucket.get(key, { range: { offset, length } });
  if (object === null) throw new MeridianError("not_found", "There is nothing at this address.");
  return object.body;
}

function nextBoundary(offset: number): number {
  return (Math.floor(offset / MEDIA_PART_BYTES) + 1) * MEDIA_PART_BYTES;
}

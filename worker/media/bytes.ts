/** Streams into the store, and what the store says of them. */
import { MeridianError } from "../../protocol/index.ts";

/** Numbers that the store puts into the messages of its errors. */
export const StoreError = { badDigest: 10037, noSuchUpload: 10024, invalidPart: 10025, badUpload: 10048 } as const;

/** How much of what nobody asked for is taken in. */
const MAX_DISCARDED_BYTES = 8 * 1024 * 1024;
const MAX_DISCARD_MS = 10_000;

/** Whether an error is the store's, with this number. */
export function isStoreError(error: unknown, code: number): boolean {
  return error instanceof Error && error.message.includes(`(${code})`);
}

/**
 * Hands exactly `size` bytes of a request on.
 *
 * @param take reads the stream to its end
 * @throws MeridianError `digest_mismatch` where there are more or fewer; what `take` threw
 */
export async function pour<Result>(
  request: Request,
  size: number,
  take: (bytes: ReadableStream | Uint8Array) => Promise<Result>,
): Promise<Result> {
  const announced = request.headers.get("Content-Length");
  if (announced !== null && Number(announced) !== size) {
    await discard(request);
    throw wrongSize(size);
  }
  if (request.body === null) {
    if (size > 0) throw wrongSize(size);
    return take(new Uint8Array());
  }
  // The store wants to know the length before the first byte, and a body without a Content-Length has none.
  const { readable, writable } = new FixedLengthStream(size);
  const [poured, taken] = await Promise.allSettled([request.body.pipeTo(writable), take(readable)]);
  // Too many bytes fail where they are written, too few where they are read.
  if ([poured, taken].some((end) => end.status === "rejected" && isLengthError(end.reason))) throw wrongSize(size);
  if (taken.status === "rejected") throw taken.reason;
  if (poured.status === "rejected") throw poured.reason;
  return taken.value;
}

/**
 * Takes a body in and throws it away: a client that is cut off while it sends never reads the answer.
 *
 * @param maxBytes past this it is cut off all the same
 */
export async function discard(request: Request, maxBytes = MAX_DISCARDED_BYTES): Promise<void> {
  if (request.body === null || request.bodyUsed) return;
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  const until = Date.now() + MAX_DISCARD_MS;
  for (let size = 0; size < maxBytes && Date.now() < until;) {
    const { done, value } = await reader.read();
    if (done) return;
    size += value.byteLength;
  }
  await reader.cancel();
}

/** How the platform says that a stream of fixed length got too few or too many bytes. */
function isLengthError(error: unknown): boolean {
  return error instanceof TypeError && error.message.includes("FixedLengthStream");
}

function wrongSize(size: number): MeridianError {
  return new MeridianError("digest_mismatch", `Exactly ${size} bytes were announced.`);
}

import { MeridianError } from "../../protocol/index.ts";

/** A client that is cut off while it sends never reads the answer, so that much more is taken in and thrown away. */
const MAX_DISCARDED_BYTES = 32 * 1024 * 1024;

/**
 * Reads a request's body into memory, whatever its headers say of its length.
 *
 * @param maxBytes how much of it is kept at most
 * @throws MeridianError `payload_too_large`, or `malformed_request` where the client stopped in the middle
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (request.body === null) return new Uint8Array();
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  const whole = Number(request.headers.get("Content-Length") ?? 0) <= maxBytes ? await collect(reader, maxBytes) : null;
  if (whole !== null) return whole;
  await discard(reader);
  throw new MeridianError("payload_too_large", `The body may have at most ${maxBytes} bytes.`);
}

/** @returns null where there is more than may be kept */
async function collect(reader: ReadableStreamDefaultReader<Uint8Array>, maxBytes: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  for (let size = 0; size <= maxBytes;) {
    const { done, value } = await read(reader);
    if (done) return concatenate(chunks, size);
    size += value.byteLength;
    chunks.push(value);
  }
  return null;
}

async function discard(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  for (let left = MAX_DISCARDED_BYTES; left > 0;) {
    const { done, value } = await read(reader);
    if (done) return;
    left -= value.byteLength;
  }
  await reader.cancel();
}

async function read(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await reader.read();
  } catch {
    throw new MeridianError("malformed_request", "The body did not arrive whole.");
  }
}

function concatenate(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) return only;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

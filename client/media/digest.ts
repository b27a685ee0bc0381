/** SHA-256 of what does not fit into memory at once: the platform's own digest wants everything together. */
import { sha256 } from "@noble/hashes/sha2.js";
import { errorOf } from "../errors.ts";

/**
 * The digest of a file, read piece by piece.
 *
 * @returns base64url
 * @throws MeridianError `storage` where the file cannot be read: it was changed or removed since it was chosen
 */
export async function digestOf(file: Blob, signal?: AbortSignal): Promise<string> {
  const digest = new Digest();
  const reader = file.stream().getReader();
  for (;;) {
    signal?.throwIfAborted();
    const { done, value } = await reader.read().catch(unreadable);
    if (done) return digest.end();
    digest.add(value);
  }
}

/** @throws MeridianError `storage` where not even the first byte can be read */
export async function checkReadable(file: Blob): Promise<void> {
  await file.slice(0, 1).arrayBuffer().catch(unreadable);
}

function unreadable(cause: unknown): never {
  throw errorOf("storage", "The file cannot be read any more.", { cause });
}

/** A digest in the making. */
export class Digest {
  readonly #hash = sha256.create();

  add(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** @returns base64url */
  end(): string {
    const text = btoa(String.fromCharCode(...this.#hash.digest()));
    return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  }
}

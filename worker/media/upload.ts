/**
 * Bytes on their way in: streamed into the store, never held, and kept only where they are what was announced [M1].
 *
 * One request carries a whole file: the store itself checks the digest while it takes the stream, and keeps nothing where
 * it is wrong. Larger files may come in parts, in any order, over any number of connections; once all are there the file
 * is read back through a digest, and nobody can reach it before that digest was right.
 */
import {
  MEDIA_PART_BYTES,
  MeridianError,
  partCount,
  type ConversationId,
  type DeviceId,
  type UploadState,
  type UserId,
} from "../../protocol/index.ts";
import { mediaKey, type MediaCalls, type MediaOp, type Upload } from "../../durable-objects/rpc/media.ts";
import type { Bindings } from "../edge.ts";
import { userObject } from "../objects.ts";
import { discard, isStoreError, pour, StoreError } from "./bytes.ts";
import { fromBase64url, type UploadClaims } from "./links.ts";
import { readStretches } from "./stretches.ts";

const RETRY_MS = 1_000;

/** One upload, as a signed address allows it. */
export class Receiver {
  readonly #env: Bindings;
  readonly #claims: UploadClaims;
  readonly #key: string;

  constructor(env: Bindings, claims: UploadClaims) {
    const key = mediaKey(claims.conversation, claims.id);
    if (key === undefined) throw noSuchUpload();
    this.#env = env;
    this.#claims = claims;
    this.#key = key;
  }

  async state(): Promise<UploadState> {
    const { complete, parts } = await this.#ask("upload", {});
    const { id, size } = this.#claims;
    return { id, size, partSize: MEDIA_PART_BYTES, parts: parts.map(({ number }) => number), complete };
  }

  /** Takes the whole file. @throws MeridianError `digest_mismatch`: nothing of it is kept */
  async whole(request: Request): Promise<void> {
    const upload = await this.#ask("upload", {});
    // A retry whose first answer was lost.
    if (upload.complete) return discard(request, this.#claims.size);
    const { size } = this.#claims;
    try {
      await pour(request, size, (bytes) =>
        this.#env.MEDIA.put(this.#key, bytes, { ...metadataOf(upload), sha256: digestOf(upload) }),
      );
    } catch (error) {
      throw isStoreError(error, StoreError.badDigest) ? wrongDigest() : error;
    }
    await this.#keep();
  }

  /** Takes one part; a part that came before is replaced. @throws MeridianError `digest_mismatch` for a wrong size */
  async part(number: number, request: Request): Promise<void> {
    const upload = await this.#ask("upload", {});
    if (upload.complete) return discard(request);
    const { size } = this.#claims;
    if (number > partCount(size, MEDIA_PART_BYTES)) {
      await discard(request);
      throw new MeridianError("invalid_request", `The file has ${partCount(size, MEDIA_PART_BYTES)} parts.`);
    }
    const multipart = upload.multipart ?? (await this.#begin(upload));
    const expected = Math.min(MEDIA_PART_BYTES, size - (number - 1) * MEDIA_PART_BYTES);
    try {
      const { etag } = await pour(request, expected, (bytes) =>
        this.#env.MEDIA.resumeMultipartUpload(this.#key, multipart).uploadPart(number, bytes),
      );
      await this.#ask("part", { part: { number, etag } });
    } catch (error) {
      if (!isStoreError(error, StoreError.noSuchUpload)) throw error;
      throw await this.#lost(multipart);
    }
  }

  /** All parts are there: puts them together and checks the digest. @throws MeridianError `digest_mismatch` */
  async complete(): Promise<void> {
    const upload = await this.#ask("upload", {});
    if (upload.complete) return;
    const missing = missingParts(upload);
    if (missing.length > 0) {
      throw new MeridianError("invalid_request", "Parts are missing.", {
        violations: missing.slice(0, 32).map((number) => ({ path: `parts.${number}`, message: "is missing" })),
      });
    }
    await this.#join(upload);
    const joined = await this.#env.MEDIA.head(this.#key);
    if (joined === null) throw await this.#lost(upload.multipart);
    if (joined.size !== upload.size || !sameBytes(await this.#digest(joined.size), digestOf(upload))) {
      await this.#env.MEDIA.delete(this.#key);
      await this.#ask("restart", { multipart: upload.multipart ?? "" });
      throw wrongDigest();
    }
    await this.#keep();
  }

  async cancel(): Promise<void> {
    await this.#ask("cancel", {});
  }

  async #begin(upload: Upload): Promise<string> {
    const created = await this.#env.MEDIA.createMultipartUpload(this.#key, metadataOf(upload));
    const counts = await this.#ask("begin", { multipart: created.uploadId });
    if (counts !== created.uploadId) await created.abort();
    if (counts === "") throw noSuchUpload();
    return counts;
  }

  async #join({ multipart, parts }: Upload): Promise<void> {
    const list = parts.map(({ number, etag }) => ({ partNumber: number, etag }));
    try {
      await this.#env.MEDIA.resumeMultipartUpload(this.#key, multipart ?? "").complete(list);
    } catch (error) {
      // An earlier attempt came this far and its answer was lost; what it left is checked like any other.
      if ((await this.#env.MEDIA.head(this.#key)) !== null) return;
      if (!isStoreError(error, StoreError.noSuchUpload) && !isStoreError(error, StoreError.invalidPart)) throw error;
      throw await this.#lost(multipart);
    }
  }

  async #digest(size: number): Promise<ArrayBuffer> {
    const digest = new crypto.DigestStream("SHA-256");
    const bytes = await readStretches(this.#env.MEDIA, this.#key, 0, size, () => undefined);
    await bytes.pipeTo(digest);
    return digest.digest;
  }

  /** The bytes are right: from now on entries may name the file. */
  async #keep(): Promise<void> {
    try {
      const left = await this.#ask("uploaded", {});
      if (left !== null) await this.#env.MEDIA.resumeMultipartUpload(this.#key, left).abort();
    } catch (error) {
      // Cancelled or given up while it came: nobody would ever find what was stored.
      if ((error as { code?: unknown }).code === "not_found") await this.#env.MEDIA.delete(this.#key);
      throw error;
    }
  }

  /** The store has given the parts up: the upload begins anew. */
  async #lost(multipart: string | null): Promise<MeridianError> {
    await this.#ask("restart", { multipart: multipart ?? "" });
    return new MeridianError("unavailable", "The parts were lost: send them again.", { retryAfterMs: RETRY_MS });
  }

  #ask<Op extends MediaOp>(op: Op, ask: Omit<MediaCalls[Op]["ask"], "id">): Promise<MediaCalls[Op]["answer"]> {
    const { user, device, conversation, id } = this.#claims;
    const whole = { ...ask, id } as MediaCalls[Op]["ask"];
    return userObject(this.#env, user as UserId).media(device as DeviceId, conversation as ConversationId, op, whole);
  }
}

function metadataOf({ type, name }: Upload): R2MultipartOptions {
  return { httpMetadata: { contentType: type }, customMetadata: { name: encodeURIComponent(name.toWellFormed()) } };
}

function digestOf({ sha256 }: Upload): ArrayBuffer {
  const bytes = fromBase64url(sha256);
  if (bytes === undefined) throw new MeridianError("internal", "A digest that was checked is none.");
  return bytes.buffer;
}

function sameBytes(a: ArrayBuffer, b: ArrayBuffer): boolean {
  return crypto.subtle.timingSafeEqual(a, b);
}

function missingParts({ size, parts }: Upload): number[] {
  const held = new Set(parts.map(({ number }) => number));
  return Array.from({ length: partCount(size, MEDIA_PART_BYTES) }, (_, index) => index + 1).filter(
    (number) => !held.has(number),
  );
}

function wrongDigest(): MeridianError {
  return new MeridianError("digest_mismatch", "The bytes are not those whose digest was announced. Nothing was kept.");
}

function noSuchUpload(): MeridianError {
  return new MeridianError("not_found", "There is no such upload.");
}

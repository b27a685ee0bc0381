/**
 * Files beside the log (contract, section 4): announcing an upload, sending its bytes, fetching them.
 */
import { z } from "zod";
import { Id, Ms } from "./ids.ts";

/** A media type as it may stand in a header; parameters are allowed and kept. */
const MEDIA_TYPE = /^[A-Za-z0-9!#$&^_.+-]{1,127}\/[A-Za-z0-9!#$&^_.+-]{1,127}(; ?[A-Za-z0-9_.-]+=[A-Za-z0-9_.,"-]+)*$/;
const HEX_DIGEST = /^[0-9a-fA-F]{64}$/;
const BASE64_DIGEST = /^[A-Za-z0-9_+/-]{43}=?$/;

/** A SHA-256 digest: 64 hexadecimal digits, or 43 characters of base64url. */
export const Sha256 = z
  .string()
  .max(64)
  .refine((text) => normalDigest(text) !== undefined, "must be a SHA-256 digest, in hex or base64url");

/** Body of `POST /v1/conversations/{id}/media`. */
export const StartUpload = z.object({
  name: z.string().min(1).max(255),
  type: z.string().max(255).regex(MEDIA_TYPE, "must be a media type, such as image/png"),
  size: z.int().min(0),
  sha256: Sha256,
});
export type StartUpload = z.infer<typeof StartUpload>;

/** Where the bytes go. Files larger than `partSize` may go in parts of exactly that size, the last one smaller. */
export const UploadTicket = z.object({ id: Id, uploadUrl: z.string(), expiresAt: Ms, partSize: z.int() });
export type UploadTicket = z.infer<typeof UploadTicket>;

/** How far an upload has come: `parts` are the numbers, from 1, of the parts that the server holds. */
export const UploadState = z.object({
  id: Id,
  size: z.int(),
  partSize: z.int(),
  parts: z.array(z.int()),
  complete: z.boolean(),
});
export type UploadState = z.infer<typeof UploadState>;

/** What the bytes are stored as once they are complete. */
export const Uploaded = z.object({ id: Id, size: z.int(), sha256: z.string() });
export type Uploaded = z.infer<typeof Uploaded>;

/** A signed link to the bytes, for those who cannot follow a redirect. */
export const MediaLink = z.object({ url: z.string(), expiresAt: Ms });
export type MediaLink = z.infer<typeof MediaLink>;

/**
 * The one way in which digests are kept and compared: base64url.
 *
 * @returns undefined where the text is no SHA-256 digest
 * @example
 * normalDigest("E3B0C442…") === normalDigest("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
 */
export function normalDigest(text: string): string | undefined {
  if (HEX_DIGEST.test(text)) {
    const bytes = text.match(/../g) ?? [];
    const binary = String.fromCharCode(...bytes.map((byte) => Number.parseInt(byte, 16)));
    return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  }
  if (!BASE64_DIGEST.test(text)) return undefined;
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** How many parts a file has, at least one. */
export function partCount(size: number, partSize: number): number {
  return Math.max(1, Math.ceil(size / partSize));
}

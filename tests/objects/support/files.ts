/** Files for tests: made, sent and fetched as a client does it. */
import { env } from "cloudflare:workers";
import { base64url, type ConversationId, type Media, type UploadTicket } from "../../../protocol/index.ts";
import { mediaKey } from "../../../durable-objects/rpc/media.ts";
import { edge } from "./edge.ts";
import type { TestDevice } from "./people.ts";

export interface FileOptions {
  readonly name?: string;
  readonly type?: string;
}

/** Bytes that no other file has, of any size. */
export function randomBytes(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65_536)));
  return bytes;
}

export async function sha256(bytes: BufferSource): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/** Announces bytes. */
export async function announce(
  device: TestDevice,
  conversation: ConversationId,
  bytes: Uint8Array<ArrayBuffer>,
  { name = "file.bin", type = "application/octet-stream" }: FileOptions = {},
): Promise<UploadTicket & { readonly media: Media }> {
  const media = { name, type, size: bytes.byteLength, sha256: await sha256(bytes) };
  const answer = await edge(device, `POST /v1/conversations/${conversation}/media`, { json: media });
  if (answer.status !== 201) throw new Error(`announcing answered ${answer.status}: ${await answer.text()}`);
  const ticket: UploadTicket = await answer.json();
  return { ...ticket, media: { ...media, id: ticket.id } };
}

/** Announces and sends bytes. */
export async function upload(
  device: TestDevice,
  conversation: ConversationId,
  bytes: Uint8Array<ArrayBuffer>,
  options: FileOptions = {},
): Promise<Media> {
  const { media, uploadUrl } = await announce(device, conversation, bytes, options);
  const answer = await edge(null, `PUT ${uploadUrl}`, { bytes });
  if (answer.status !== 201) throw new Error(`the upload answered ${answer.status}: ${await answer.text()}`);
  return media;
}

/** Asks for a file. @returns the signed address */
export async function linkTo(device: TestDevice, conversation: ConversationId, id: string): Promise<string> {
  const answer = await edge(device, `GET /v1/conversations/${conversation}/media/${id}`);
  const location = answer.headers.get("Location");
  if (answer.status !== 302 || location === null) throw new Error(`${answer.status}: ${await answer.text()}`);
  return location;
}

/** Whether the store holds anything of a file. */
export async function isStored(conversation: ConversationId, id: string): Promise<boolean> {
  const key = mediaKey(conversation, id);
  if (key === undefined) throw new Error(`not an id: ${id}`);
  return (await env.MEDIA.head(key)) !== null;
}

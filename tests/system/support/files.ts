/** Large files for tests: the same bytes from the same seed, never in memory as a whole. */
import { createCipheriv, createHash } from "node:crypto";
import { Readable } from "node:stream";
import { UploadTicket, type Session } from "../../../protocol/index.ts";
import { call, type Target } from "./http.ts";

const BLOCK = 8 * 1024 * 1024;
const PIECE = 256 * 1024;

/** A file that is made while it is read. */
export interface LargeFile {
  readonly size: number;
  readonly sha256: string;
  /** Its bytes from `from` up to, and without, `to`. */
  bytes(from?: number, to?: number): Generator<Buffer<ArrayBuffer>>;
}

/** A file of random bytes; `seed` chooses which. No two pieces of it are the same: each begins with its number. */
export function largeFile(size: number, seed: number): LargeFile {
  const key = createHash("sha256").update(`seed ${seed}`).digest();
  const block = createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(BLOCK));
  function* bytes(from = 0, to = size): Generator<Buffer<ArrayBuffer>> {
    for (let at = from; at < to;) {
      const index = Math.floor(at / PIECE);
      const start = index * PIECE;
      const piece = Buffer.from(block.subarray(start % BLOCK, (start % BLOCK) + PIECE));
      piece.writeUInt32BE(index);
      const part = piece.subarray(at - start, Math.min(PIECE, to - start));
      yield part;
      at += part.byteLength;
    }
  }
  const hash = createHash("sha256");
  for (const piece of bytes()) hash.update(piece);
  return { size, sha256: hash.digest("base64url"), bytes };
}

/** Announces a file. */
export async function announce(
  target: Target,
  session: Session,
  conversation: string,
  file: Pick<LargeFile, "size" | "sha256">,
  type = "application/octet-stream",
): Promise<UploadTicket> {
  const body = { name: "large.bin", type, size: file.size, sha256: file.sha256 };
  const answer = await call(target, `POST /v1/conversations/${conversation}/media`, {
    token: session.accessToken,
    body,
  });
  if (answer.status !== 201) throw new Error(`announcing answered ${answer.status}: ${answer.text}`);
  return UploadTicket.parse(answer.json());
}

/** Sends bytes as they are made. @returns the status */
export async function put(url: string, bytes: Iterable<Buffer<ArrayBuffer>>): Promise<number> {
  const init: RequestInit & { duplex: "half" } = {
    method: "PUT",
    body: Readable.toWeb(Readable.from(bytes)) as BodyInit,
    duplex: "half",
  };
  const answer = await fetch(url, init);
  await answer.arrayBuffer();
  return answer.status;
}

/** Sends the parts of a file that are wanted. */
export async function putParts(ticket: UploadTicket, file: LargeFile, wanted: readonly number[]): Promise<void> {
  for (const number of wanted) {
    const from = (number - 1) * ticket.partSize;
    const status = await put(
      `${ticket.uploadUrl}&part=${number}`,
      file.bytes(from, Math.min(file.size, from + ticket.partSize)),
    );
    if (status !== 204) throw new Error(`part ${number} answered ${status}`);
  }
}

/** Numbers of all parts. */
export function partsOf(ticket: UploadTicket, file: LargeFile): number[] {
  return Array.from({ length: Math.ceil(file.size / ticket.partSize) }, (_, index) => index + 1);
}

/** The signed address of a file. */
export async function linkTo(target: Target, session: Session, conversation: string, id: string): Promise<string> {
  const answer = await fetch(`${target.url}/v1/conversations/${conversation}/media/${id}`, {
    headers: { Authorization: `Bearer ${session.accessToken}` },
    redirect: "manual",
  });
  await answer.arrayBuffer();
  const location = answer.headers.get("Location");
  if (answer.status !== 302 || location === null) throw new Error(`the file answered ${answer.status}`);
  return location;
}

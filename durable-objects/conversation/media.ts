/**
 * Files of one conversation [M1]: announced, uploaded, named by entries, erased. The bytes are in the store and are moved
 * by the edge; that a file exists, and who may have it, is decided here and nowhere else.
 *
 * One column says when a file goes: `due` is a time while no entry names it, NULL while one does. So uploads that were
 * given up, files of deleted entries and files that retention took all leave by the same door, {@link MediaFiles.sweep}.
 */
import {
  MeridianError,
  normalDigest,
  UNREFERENCED_MEDIA_MS,
  UPLOAD_TTL_MS,
  type Media,
  type UserId,
} from "../../protocol/index.ts";
import type { MediaCalls, MediaFile, MediaOp, Upload, UploadPart } from "../rpc/media.ts";
import type { Core } from "./core.ts";
import type { MediaStore } from "./media-store.ts";
import type { MemberState } from "./members.ts";
import { covers } from "./visibility.ts";

/** Files of one user that no entry names yet. */
const MAX_PENDING = 256;
/** Files erased in one step; the next one follows at once. */
const STEP = 100;
const RETRY_MS = 60_000;

interface MediaRow extends Record<string, SqlStorageValue> {
  id: string;
  owner: string;
  name: string;
  type: string;
  size: number;
  sha256: string;
  /** `open`, `complete`, or `gone`: on its way out, nobody is shown it any more. */
  state: string;
  multipart: string | null;
  due: number | null;
}

type Handlers = { [Op in MediaOp]: (member: MemberState, ask: MediaCalls[Op]["ask"]) => MediaCalls[Op]["answer"] };

export class MediaFiles implements Handlers {
  readonly #core: Core;
  readonly #store: MediaStore;
  /** Files are due that were not when the alarm was last armed. */
  #moreDue = false;

  constructor(core: Core, store: MediaStore) {
    this.#core = core;
    this.#store = store;
  }

  handle<Op extends MediaOp>(user: UserId, op: Op, ask: MediaCalls[Op]["ask"]): MediaCalls[Op]["answer"] {
    return (this as Handlers)[op](this.#core.member(user), ask);
  }

  start({ user }: MemberState, { id, name, type, size, sha256 }: MediaFile): { expiresAt: number } {
    const { sql, clock } = this.#core;
    const known = this.#row(id);
    if (known !== undefined) return { expiresAt: (known.due ?? clock()) - UNREFERENCED_MEDIA_MS + UPLOAD_TTL_MS };
    const { n } = sql
      .exec<{ n: number }>(
        "SELECT count(*) AS n FROM media INDEXED BY media_by_due WHERE due IS NOT NULL AND owner = ? AND state <> 'gone'",
        user,
      )
      .one();
    if (n >= MAX_PENDING) {
      throw new MeridianError("rate_limited", "Too many files wait to be sent: send or cancel some.", {
        retryAfterMs: RETRY_MS,
      });
    }
    const due = clock() + UNREFERENCED_MEDIA_MS;
    sql.exec(
      "INSERT INTO media (id, owner, name, type, size, sha256, state, multipart, due) VALUES (?, ?, ?, ?, ?, ?, 'open', NULL, ?)",
      id,
      user,
      name,
      type,
      size,
      sha256,
      due,
    );
    this.#moreDue = true;
    return { expiresAt: clock() + UPLOAD_TTL_MS };
  }

  upload(member: MemberState, { id }: { id: string }): Upload {
    const row = this.#own(member, id);
    const parts = this.#core.sql
      .exec<{ number: number; etag: string }>(
        "SELECT number, etag FROM media_parts WHERE media = ? ORDER BY number",
        id,
      )
      .toArray();
    return { ...toFile(row), complete: row.state === "complete", multipart: row.multipart, parts };
  }

  begin(member: MemberState, { id, multipart }: { id: string; multipart: string }): string {
    const row = this.#own(member, id);
    if (row.multipart !== null || row.state === "complete") return row.multipart ?? "";
    this.#core.sql.exec("UPDATE media SET multipart = ? WHERE id = ?", multipart, id);
    return multipart;
  }

  part(member: MemberState, { id, part }: { id: string; part: UploadPart }): void {
    if (this.#own(member, id).state === "complete") return;
    this.#core.sql.exec(
      "INSERT INTO media_parts (media, number, etag) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET etag = excluded.etag",
      id,
      part.number,
      part.etag,
    );
  }

  restart(member: MemberState, { id, multipart }: { id: string; multipart: string }): void {
    const row = this.#own(member, id);
    if (row.state === "complete" || row.multipart !== multipart) return;
    this.#core.sql.exec("UPDATE media SET multipart = NULL WHERE id = ?", id);
    this.#core.sql.exec("DELETE FROM media_parts WHERE media = ?", id);
  }

  uploaded(member: MemberState, { id }: { id: string }): string | null {
    const row = this.#own(member, id);
    if (row.state === "complete") return null;
    const { sql, clock } = this.#core;
    // From here on the file has its own day to be sent in.
    const due = clock() + UNREFERENCED_MEDIA_MS;
    sql.exec("UPDATE media SET state = 'complete', multipart = NULL, due = ? WHERE id = ?", due, id);
    sql.exec("DELETE FROM media_parts WHERE media = ?", id);
    return row.multipart;
  }

  cancel(member: MemberState, { id }: { id: string }): void {
    const row = this.#own(member, id);
    if (row.due === null) throw new MeridianError("forbidden", "The file was sent: delete the message instead.");
    this.#retire(id);
  }

  read(member: MemberState, { id }: { id: string }): MediaFile {
    const row = this.#row(id);
    if (row?.state !== "complete" || !this.#maySee(member, row)) throw notFound();
    return toFile(row);
  }

  /**
   * What a message may name: files that are complete, in this conversation, that the sender may see, with the size and
   * digest that they have.
   *
   * @throws MeridianError `not_found`
   */
  check(member: MemberState, media: readonly Media[]): void {
    for (const { id, size, sha256 } of media) {
      const row = this.#row(id);
      const complete = row?.state === "complete" && this.#maySee(member, row);
      if (!complete || row.size !== size || row.sha256 !== normalDigest(sha256)) {
        throw new MeridianError("not_found", "A file of this message was not uploaded to this conversation.");
      }
    }
  }

  /** The entry names these files: they stay as long as it does. Inside the transaction that appends it. */
  refer(seq: number, media: readonly Media[]): void {
    const { sql } = this.#core;
    for (const { id } of media) {
      sql.exec("INSERT OR IGNORE INTO media_refs (media, seq) VALUES (?, ?)", id, seq);
      sql.exec("UPDATE media SET due = NULL WHERE id = ? AND due IS NOT NULL", id);
    }
  }

  /** [M1] [E3] these entries lost their bodies: files that no other entry names go. */
  release(seqs: readonly number[]): void {
    const { sql } = this.#core;
    for (const seq of seqs) {
      this.#dropped(sql.exec<{ media: string }>("DELETE FROM media_refs WHERE seq = ? RETURNING media", seq).toArray());
    }
  }

  /** [E7] the log now starts at `floor`. */
  releaseBelow(floor: number): void {
    const { sql } = this.#core;
    this.#dropped(sql.exec<{ media: string }>("DELETE FROM media_refs WHERE seq < ? RETURNING media", floor).toArray());
  }

  /** The conversation is at its end: everything goes. */
  releaseAll(): void {
    this.#core.sql.exec("UPDATE media SET state = 'gone', due = ?", this.#core.clock());
  }

  /** When to {@link sweep}, if that changed since it was last asked; called after the commit. */
  takeNewDue(): number | null {
    if (!this.#moreDue) return null;
    this.#moreDue = false;
    return this.nextDue();
  }

  nextDue(): number | null {
    return this.#core.sql.exec<{ due: number | null }>("SELECT min(due) AS due FROM media WHERE due IS NOT NULL").one()
      .due;
  }

  /** Erases what is due, at most {@link STEP} files. @returns when to sweep again, or null where nothing is left */
  async sweep(): Promise<number | null> {
    const { sql, clock } = this.#core;
    const due = sql.exec<MediaRow>("SELECT * FROM media WHERE due <= ? ORDER BY due LIMIT ?", clock(), STEP).toArray();
    for (const { id } of due) sql.exec("UPDATE media SET state = 'gone' WHERE id = ?", id);
    if (due.length > 0) {
      try {
        await this.#store.erase(this.#core.info.id, due);
        for (const { id } of due) this.#forget(id);
      } catch {
        // The store cannot be reached: the rows say what is still to be done.
        for (const { id } of due) sql.exec("UPDATE media SET due = ? WHERE id = ?", clock() + RETRY_MS, id);
      }
    }
    return this.nextDue();
  }

  /** Ids that no row of this object has. */
  unknown(ids: readonly string[]): string[] {
    return ids.filter((id) => this.#row(id) === undefined);
  }

  #row(id: string): MediaRow | undefined {
    return this.#core.sql.exec<MediaRow>("SELECT * FROM media WHERE id = ?", id).toArray()[0];
  }

  /** @throws MeridianError `not_found`, the same for what is gone and for what somebody else uploads */
  #own({ user }: MemberState, id: string): MediaRow {
    const row = this.#row(id);
    if (row === undefined || row.owner !== user || row.state === "gone") throw notFound();
    return row;
  }

  /** [V2] [V3] a file is as visible as the entries that name it; before there is one, every member may have it. */
  #maySee({ user, windows, blocks }: MemberState, row: MediaRow): boolean {
    if (row.owner === user || row.due !== null) return true;
    return this.#core.sql
      .exec<{ seq: number; sender: string }>(
        "SELECT r.seq, e.sender FROM media_refs r JOIN entries e ON e.seq = r.seq WHERE r.media = ?",
        row.id,
      )
      .toArray()
      .some(({ seq, sender }) => covers(windows, seq) && (sender === user || !covers(blocks, seq)));
  }

  #dropped(refs: readonly { media: string }[]): void {
    for (const { media } of new Map(refs.map((ref) => [ref.media, ref])).values()) {
      const named = this.#core.sql.exec("SELECT 1 FROM media_refs WHERE media = ? LIMIT 1", media).toArray().length > 0;
      if (!named) this.#retire(media);
    }
  }

  #retire(id: string): void {
    this.#core.sql.exec("UPDATE media SET state = 'gone', due = ? WHERE id = ?", this.#core.clock(), id);
    this.#moreDue = true;
  }

  #forget(id: string): void {
    const { sql } = this.#core;
    sql.exec("DELETE FROM media_parts WHERE media = ?", id);
    sql.exec("DELETE FROM media_refs WHERE media = ?", id);
    sql.exec("DELETE FROM media WHERE id = ?", id);
  }
}

function toFile({ id, name, type, size, sha256 }: MediaRow): MediaFile {
  return { id, name, type, size, sha256 };
}

function notFound(): MeridianError {
  return new MeridianError("not_found", "No such file.");
}

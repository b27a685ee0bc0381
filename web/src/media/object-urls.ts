/** Addresses of files in memory, shared by all who show the same file, and ended when nobody has for a while. */
import type { ConversationId, Media } from "../../../client/index.ts";
import { Turns } from "../../../client/media/turns.ts";
import { files } from "./files.ts";

/** Files fetched at once: the newest view is not to wait behind dozens. */
const AT_ONCE = 4;
/** Addresses kept although nobody shows them: who scrolls back sees no blank. */
const MOST_IDLE = 40;
const MOST_IDLE_BYTES = 48_000_000;

interface Held {
  readonly url: Promise<string>;
  readonly stop: AbortController;
  readonly size: number;
  users: number;
  /** Set once it is there. */
  address: string | null;
}

const turns = new Turns(AT_ONCE);
/** The longest unused first: what is used anew goes to the end. */
const held = new Map<string, Held>();

/** A file's address; call `release` once it is not shown any more. */
export interface Lease {
  readonly url: Promise<string>;
  /** Where it is there already. */
  readonly address: string | null;
  release(): void;
}

/**
 * Fetches a file, or takes what is there.
 *
 * @throws MeridianError by `url`: `not_found`, `digest_mismatch`, `offline`
 */
export function lease(conversation: ConversationId, media: Media): Lease {
  const entry = held.get(media.id) ?? begin(conversation, media);
  entry.users += 1;
  held.delete(media.id);
  held.set(media.id, entry);
  let released = false;
  return {
    url: entry.url,
    address: entry.address,
    release() {
      if (released) return;
      released = true;
      entry.users -= 1;
      if (entry.users > 0) return;
      if (entry.address === null) entry.stop.abort();
      trim();
    },
  };
}

function begin(conversation: ConversationId, media: Media): Held {
  const stop = new AbortController();
  const fetching = async (): Promise<string> => {
    const giveBack = await turns.take(stop.signal);
    try {
      const blob = await files.open(conversation, media, { signal: stop.signal });
      stop.signal.throwIfAborted();
      entry.address = URL.createObjectURL(blob);
      return entry.address;
    } finally {
      giveBack();
    }
  };
  const entry: Held = { url: fetching(), stop, size: media.size, users: 0, address: null };
  // What failed or was left is begun anew by the next.
  entry.url.catch(() => held.get(media.id) === entry && held.delete(media.id));
  stop.signal.addEventListener("abort", () => held.get(media.id) === entry && held.delete(media.id));
  return entry;
}

/** Where a file is there already, without asking for it. */
export function addressOf(media: Pick<Media, "id">): string | null {
  return held.get(media.id)?.address ?? null;
}

/** Nothing that nobody shows stays: another user may be next. */
export function forgetIdle(): void {
  trim(0, 0);
}

function trim(mostCount = MOST_IDLE, mostBytes = MOST_IDLE_BYTES): void {
  const idle = [...held].filter(([, { users, address }]) => users === 0 && address !== null);
  let bytes = idle.reduce((sum, [, { size }]) => sum + size, 0);
  let count = idle.length;
  for (const [id, { address, size }] of idle) {
    if (count <= mostCount && bytes <= mostBytes) return;
    if (address !== null) URL.revokeObjectURL(address);
    held.delete(id);
    count -= 1;
    bytes -= size;
  }
}

/**
 * The only place where order is made: checks a send, gives it the next seq and appends it.
 */
import { uuidv7 } from "uuidv7";
import {
  digestOf,
  EDIT_WINDOW_MS,
  isCountable,
  MAX_MESSAGE_BODY_BYTES,
  MAX_SEALED_BODY_BYTES,
  MeridianError,
  type EntryKind,
  type SystemContent,
  type UserId,
} from "../../protocol/index.ts";
import type { AppendItem, AppendOutcome } from "../rpc/conversation.ts";
import { TokenBucket } from "../shared/token-bucket.ts";
import type { Core } from "./core.ts";
import { canonicalBody, type EncodedEntry, type EntryRow } from "./log.ts";
import type { MediaFiles } from "./media.ts";
import type { MemberState } from "./members.ts";
import { covers } from "./visibility.ts";

const encoder = new TextEncoder();

export interface SequencerPorts {
  readonly core: Core;
  /** How far fan-out has come: written into each entry, so that a crash loses no delivery and costs no extra row. */
  readonly fanned: () => number;
  readonly media: Pick<MediaFiles, "check" | "refer">;
  /** [E3] these entries have no body any more. */
  readonly onErased: (seqs: readonly number[]) => void;
}

export class Sequencer {
  readonly #ports: SequencerPorts;
  readonly #bucket: TokenBucket;

  constructor(ports: SequencerPorts) {
    this.#ports = ports;
    const { settings, clock } = ports.core;
    this.#bucket = new TokenBucket(settings.sendRatePerConversation, settings.sendBurstPerConversation, clock);
  }

  /**
   * Appends sends of one member in their order, in one transaction: they share one commit. An item that may not be
   * appended has an outcome of its own and stops nothing.
   *
   * @throws MeridianError `not_found` where the user is no member
   */
  append(user: UserId, items: readonly AppendItem[]): AppendOutcome[] {
    const { core } = this.#ports;
    const member = core.member(user);
    const fanned = this.#ports.fanned();
    const append = (): AppendOutcome[] => items.map((item) => this.#appendOne(member, item, fanned));
    // One plain message is one statement, which needs no transaction around it.
    return items.length === 1 && items.every(isPlain) ? append() : core.transact(append);
  }

  /** Appends an entry of the server's own, inside a transaction of the caller's. */
  appendSystem(actor: UserId, content: SystemContent): EncodedEntry {
    const { core, fanned } = this.#ports;
    const canonical = canonicalBody(content);
    const entry = { id: uuidv7(), sender: actor, device: null, content, canonical, digest: digestOf(canonical) };
    return core.log.append(entry, core.clock(), fanned());
  }

  #appendOne(member: MemberState, item: AppendItem, fanned: number): AppendOutcome {
    try {
      return this.#sequence(member, item, fanned);
    } catch (error) {
      if (!(error instanceof MeridianError)) throw error;
      const { code, message, retryAfterMs } = error;
      return { ok: false, code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    }
  }

  #sequence(member: MemberState, { device, id, content }: AppendItem, fanned: number): AppendOutcome {
    const { core } = this.#ports;
    const { log } = core;
    const { kind } = content;
    const canonical = canonicalBody(content);
    const digest = digestOf(canonical);

    // [E1] [S4] the same id again is the same entry; it costs neither a row nor a token.
    const first = log.find(id, member.user);
    if (first !== undefined) {
      if (first.kind !== kind || first.digest !== digest) {
        throw new MeridianError("id_conflict", "This id was used for another entry: choose a new one.");
      }
      return { ok: true, seq: first.seq, at: first.at, duplicate: true };
    }

    const limit = kind === "sealed" ? MAX_SEALED_BODY_BYTES : MAX_MESSAGE_BODY_BYTES;
    if (exceeds(canonical, limit)) {
      throw new MeridianError("payload_too_large", `The body of a ${kind} has at most ${limit} bytes.`); // [E5]
    }
    const target = this.#target(member, reference(content));
    const files = (kind === "message" && content.body.media) || [];
    this.#ports.media.check(member, files);
    const wait = this.#bucket.take();
    if (wait > 0) {
      throw new MeridianError("rate_limited", "Too many sends to this conversation: wait a moment.", {
        retryAfterMs: wait,
      });
    }

    const entry = log.append({ id, sender: member.user, device, content, canonical, digest }, core.clock(), fanned);
    this.#ports.media.refer(entry.seq, files);
    if (target !== undefined && kind === "edit") log.noteEdit(target.seq, entry.seq);
    if (target !== undefined && kind === "delete") this.#ports.onErased(log.erase(target.seq));
    return { ok: true, seq: entry.seq, at: entry.at, duplicate: false };
  }

  /** Finds the target of an edit, delete or reaction and checks that this member may touch it. */
  #target(member: MemberState, wanted: { kind: string; target: string } | undefined): EntryRow | undefined {
    if (wanted === undefined) return undefined;
    const { core } = this.#ports;
    const target = core.log.resolve(wanted.target, member.user);
    const visible =
      target !== undefined &&
      covers(member.windows, target.seq) &&
      (target.sender === member.user || !covers(member.blocks, target.seq));
    if (target === undefined || !visible)
      throw new MeridianError("not_found", "The target is not in this conversation.");

    const own = target.sender === member.user;
    const kind = target.kind as EntryKind;
    switch (wanted.kind) {
      case "edit":
        if (!own || kind !== "message") throw new MeridianError("forbidden", "Only own messages can be edited.");
        if (target.body === null) throw new MeridianError("forbidden", "The message was deleted.");
        if (core.clock() - target.at > EDIT_WINDOW_MS) {
          throw new MeridianError("forbidden", "A message can be edited for 15 minutes.");
        }
        return target;
      case "delete": {
        const admin = core.info.kind === "group" && member.role === "admin";
        const deletable = isCountable(kind) || kind === "edit" || kind === "reaction";
        if (!deletable || (!own && !admin)) throw new MeridianError("forbidden", "This entry is not yours to delete.");
        return target;
      }
      default:
        if (!isCountable(kind)) throw new MeridianError("forbidden", "Only messages take reactions.");
        return target;
    }
  }
}

/** Whether appending this writes nothing but its entry. */
function isPlain({ content }: AppendItem): boolean {
  return content.kind === "sealed" || (content.kind === "message" && content.body.media === undefined);
}

/** Whether a text has more bytes than `limit`: at least one and at most three for each of its characters. */
function exceeds(text: string, limit: number): boolean {
  return text.length > limit || (text.length * 3 > limit && encoder.encode(text).length > limit);
}

function reference(content: AppendItem["content"]): { kind: string; target: string } | undefined {
  switch (content.kind) {
    case "edit":
    case "delete":
    case "reaction":
      return { kind: content.kind, target: content.body.target };
    case "message":
    case "sealed":
      return undefined;
  }
}

/**
 * The modules of one Conversation object, wired.
 */
import type { UserId } from "../../protocol/index.ts";
import type { AppendItem, AppendReply } from "../rpc/conversation.ts";
import { decodeItems, encodeReply, linkRequest } from "../rpc/link.ts";
import type { UserForConversation } from "../rpc/user.ts";
import { call } from "../shared/call.ts";
import type { Link } from "../shared/link.ts";
import type { PointsSource } from "../shared/metrics-points.ts";
import { settingsFrom, type SettingsSource } from "../shared/settings.ts";
import { Stubs } from "../shared/stubs.ts";
import { Core } from "./core.ts";
import { FanOut } from "./fanout.ts";
import { Heat } from "./heat.ts";
import { Links } from "./links.ts";
import { MediaFiles } from "./media.ts";
import { mediaStore } from "./media-store.ts";
import { Membership } from "./membership.ts";
import { Reader } from "./reader.ts";
import { Receipts } from "./receipts.ts";
import { Retention } from "./retention.ts";
import { Sequencer } from "./sequencer.ts";
import { Typing } from "./typing.ts";
import { Unread } from "./unread.ts";

export interface ConversationEnv extends SettingsSource, PointsSource {
  readonly USER: { getByName(name: string): UserForConversation & Pick<Fetcher, "fetch"> };
  readonly MEDIA: R2Bucket;
}

export type Parts = ReturnType<typeof wire>;

export interface WireOptions {
  /** Whether an earlier instance left an alarm armed. */
  readonly armed: boolean;
  /** Arms the alarm for that time or leaves it at an earlier one. */
  readonly wakeAt: (at: number) => void;
  /** Appends what came over a member's link. */
  readonly append: (user: UserId, items: readonly AppendItem[], via: Link | undefined) => AppendReply;
}

/** Wires one instance. */
export function wire({ storage }: DurableObjectState, env: ConversationEnv, { armed, wakeAt, append }: WireOptions) {
  const core = new Core({
    sql: storage.sql,
    transactionSync: (body) => storage.transactionSync(body),
    clock: Date.now,
    settings: settingsFrom(env),
  });
  const reader = new Reader(core);
  const unread = new Unread(core);
  const users = new Stubs<UserForConversation>((id) => env.USER.getByName(id));
  const later = (callback: () => void, ms: number): void => void setTimeout(callback, ms);
  const links = new Links({
    open: async (user) => {
      const { webSocket } = await env.USER.getByName(user).fetch(linkRequest(core.info.id));
      webSocket?.accept();
      return webSocket ?? undefined;
    },
    handle: (user, request) => encodeReply(append(user, decodeItems(request), links.get(user))),
    clock: core.clock,
    later,
  });
  const fanOut = new FanOut(
    {
      core,
      reader,
      deliver: (id, delivery) => call(users, id, (stub) => stub.deliver(delivery), 2),
      links,
      later,
      wakeAt,
    },
    armed,
  );
  const media = new MediaFiles(core, mediaStore(env.MEDIA));
  const sequencer = new Sequencer({
    core,
    fanned: () => fanOut.fanned(),
    media,
    onErased: (seqs) => {
      reader.forget();
      unread.forget();
      media.release(seqs);
    },
  });
  const receipts = new Receipts({
    core,
    notify: (id, moved) => call(users, id, (stub) => stub.receipts(core.info.id, moved), 1),
    later,
    lagMs: () => fanOut.load.lagMs,
  });
  const typing = new Typing(
    core,
    (id, from, active) => env.USER.getByName(id).typing(core.info.id, from, active),
    () => fanOut.load.busy,
  );
  const membership = new Membership(core, sequencer);
  return {
    core,
    reader,
    unread,
    sequencer,
    membership,
    fanOut,
    links,
    receipts,
    retention: new Retention(core),
    media,
    typing,
    heat: new Heat(core, fanOut),
  };
}

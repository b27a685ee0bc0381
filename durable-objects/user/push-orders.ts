/**
 * What a push says, made when it is about to be sent: whether it is still wanted is asked of the conversation once more,
 * and counts are computed, not kept [E6].
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import {
  base64url,
  PUSH_TTL_MS,
  type ConversationId,
  type DeviceId,
  type PushNotice,
  type PushTarget,
} from "../../protocol/index.ts";
import type { MemberView } from "../rpc/conversation.ts";
import type { PushCalls, PushJob, PushOp, PushOrder } from "../rpc/push.ts";
import type { Core } from "./core.ts";
import type { Inbox } from "./inbox.ts";
import type { Pushes, PushRow } from "./push.ts";
import type { Sessions } from "./sessions.ts";
import type { Summaries } from "./summaries.ts";

/** Conversations whose unread messages the badge counts, newest pushes first. */
const BADGE_CONVERSATIONS = 32;
const MAX_PREVIEW_CHARS = 240;
/** Push services take topics of at most 32 characters. */
const TOPIC_CHARS = 32;

export interface PushOrderPorts {
  readonly core: Core;
  readonly inbox: Inbox;
  readonly pushes: Pushes;
  readonly sessions: Sessions;
  readonly summaries: Summaries;
}

type Answer<Op extends PushOp> = PushCalls[Op]["answer"] | Promise<PushCalls[Op]["answer"]>;
type Handlers = { [Op in PushOp]: (ask: PushCalls[Op]["ask"]) => Answer<Op> };

export class PushOrders implements Handlers {
  readonly #ports: PushOrderPorts;

  constructor(ports: PushOrderPorts) {
    this.#ports = ports;
  }

  handle<Op extends PushOp>(op: Op, ask: PushCalls[Op]["ask"]): Answer<Op> {
    return (this as Handlers)[op](ask);
  }

  set({ device, target }: PushCalls["set"]["ask"]): void {
    const { sessions, pushes } = this.#ports;
    sessions.authorize(device);
    if (target === null) pushes.forget(device);
    else pushes.register(device, target);
  }

  get({ device }: { device: DeviceId }): PushTarget | null {
    const { sessions, pushes } = this.#ports;
    sessions.authorize(device);
    return pushes.target(device) ?? null;
  }

  settle({ job, outcome }: PushCalls["settle"]["ask"]): void {
    this.#ports.pushes.settle(job, outcome);
  }

  async take(job: PushJob): Promise<PushOrder | null> {
    const { core, pushes, summaries } = this.#ports;
    if (this.#wanted(job) === undefined) return null;
    const view = await summaries.view(job.conversation);
    // Whatever came while that was asked counts, too.
    const row = this.#wanted(job);
    const target = pushes.target(job.device);
    if (row === undefined || target === undefined) return null;
    if (view === null || !isNews(view, job.device, pushes.newest(row))) {
      pushes.rest(row);
      return null;
    }
    pushes.cover(row, Math.max(view.head, pushes.newest(row)));
    const notice: PushNotice = {
      v: 1,
      conversation: job.conversation,
      seq: view.head,
      unread: view.unread,
      badge: view.unread + (await this.#unreadElsewhere(job)),
      ...(row.mention === 1 ? { mention: true } : {}),
      ...(target.preview === true ? await this.#preview(view) : {}),
    };
    return { target, notice, ttl: this.#secondsLeft(row), topic: topicOf(core.id, job) };
  }

  /** The row of a job, where it still has something to say. */
  #wanted(job: PushJob): PushRow | undefined {
    const { core, pushes } = this.#ports;
    const row = pushes.rowOf(job);
    if (row === undefined) return undefined;
    if (!pushes.isOver(row, core.clock())) return row;
    pushes.rest(row);
    return undefined;
  }

  /** [N2] counted from when the first entry came, however often the push was tried since. */
  #secondsLeft({ since }: PushRow): number {
    return Math.max(1, Math.ceil((since + PUSH_TTL_MS - this.#ports.core.clock()) / 1000));
  }

  /** Unread messages of the other conversations that this device was told of and that were not read since. */
  async #unreadElsewhere({ device, conversation }: PushJob): Promise<number> {
    const { core, inbox } = this.#ports;
    const me = core.id;
    const others = core.sql
      .exec<{ conversation: string }>(
        "SELECT conversation FROM pushes WHERE device = ? AND conversation <> ? ORDER BY since DESC LIMIT ?",
        device,
        conversation,
        BADGE_CONVERSATIONS - 1,
      )
      .toArray()
      .map((row) => row.conversation as ConversationId)
      .filter((id) => (inbox.get(id)?.mutedUntil ?? 0) <= core.clock());
    const counts = await Promise.allSettled(others.map((id) => core.ask(id, (stub) => stub.unread(me))));
    return counts.reduce((sum, count) => sum + (count.status === "fulfilled" ? count.value : 0), 0);
  }

  /** [N2] the text, for a user who asked for it; of a sealed message there is none. */
  async #preview(view: MemberView): Promise<Pick<PushNotice, "text" | "sender" | "title">> {
    const { core, summaries } = this.#ports;
    const { last, title, peer } = await summaries.summary(view, 0);
    if (last === null || last.seq <= view.read || last.sender.user === core.id) return {};
    const name = title ?? peer?.displayName;
    const text = last.kind === "message" ? last.body?.text : undefined;
    return {
      sender: last.sender.user,
      ...(name === undefined ? {} : { title: name }),
      ...(text === undefined ? {} : { text: shortened(text) }),
    };
  }
}

/** [N1] unread by the user and not acknowledged by the device, as the conversation itself knows it. */
function isNews(view: MemberView, device: DeviceId, newest: number): boolean {
  if (view.role === null || view.unread === 0 || view.read >= newest) return false;
  return view.deliveredBy !== device || view.delivered < newest;
}

function shortened(text: string): string {
  return text.length <= MAX_PREVIEW_CHARS ? text : `${text.slice(0, MAX_PREVIEW_CHARS - 1).toWellFormed()}…`;
}

/** Tells push services nothing but that two pushes are of one conversation. */
function topicOf(user: string, { device, conversation }: PushJob): string {
  return base64url(sha256(utf8ToBytes(`${user} ${device} ${conversation}`))).slice(0, TOPIC_CHARS);
}

/**
 * What a user does with conversations over HTTP: each asks the Conversation object in the user's name.
 */
import {
  MeridianError,
  type Conversation,
  type ConversationId,
  type ConversationList,
  type CreateConversation,
  type DeviceId,
  type UserId,
} from "../../protocol/index.ts";
import type { Connections } from "./connections.ts";
import type { Core } from "./core.ts";
import type { Cursors } from "./cursors.ts";
import { directId, newGroupId } from "./direct.ts";
import type { Inbox } from "./inbox.ts";
import type { Summaries } from "./summaries.ts";

/** Objects asked at once. */
const PARALLEL = 32;

export interface ConversationsPorts {
  readonly core: Core;
  readonly inbox: Inbox;
  readonly cursors: Cursors;
  readonly connections: Connections;
  readonly summaries: Summaries;
}

export class Conversations {
  readonly #ports: ConversationsPorts;

  constructor(ports: ConversationsPorts) {
    this.#ports = ports;
  }

  async create(request: CreateConversation): Promise<{ created: boolean; conversation: Conversation }> {
    return request.kind === "direct" ? this.#direct(request.user) : this.#group(request.title, request.members);
  }

  /** The caller's, newest activity first. */
  async list(device: DeviceId, limit: number, cursor: string | undefined): Promise<ConversationList> {
    const { inbox, summaries, cursors, connections } = this.#ports;
    const rows = inbox.all();
    const start = cursor === undefined ? 0 : rows.findIndex(({ at, conversation }) => isPast(cursor, at, conversation));
    const page = start < 0 ? [] : rows.slice(start, start + limit);
    const lines = await Promise.all(
      page.map(async ({ conversation }) => {
        const view = await summaries.view(conversation);
        if (view === null || view.role === null) return undefined;
        const streamed = connections.ofDevice(device)[0]?.streams.get(conversation)?.pushed;
        const place = streamed ?? summaries.cursor(device, view);
        // From here on the device is known to have been shown the conversation up to this place.
        if (cursors.get(device, conversation) === undefined) cursors.save(device, [[conversation, place]]);
        return summaries.summary(view, place);
      }),
    );
    const last = page.at(-1);
    const more = last !== undefined && start + limit < rows.length;
    return {
      conversations: lines.filter((line) => line !== undefined),
      ...(more ? { cursor: `${last.at}_${last.conversation}` } : {}),
    };
  }

  async mute(id: ConversationId, until: number | null): Promise<void> {
    const { core, inbox, summaries } = this.#ports;
    const user = core.id;
    await core.ask(id, (stub) => stub.conversation(user));
    if (inbox.get(id) === undefined) await summaries.view(id);
    inbox.mute(id, until);
    summaries.refresh(id);
  }

  async hide(device: DeviceId, id: ConversationId, seq: number): Promise<void> {
    const { core, inbox, connections, summaries } = this.#ports;
    const user = core.id;
    await core.ask(id, (stub) => stub.hide(user, seq));
    inbox.hide(id, seq);
    connections.broadcast({ type: "hidden", conversation: id, seq }, device);
    summaries.refresh(id);
  }

  async #direct(peer: UserId): Promise<{ created: boolean; conversation: Conversation }> {
    const { core, summaries } = this.#ports;
    const user = core.id;
    await this.#mustExist([peer], "No such user.");
    const id = directId(user, peer);
    const made = await core.ask(id, (stub) => stub.createDirect(id, user, peer));
    await summaries.view(id);
    return made;
  }

  async #group(title: string, members: readonly UserId[]): Promise<{ created: boolean; conversation: Conversation }> {
    const { core, summaries } = this.#ports;
    const user = core.id;
    const others = [...new Set(members)].filter((member) => member !== user);
    const { maxGroupSize } = core.settings;
    if (others.length + 1 > maxGroupSize) {
      throw new MeridianError("group_full", `A group has at most ${maxGroupSize} members.`);
    }
    await this.#mustExist(others, "One of the members does not exist.");
    const id = newGroupId();
    const conversation = await core.ask(id, (stub) => stub.createGroup(id, user, title, others));
    await summaries.view(id);
    return { created: true, conversation };
  }

  /** @throws MeridianError `not_found` */
  async mustExist(user: UserId): Promise<void> {
    await this.#mustExist([user], "No such user.");
  }

  async #mustExist(users: readonly UserId[], detail: string): Promise<void> {
    const { core } = this.#ports;
    const unknown = users.filter((user) => user !== core.id);
    for (let start = 0; start < unknown.length; start += PARALLEL) {
      const profiles = await Promise.all(
        unknown.slice(start, start + PARALLEL).map((user) => core.askUser(user, (stub) => stub.profile())),
      );
      if (profiles.includes(null)) throw new MeridianError("not_found", detail);
    }
  }
}

/** Whether a row comes after the one that a list cursor names, in the order of the list. */
function isPast(cursor: string, at: number, conversation: string): boolean {
  const split = cursor.indexOf("_");
  const time = Number(cursor.slice(0, split));
  if (split < 0 || !Number.isSafeInteger(time))
    throw new MeridianError("invalid_request", "The cursor is none of this list.");
  return at < time || (at === time && conversation < cursor.slice(split + 1));
}

/**
 * Lines of the conversation list: what a conversation says of itself, with what only this object knows.
 */
import {
  codeOf,
  type ConversationId,
  type DeviceId,
  type Entry,
  type Peer,
  type PublicProfile,
  type Summary,
  type UserId,
} from "../../protocol/index.ts";
import type { MemberView, Place } from "../rpc/conversation.ts";
import type { Connection } from "./connection.ts";
import type { Connections } from "./connections.ts";
import type { Core } from "./core.ts";
import type { Cursors } from "./cursors.ts";
import type { Inbox } from "./inbox.ts";

/** How long a profile of the other side is shown before it is asked for again. */
const PEER_TTL_MS = 60 * 60_000;

export interface SummaryPorts {
  readonly core: Core;
  readonly inbox: Inbox;
  readonly cursors: Cursors;
  readonly connections: Connections;
  /** A line could not be read: it is to be tried again soon. */
  readonly retry: (conversation: ConversationId) => void;
}

export class Summaries {
  readonly #ports: SummaryPorts;
  readonly #refreshing = new Map<ConversationId, { again: boolean }>();

  constructor(ports: SummaryPorts) {
    this.#ports = ports;
  }

  /** Reads what a conversation is to this user; notes its head. @returns null where it is nothing to this user any more */
  async view(conversation: ConversationId, place?: Place): Promise<MemberView | null> {
    const { core, inbox } = this.#ports;
    const user = core.id;
    const view = await core
      .ask(conversation, (stub) => stub.view(user, place))
      .catch((error: unknown) => {
        // Erased after the last one left: to try again would be for ever.
        if (codeOf(error) === "not_found") return null;
        throw error;
      });
    if (view !== null) inbox.note(conversation, view, { gone: view.role === null, peer: view.peer });
    return view;
  }

  /** Where a device without an open stream goes on: what is written down, or what its receipt says, or the head. */
  cursor(device: DeviceId, view: MemberView): number {
    const written = this.#ports.cursors.get(device, view.id);
    const told = view.deliveredBy === device ? view.delivered : undefined;
    return Math.min(view.head, Math.max(written ?? told ?? view.head, told ?? 0));
  }

  async summary(view: MemberView, cursor: number): Promise<Summary> {
    const {
      delivered: _d,
      deliveredBy: _b,
      lastJson,
      peer,
      chain: _c,
      joinedAfter: _j,
      at: _a,
      diverged: _v,
      ...shown
    } = view;
    return {
      ...shown,
      cursor,
      mutedUntil: this.#ports.inbox.get(view.id)?.mutedUntil ?? null,
      last: JSON.parse(lastJson) as Entry | null,
      ...(peer === null ? {} : { peer: await this.#peer(peer) }),
    };
  }

  /** Shows a changed line to every socket; changes that come while it is read are read once more. */
  refresh(conversation: ConversationId): void {
    const running = this.#refreshing.get(conversation);
    if (running !== undefined) {
      running.again = true;
      return;
    }
    this.#refreshing.set(conversation, { again: false });
    this.#refresh(conversation)
      .catch(() => this.#ports.retry(conversation))
      .finally(() => {
        const again = this.#refreshing.get(conversation)?.again === true;
        this.#refreshing.delete(conversation);
        if (again) this.refresh(conversation);
      });
  }

  get refreshing(): boolean {
    return this.#refreshing.size > 0;
  }

  /** Tells every ready socket of a line that changed in what only this object knows. */
  async #refresh(conversation: ConversationId): Promise<void> {
    const { connections } = this.#ports;
    if (connections.ready().length === 0) return;
    const view = await this.view(conversation);
    if (view === null) return;
    for (const connection of connections.ready()) {
      const cursor = this.#position(connection, view);
      connection.send({ type: "conversation", conversation: await this.summary(view, cursor) });
    }
  }

  #position(connection: Connection, view: MemberView): number {
    return connection.streams.get(view.id)?.pushed ?? this.cursor(connection.device, view);
  }

  /** The other side of a direct chat, from memory where it is fresh enough. */
  async #peer(user: UserId): Promise<Peer> {
    const { core } = this.#ports;
    if (user === core.id) return toPeer(core.profile);
    const known = core.sql
      .exec<{ profile: string; at: number }>("SELECT profile, at FROM peers WHERE user = ?", user)
      .toArray()[0];
    if (known !== undefined && core.clock() - known.at < PEER_TTL_MS) return JSON.parse(known.profile) as Peer;
    try {
      const profile = await core.askUser(user, (stub) => stub.profile());
      if (profile !== null) return this.remember(profile);
    } catch {
      // A list is worth showing without the newest name.
    }
    if (known !== undefined) return JSON.parse(known.profile) as Peer;
    return { id: user, handle: "deleted", displayName: "Deleted account", avatar: null };
  }

  remember(profile: PublicProfile): Peer {
    const { core } = this.#ports;
    const peer = toPeer(profile);
    core.sql.exec(
      "INSERT INTO peers (user, profile, at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET profile = excluded.profile, at = excluded.at",
      profile.id,
      JSON.stringify(peer),
      core.clock(),
    );
    return peer;
  }
}

function toPeer({ id, handle, displayName, avatar }: PublicProfile): Peer {
  return { id, handle, displayName, avatar };
}

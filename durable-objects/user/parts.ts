/**
 * The modules of one User object, wired. The order of construction is the order of dependence.
 */
import { accessTokens } from "../../protocol/access-token.ts";
import type { ConversationId, DeviceId } from "../../protocol/index.ts";
import { Close } from "../../protocol/index.ts";
import type { ConversationRpc } from "../rpc/conversation.ts";
import type { UserForUser } from "../rpc/user.ts";
import type { PointsSource } from "../shared/metrics-points.ts";
import { settingsFrom, type SettingsSource } from "../shared/settings.ts";
import { Stubs } from "../shared/stubs.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import { Blocks } from "./blocks.ts";
import type { Connection } from "./connection.ts";
import { Connections } from "./connections.ts";
import { Conversations } from "./conversations.ts";
import { Core } from "./core.ts";
import { Cursors } from "./cursors.ts";
import { Deliveries } from "./delivery.ts";
import { Erasure } from "./erasure.ts";
import { Frames } from "./frames.ts";
import { Hello } from "./hello.ts";
import { Inbox } from "./inbox.ts";
import { Links } from "./links.ts";
import { Presence } from "./presence.ts";
import { Pushes } from "./push.ts";
import { PushOrders } from "./push-orders.ts";
import { Rechecks } from "./rechecks.ts";
import { Sending } from "./sending.ts";
import { Sessions } from "./sessions.ts";
import { Summaries } from "./summaries.ts";
import { Watching } from "./watching.ts";

export interface UserEnv extends SettingsSource, PointsSource {
  readonly SIGNING_KEYS?: string;
  readonly CONVERSATION: { getByName(name: string): ConversationRpc };
  readonly USER: { getByName(name: string): UserForUser };
  readonly PUSH: Queue;
}

export type Parts = ReturnType<typeof wire>;

const later = (callback: () => void, ms: number): void => {
  setTimeout(callback, ms);
};

const isOpen = ({ readyState }: WebSocket): boolean => readyState === WebSocket.OPEN;

/**
 * Wires one instance.
 *
 * @param wakeAt arms the alarm for that time or leaves it at an earlier one
 * @param ended a socket that ended while the object was away: its place is still to be written down, watchers to be told
 */
export function wire(ctx: DurableObjectState, env: UserEnv, wakeAt: (at: number) => void, ended?: WebSocket) {
  const { storage } = ctx;
  const conversations = new Stubs((id) => env.CONVERSATION.getByName(id));
  const core = new Core({
    sql: storage.sql,
    transact: (body) => storage.transactionSync(body),
    clock: Date.now,
    settings: settingsFrom(env),
    conversations,
    users: new Stubs((id) => env.USER.getByName(id)),
    wakeAt,
  });
  const inbox = new Inbox({ sql: core.sql, later });
  const cursors = new Cursors(core.sql);
  const connections = new Connections(
    {
      // The platform lists no socket whose end it is just telling of.
      all: () => [...ctx.getWebSockets().filter(isOpen), ...(ended === undefined ? [] : [ended])],
      lastPing: (socket) => ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? null,
    },
    cursors,
    core.clock,
  );
  const blocks = new Blocks(core);
  const presence = new Presence({
    core,
    inbox,
    connections,
    blocked: (user) => blocks.has(user),
    busy: () => sending.busy,
  });
  const watching = new Watching(core, inbox, connections);

  /** Forgets a socket: what its device acknowledged is written down, watchers hear of it. */
  const drop = (connection: Connection, code?: number, reason?: string): void => {
    const settled = connection.settled && !rechecks.pending;
    connections.drop(connection);
    watching.drop(connection);
    core.sql.exec(
      "UPDATE devices SET last_seen_at = ?, settled = max(settled, ?) WHERE id = ?",
      core.clock(),
      settled ? inbox.epoch - 1 : 0,
      connection.device,
    );
    if (core.exists) presence.changed();
    if (code !== undefined) connection.close(code, reason ?? "");
  };
  const sessions = new Sessions({
    sql: core.sql,
    transact: core.transact,
    clock: core.clock,
    onRevoked: (device: DeviceId) => {
      for (const connection of connections.ofDevice(device)) {
        drop(connection, Close.deviceRevoked, "this device was signed out");
      }
      core.sql.exec("DELETE FROM cursors WHERE device = ?", device);
      pushes.forget(device);
    },
  });

  const rechecks = new Rechecks(core);
  const retry = (id: ConversationId): void => rechecks.add(id);
  const pushes = new Pushes({
    core,
    inbox,
    acked: (device, id) => connections.acked(device, id) ?? cursors.get(device, id) ?? 0,
    enqueue: async (jobs) => void (await env.PUSH.sendBatch(jobs.map((body) => ({ body, contentType: "json" })))),
  });
  const onRead = (id: ConversationId, seq: number): void => pushes.read(id, seq);
  const acknowledgements = new Acknowledgements({ core, inbox, connections, later, onRead });
  const summaries = new Summaries({ core, inbox, cursors, connections, retry });
  const deliveries = new Deliveries({
    core,
    inbox,
    cursors,
    connections,
    acknowledgements,
    devices: () => sessions.ids(),
    refresh: (id) => summaries.refresh(id),
    refreshing: () => summaries.refreshing || rechecks.pending,
    retry,
  });
  const links = new Links({
    core,
    later,
    deliver: (delivery) => {
      if (!core.exists) return;
      deliveries.take(delivery, { save: false });
      pushes.noted(delivery.conversation, delivery.notes);
    },
    save: () => connections.saveAll(),
  });
  const sending = new Sending({ core, inbox, deliveries, links, retry });
  const hello = new Hello({ core, inbox, cursors, deliveries, summaries, retry });
  const frames = new Frames({
    core,
    hello,
    sending,
    deliveries,
    acknowledgements,
    presence,
    watching,
    tokens: accessTokens(env.SIGNING_KEYS),
    drop,
  });
  return {
    core,
    inbox,
    cursors,
    connections,
    blocks,
    presence,
    watching,
    drop,
    sessions,
    rechecks,
    acknowledgements,
    summaries,
    deliveries,
    links,
    sending,
    frames,
    pushes,
    pushOrders: new PushOrders({ core, inbox, pushes, sessions, summaries }),
    conversations: new Conversations({ core, inbox, cursors, connections, summaries }),
    erasure: new Erasure({ core }),
  };
}

/**
 * The floor: the least that a chat on one Durable Object can do. One object per room holds the room's sockets, inserts a
 * row per message, acknowledges it and sends it to every socket. No accounts, no checks, no retries made safe, no
 * cursors, no receipts, no presence. What Meridian costs beyond this is what its promises cost.
 */
import { DurableObject } from "cloudflare:workers";

interface Env {
  readonly ROOM: DurableObjectNamespace<Room>;
}

interface Row extends Record<string, SqlStorageValue> {
  seq: number;
  id: string;
  at: number;
  text: string;
}

type Wanted = { type: "send"; id: string; text: string } | { type: "pull"; before: number; limit: number };

export class Room extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS entries (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, at INTEGER NOT NULL, text TEXT NOT NULL)",
    );
  }

  /** An upgrade; with `after`, what came since then follows in one frame. */
  override async fetch(request: Request): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    const after = new URL(request.url).searchParams.get("after");
    if (after !== null) {
      const rows = this.ctx.storage.sql.exec<Row>("SELECT * FROM entries WHERE seq > ? ORDER BY seq", Number(after));
      server.send(JSON.stringify({ type: "entries", entries: rows.toArray() }));
    }
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(socket: WebSocket, message: string): void {
    const { sql } = this.ctx.storage;
    const request = JSON.parse(message) as Wanted;
    if (request.type === "pull") {
      const rows = sql.exec<Row>(
        "SELECT * FROM entries WHERE seq < ? ORDER BY seq DESC LIMIT ?",
        request.before,
        request.limit,
      );
      socket.send(JSON.stringify({ type: "page", entries: rows.toArray() }));
      return;
    }
    const { id, text } = request;
    const at = Date.now();
    const { seq } = sql
      .exec<{ seq: number }>("INSERT INTO entries (id, at, text) VALUES (?, ?, ?) RETURNING seq", id, at, text)
      .one();
    socket.send(JSON.stringify({ type: "sent", id, seq, at }));
    const frame = JSON.stringify({ type: "entry", seq, id, at, text });
    for (const other of this.ctx.getWebSockets()) other.send(frame);
  }

  override webSocketClose(socket: WebSocket): void {
    socket.close();
  }
}

export default {
  fetch(request, env) {
    return env.ROOM.getByName(new URL(request.url).pathname).fetch(request);
  },
} satisfies ExportedHandler<Env>;

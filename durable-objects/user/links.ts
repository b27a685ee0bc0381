/**
 * Links of this user's object: Conversation objects open them where much is going on, deliver over them, and take this
 * user's sends over them.
 */
import type { ConversationId } from "../../protocol/index.ts";
import type { AppendItem, AppendReply } from "../rpc/conversation.ts";
import { decodeDelivery, decodeReply, encodeItems } from "../rpc/link.ts";
import type { Delivery } from "../rpc/user.ts";
import { Link, LinkBroken, type LinkPorts } from "../shared/link.ts";
import type { Core } from "./core.ts";

/** More conversations than a user's devices are busy with at one time. */
const MAX_LINKS = 64;
/** The Conversation object ends what is idle; this is for one that is gone without a word. */
const IDLE_MS = 20_000;

export interface LinksPorts extends Pick<LinkPorts, "later"> {
  readonly core: Core;
  /** A delivery came; sockets' places may be written down later, when it is confirmed. */
  readonly deliver: (delivery: Delivery) => void;
  /** Writes sockets' places down. */
  readonly save: () => void;
}

export class Links {
  readonly #ports: LinksPorts;
  readonly #links = new Map<ConversationId, Link>();

  constructor(ports: LinksPorts) {
    this.#ports = ports;
  }

  /** @returns the answer to an upgrade, or undefined where there are links enough */
  accept(conversation: ConversationId): Response | undefined {
    if (this.#links.size >= MAX_LINKS && !this.#links.has(conversation)) return undefined;
    this.#links.get(conversation)?.close();
    const { 0: client, 1: server } = new WebSocketPair();
    server.accept();
    const { core, deliver, save, later } = this.#ports;
    const link = new Link(server, {
      handle: (request) => {
        deliver(decodeDelivery(request));
        return undefined;
      },
      confirming: save,
      closed: (closed) => {
        if (this.#links.get(conversation) === closed) this.#links.delete(conversation);
        save();
      },
      clock: core.clock,
      later,
      idleMs: IDLE_MS,
    });
    this.#links.set(conversation, link);
    return new Response(null, { status: 101, webSocket: client });
  }

  /** Appends this user's sends: over the link where there is one, else by a call. Errors as the conversation throws them. */
  async append(conversation: ConversationId, items: readonly AppendItem[]): Promise<AppendReply> {
    const { core } = this.#ports;
    const link = this.#links.get(conversation);
    if (link !== undefined) {
      try {
        const { text } = await link.request(encodeItems(items));
        if (text !== undefined) return decodeReply(text);
      } catch (error) {
        // Heard or not: the same ids again append nothing twice [E1].
        if (!(error instanceof LinkBroken)) throw error;
      }
    }
    const user = core.id;
    return core.ask(conversation, (stub) => stub.append(user, items));
  }

  close(): void {
    for (const link of this.#links.values()) link.close();
  }
}

/**
 * Counts what the platform bills: rows read and written, alarms set, and requests between objects. Wraps the platform's
 * surface of one object from outside, so that the objects themselves know nothing of it.
 */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { ConversationId } from "../../../protocol/index.ts";
import type { Person } from "./people.ts";

export interface Bill {
  rowsWritten: number;
  rowsRead: number;
  /** Calls between objects, and alarms that fired. */
  calls: number;
  /** Messages that came in on sockets, links between objects included: twenty are billed as one request. */
  messages: number;
  /** Those of them that came over links. */
  links: number;
  /** What was called, in order: for the message of a broken budget. */
  log: string[];
  /** Conversation objects that were called, by name. */
  asked: Set<string>;
}

export const requestsOf = ({ calls, messages }: Bill): number => calls + messages / 20;

interface Opened {
  env: Record<string, { getByName(name: string): object }>;
  alarm(): Promise<void>;
  webSocketMessage?(socket: WebSocket, message: string): Promise<void>;
  forgetMemory?(): void;
}

/** One bill for several objects. */
export class Meter {
  bill: Bill = empty();

  reset(): void {
    this.bill = empty();
  }

  async person(one: Person): Promise<void> {
    await this.#attach("USER", one.id);
  }

  async conversation(id: ConversationId): Promise<void> {
    await this.#attach("CONVERSATION", id);
  }

  async #attach(namespace: "USER" | "CONVERSATION", name: string): Promise<void> {
    const stub = env[namespace].getByName(name);
    await runInDurableObject(stub as never, (instance: unknown, state: DurableObjectState) => {
      this.#storage(state);
      this.#surface(instance as Opened);
    });
  }

  #storage({ storage }: DurableObjectState): void {
    const { sql } = storage;
    const exec = sql.exec.bind(sql);
    const counted = (...args: Parameters<typeof exec>): ReturnType<typeof exec> => {
      const cursor = exec(...args);
      const rows = cursor.toArray();
      this.bill.rowsWritten += cursor.rowsWritten;
      this.bill.rowsRead += cursor.rowsRead;
      // The rows are read: what is handed on answers from memory.
      return {
        toArray: () => rows,
        one: () => {
          const [row] = rows;
          if (row === undefined || rows.length !== 1) throw new Error(`expected one row, got ${rows.length}`);
          return row;
        },
        [Symbol.iterator]: () => rows[Symbol.iterator](),
      } as unknown as ReturnType<typeof exec>;
    };
    Object.defineProperty(sql, "exec", { value: counted, configurable: true });
    const setAlarm = storage.setAlarm.bind(storage);
    Object.defineProperty(storage, "setAlarm", {
      configurable: true,
      value: (...args: Parameters<typeof setAlarm>) => {
        this.bill.rowsWritten += 1;
        return setAlarm(...args);
      },
    });
  }

  /** Counts what goes over a link, at the end that opened it. */
  async #link(answer: Promise<Response>): Promise<Response> {
    const response = await answer;
    const { webSocket } = response;
    if (webSocket === null) return response;
    const count = (): void => {
      this.bill.messages += 1;
      this.bill.links += 1;
    };
    const send = webSocket.send.bind(webSocket);
    Object.defineProperty(webSocket, "send", {
      value: (data: string) => {
        count();
        send(data);
      },
    });
    webSocket.addEventListener("message", count);
    return response;
  }

  #surface(instance: Opened): void {
    const { bindings } = { bindings: instance.env };
    const counting = (namespace: string) => ({
      getByName: (name: string) => {
        const stub = bindings[namespace]?.getByName(name) as Record<string, (...args: unknown[]) => unknown>;
        return new Proxy(stub, {
          get:
            (_, method: string) =>
            (...args: unknown[]) => {
              this.bill.calls += 1;
              this.bill.log.push(`${namespace}.${method}`);
              if (namespace === "CONVERSATION") this.bill.asked.add(name);
              const answer = stub[method]?.(...args);
              return method === "fetch" ? this.#link(answer as Promise<Response>) : answer;
            },
        });
      },
    });
    instance.env = { ...bindings, USER: counting("USER"), CONVERSATION: counting("CONVERSATION") };
    instance.forgetMemory?.();
    const alarm = instance.alarm.bind(instance);
    instance.alarm = async () => {
      this.bill.calls += 1;
      this.bill.log.push("alarm");
      await alarm();
    };
    const take = instance.webSocketMessage?.bind(instance);
    if (take === undefined) return;
    instance.webSocketMessage = async (socket, message) => {
      this.bill.messages += 1;
      await take(socket, message);
    };
  }
}

function empty(): Bill {
  return { rowsWritten: 0, rowsRead: 0, calls: 0, messages: 0, links: 0, log: [], asked: new Set() };
}

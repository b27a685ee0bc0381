/** A bad middlebox for HTTP: delays requests, sends them again later, and loses answers. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import { sleep } from "../patience.ts";
import type { Random } from "../../random.ts";

const MAX_BODY = 64 * 1024;

export interface ReplayOptions {
  /** Address of the server behind it. */
  readonly target: string;
  readonly random: Random;
  /** The most that a request, or its copy, is late. */
  readonly lateMs: number;
}

export class Replay {
  requests = 0;
  repeats = 0;
  lost = 0;
  readonly #options: ReplayOptions;
  readonly #server: Server;
  readonly #copies = new Set<Promise<unknown>>();

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#pass(request, response).catch(() => response.destroy());
    });
  }

  /** @returns its address */
  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("A middlebox listens on a port.");
    return `http://127.0.0.1:${address.port}`;
  }

  /** Waits for the copies that are still on their way, and ends it. */
  async close(): Promise<void> {
    await Promise.all(this.#copies);
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { random, lateMs } = this.#options;
    const body = await bodyOf(request);
    this.requests++;
    if (random.chance(0.6)) {
      this.repeats++;
      this.#copies.add(sleep(random.int(0, lateMs)).then(() => this.#forward(request, body).catch(() => undefined)));
    }
    await sleep(random.int(0, lateMs / 4));
    const answer = await this.#forward(request, body);
    const text = await answer.text();
    if (random.chance(0.3)) {
      this.lost++;
      response.destroy();
      return;
    }
    response.writeHead(answer.status, { "Content-Type": "application/json" }).end(text);
  }

  #forward({ url = "/", method = "GET", headers }: IncomingMessage, body: string): Promise<Response> {
    const { authorization } = headers;
    return fetch(this.#options.target + url, {
      method,
      body,
      headers: {
        "Content-Type": "application/json",
        ...(authorization === undefined ? {} : { Authorization: authorization }),
      },
    });
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > MAX_BODY) throw new Error("too large for this middlebox");
  }
  return body;
}

/** A device that also sends over HTTP, one message after the other, each again until it has an answer. */
import { digestOf, jcs, type ConversationId } from "../../../protocol/index.ts";
import type { Recorder } from "../../history/events.ts";
import { sleep } from "../patience.ts";
import type { Random } from "../../random.ts";
import type { Device } from "./device.ts";

export interface HttpSenderOptions {
  readonly url: string;
  readonly device: Device;
  readonly recorder: Recorder;
  readonly random: Random;
}

const MAX_TRIES = 60;

export class HttpSender {
  /** What went wrong for good. */
  readonly wrong: string[] = [];
  readonly #options: HttpSenderOptions;
  readonly #running: Promise<void>;
  #stopped = false;

  constructor(options: HttpSenderOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Begins nothing more, and waits for what is under way. */
  async finish(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    const { device, random } = this.#options;
    while (!this.#stopped) {
      const conversation = random.pick(device.conversations);
      await this.#send(conversation).catch((error: unknown) =>
        this.wrong.push(`a send over HTTP failed: ${String(error)}`),
      );
      await sleep(50);
    }
  }

  async #send(conversation: ConversationId): Promise<void> {
    const { url, device, recorder } = this.#options;
    const id = crypto.randomUUID();
    const body = { text: "over HTTP" };
    const about = { device: device.tape.device, session: null, conversation, id };
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const { accessToken } = await device.session();
      recorder.write({ type: "sent", ...about, t: Date.now(), kind: "message", digest: digestOf(jcs(body)) });
      const answer = await fetch(`${url}/v1/conversations/${conversation}/entries`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${accessToken}` },
        body: JSON.stringify({ id, kind: "message", body }),
      }).catch(() => undefined);
      if (answer?.ok === true) {
        const { seq, at } = (await answer.json()) as { seq: number; at: number };
        // A status of 200 is what `duplicate` is on the socket [S4].
        recorder.write({ type: "acknowledged", ...about, t: Date.now(), seq, at, duplicate: answer.status === 200 });
        return;
      }
      if (answer !== undefined && answer.status < 500) throw new Error(`answered ${answer.status}`);
      await sleep(100);
    }
    throw new Error("no answer");
  }
}

/** People who write, at a stated rate, whatever happens. */
import type { Random } from "../../random.ts";
import type { Crowd } from "./crowd.ts";

const WORDS = "the quick brown fox jumps over a lazy dog while seven wizards box in the pale evening light".split(" ");

export class Load {
  readonly #crowd: Crowd;
  readonly #random: Random;
  readonly #perMs: number;
  readonly #timer: NodeJS.Timeout;
  #owed = 0;
  #last = performance.now();

  /** @param rate messages a second, of all devices together */
  constructor(crowd: Crowd, random: Random, rate: number) {
    this.#crowd = crowd;
    this.#random = random;
    this.#perMs = rate / 1_000;
    this.#timer = setInterval(() => this.#tick(), 10);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const now = performance.now();
    // After a pause of this process nobody writes a second's worth at once.
    this.#owed += Math.min(now - this.#last, 250) * this.#perMs;
    this.#last = now;
    for (; this.#owed >= 1; this.#owed--) {
      const device = this.#random.pick(this.#crowd.devices);
      if (device.quiet) continue;
      const conversation = this.#random.pick(device.conversations);
      const text = Array.from({ length: this.#random.int(1, 30) }, () => this.#random.pick(WORDS)).join(" ");
      void device.say(conversation, text);
    }
  }
}

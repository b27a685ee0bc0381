/** Everything that a test of the whole SDK needs: time, network, server, and clients that live on them. */
import { Meridian } from "../../../../client/meridian.ts";
import { MemoryStorage } from "../../../../client/storage/memory.ts";
import type { Observable } from "../../../../client/types/observable.ts";
import type { MeridianOptions } from "../../../../client/types/options.ts";
import type { MessageItem, TimelineState } from "../../../../client/types/state.ts";
import type { ConversationId } from "../../../../protocol/ids.ts";
import { FakeClock, settle } from "./clock.ts";
import { FakeNetwork, FakePlatform } from "./ports.ts";
import { FakeServer } from "./server.ts";

export class World {
  readonly clock = new FakeClock();
  readonly network = new FakeNetwork();
  readonly platform = new FakePlatform();
  readonly server = new FakeServer(this.clock, this.network);
  readonly #clients: Meridian[] = [];

  client(options: Partial<MeridianOptions> = {}): Meridian {
    const client = new Meridian({
      url: "https://chat.example",
      clock: this.clock,
      socket: this.network.open,
      fetch: this.server.fetch,
      platform: this.platform,
      storage: new MemoryStorage(),
      random: () => 0.5,
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  /** A client that is signed in and online. */
  async online(name: string, options: Partial<MeridianOptions> = {}): Promise<Meridian> {
    const client = this.client(options);
    await client.signIn({ handle: name, password: "password" });
    await this.settle();
    return client;
  }

  /** Lets everything happen that needs no time to pass. */
  async settle(): Promise<void> {
    for (let i = 0; i < 10; i++) await settle();
  }

  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await this.settle();
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
  }
}

/** Resolves with the first value that fits. */
export function until<T>(observable: Observable<T>, fits: (value: T) => boolean): Promise<T> {
  return new Promise((resolve) => {
    if (fits(observable.current)) {
      resolve(observable.current);
      return;
    }
    const stop = observable.subscribe((value) => {
      if (!fits(value)) return;
      stop();
      resolve(value);
    });
  });
}

export const messages = (state: TimelineState): MessageItem[] => state.items.filter((item) => item.type === "message");
export const texts = (state: TimelineState): string[] => messages(state).map(({ text }) => text);

/** Watches a timeline and answers it once it is there. */
export async function opened(world: World, client: Meridian, id: ConversationId) {
  const timeline = client.timeline(id);
  const stop = timeline.subscribe(() => {});
  await until(timeline, ({ status }) => status !== "loading");
  await world.settle();
  return { timeline, stop };
}

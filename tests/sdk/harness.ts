/**
 * What the suite of the SDK needs and every runtime has: no test framework, no Node.
 */
import { Meridian } from "../../client/index.ts";
import type { MeridianOptions } from "../../client/types/options.ts";
import type { Observable } from "../../client/types/observable.ts";
import type { MessageItem, TimelineState, User } from "../../client/types/state.ts";
import type { Timeline } from "../../client/types/api.ts";
import type { ConversationId } from "../../protocol/ids.ts";

/** One thing that the SDK promises, proved against a real server. */
export interface Case {
  readonly title: string;
  readonly run: (place: Place) => Promise<void>;
}

export const PASSWORD = "correct horse battery";
/** Events are waited for, not time; this only ends a test that would wait for ever. */
const PATIENCE_MS = 20_000;

/** A server, and everybody whom a case brought to it. */
export class Place {
  readonly url: string;
  readonly #clients: Meridian[] = [];

  constructor(url: string) {
    this.url = url;
  }

  client(options: Partial<MeridianOptions> = {}): Meridian {
    const client = new Meridian({ url: this.url, tabs: false, ...options });
    this.#clients.push(client);
    return client;
  }

  /** A new user, online. */
  async person(name: string, options: Partial<MeridianOptions> = {}): Promise<Person> {
    const meridian = this.client({ name: fresh("store"), ...options });
    const handle = fresh(name);
    const user = await meridian.register({ handle, password: PASSWORD, displayName: name });
    await online(meridian);
    return { meridian, handle, user };
  }

  /** Another device of somebody. */
  async device({ handle }: Person, options: Partial<MeridianOptions> = {}): Promise<Person> {
    const meridian = this.client({ name: fresh("store"), ...options });
    const user = await meridian.signIn({ handle, password: PASSWORD });
    await online(meridian);
    return { meridian, handle, user };
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.close()));
  }
}

export interface Person {
  readonly meridian: Meridian;
  readonly handle: string;
  readonly user: User;
}

export function fresh(name: string): string {
  const random = Array.from(crypto.getRandomValues(new Uint8Array(5)), (byte) => byte.toString(36).padStart(2, "0"));
  return `${name}_${random.join("")}`.toLowerCase();
}

export async function online(meridian: Meridian): Promise<void> {
  await until(meridian.connection, ({ status }) => status === "online", "online");
}

/** Resolves with the first value that fits. */
export function until<T>(observable: Observable<T>, fits: (value: T) => boolean, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const done = (value: T) => {
      clearTimeout(timer);
      stop();
      resolve(value);
    };
    // Subscribed first: some observables work only while they are watched.
    const stop = observable.subscribe((value) => {
      if (fits(value)) done(value);
    });
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`waited in vain for ${what}; it is ${JSON.stringify(observable.current)?.slice(0, 2_000)}`));
    }, PATIENCE_MS);
    if (fits(observable.current)) done(observable.current);
  });
}

/** Asks the server again and again, for what it tells nobody by itself. */
export async function eventually(asks: () => Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end) if (await asks()) return;
  throw new Error(`waited in vain for ${what}`);
}

/** Watches a timeline and waits until it fits; it stays watched until the client is closed. */
export async function timelineOf(meridian: Meridian, id: ConversationId): Promise<Timeline> {
  const timeline = meridian.timeline(id);
  timeline.subscribe(() => {});
  await until(timeline, ({ status }) => status !== "loading", "the timeline");
  return timeline;
}

export const messages = (state: TimelineState): MessageItem[] => state.items.filter((item) => item.type === "message");
export const texts = (state: TimelineState): string[] => messages(state).map(({ text }) => text);

/** Waits until the texts of a timeline are these. */
export async function shows(timeline: Timeline, expected: readonly string[]): Promise<void> {
  const wanted = JSON.stringify(expected);
  await until(timeline, (state) => JSON.stringify(texts(state)) === wanted, `the texts ${wanted.slice(0, 500)}`);
}

/** A direct chat that both sides know of. */
export async function directChat(one: Person, two: Person): Promise<ConversationId> {
  const id = await one.meridian.createDirect({ user: two.user.id });
  await listed(two, id);
  return id;
}

export async function listed({ meridian }: Person, id: ConversationId): Promise<void> {
  await until(
    meridian.conversations,
    ({ items }) => items.some((item) => item.id === id),
    "the conversation in the list",
  );
}

export function equal(actual: unknown, expected: unknown, what = "value"): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: expected ${b}, got ${a}`);
}

export function ok(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

/** The error that a promise is rejected with; fails where it is not, or with another code. */
export async function refused(
  promise: Promise<unknown>,
  code: string,
): Promise<{ code: string; name: string; hint: string }> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown as { code: string; name: string; hint: string },
  );
  if (error === undefined) throw new Error(`expected ${code}, but it went well`);
  equal(error.code, code, "code");
  return error;
}

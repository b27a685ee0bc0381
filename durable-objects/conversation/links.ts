/**
 * Links to the members that are handed something again and again. Opened where calls come close together, closed where
 * nothing is said for a while; whoever has none is reached by calls.
 */
import type { UserId } from "../../protocol/index.ts";
import { Link, type LinkPorts } from "../shared/link.ts";
import { metrics } from "../shared/metrics.ts";

/** A link is opened with this many calls to a member within this time. */
const OPEN_AT = 3;
const WITHIN_MS = 2_000;
/** A member that took no link is not asked again for this long. */
const REFUSED_MS = 30_000;
const IDLE_MS = 2_000;
/** Links of one conversation, the ones being opened included; the other members are called. */
const MAX_LINKS = 256;

export interface LinksPorts extends Pick<LinkPorts, "clock" | "later"> {
  /** @returns an accepted socket, or undefined where the member takes no link */
  readonly open: (user: UserId) => Promise<WebSocket | undefined>;
  /** What a member says over its link. */
  readonly handle: (user: UserId, request: string) => string;
}

interface Place {
  link: Link | undefined;
  opening: boolean;
  /** Calls since `since`. */
  calls: number;
  since: number;
  /** No link before this time. */
  notBefore: number;
}

export class Links {
  readonly #ports: LinksPorts;
  readonly #places = new Map<UserId, Place>();
  #count = 0;
  /** How often all were ended: one that was being opened meanwhile is of no use. */
  #ends = 0;

  constructor(ports: LinksPorts) {
    this.#ports = ports;
  }

  /** The open link to a member, if there is one. */
  get(user: UserId): Link | undefined {
    return this.#places.get(user)?.link;
  }

  /** A member was handed something without a link: if that goes on, it gets one. */
  called(user: UserId): void {
    const now = this.#ports.clock();
    const place = this.#place(user, now);
    if (now - place.since > WITHIN_MS) {
      place.since = now;
      place.calls = 0;
    }
    place.calls += 1;
    if (place.calls < OPEN_AT || place.opening || place.link !== undefined || now < place.notBefore) return;
    if (this.#count >= MAX_LINKS) return;
    void this.#open(user, place);
  }

  /** Ends all of them. */
  close(): void {
    this.#ends += 1;
    for (const { link } of this.#places.values()) link?.close();
  }

  async #open(user: UserId, place: Place): Promise<void> {
    const { open, handle, clock, later } = this.#ports;
    const ends = this.#ends;
    place.opening = true;
    this.#count += 1;
    try {
      const socket = await open(user);
      if (socket === undefined || this.#ends !== ends) {
        socket?.close();
        throw new Error("no link");
      }
      place.link = new Link(socket, {
        handle: (request) => handle(user, request),
        closed: () => {
          place.link = undefined;
          this.#count -= 1;
        },
        clock,
        later,
        idleMs: IDLE_MS,
      });
      metrics.count("links", { what: "opened" });
    } catch {
      metrics.count("links", { what: "refused" });
      this.#count -= 1;
      place.notBefore = clock() + REFUSED_MS;
    } finally {
      place.opening = false;
    }
  }

  #place(user: UserId, now: number): Place {
    let place = this.#places.get(user);
    if (place === undefined) {
      place = { link: undefined, opening: false, calls: 0, since: now, notBefore: 0 };
      this.#places.set(user, place);
    }
    return place;
  }
}

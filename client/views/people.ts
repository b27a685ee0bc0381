/**
 * What is known of other people: who types, who is online, and what they call themselves.
 */
import type { ConversationId, UserId } from "../../protocol/ids.ts";
import type { Engine } from "../engine/api.ts";
import { Cell, Derived } from "../observable.ts";
import type { Observable } from "../types/observable.ts";
import type { PresenceState, ProfileState } from "../types/state.ts";
import type { ProfileRecord } from "../storage/storage.ts";
import type { Mirror } from "./mirror.ts";

const NOBODY: readonly UserId[] = [];

/** Who is typing in a conversation. */
export function typingView(conversation: ConversationId, mirror: Mirror): Derived<readonly UserId[]> {
  let stop: (() => void) | undefined;
  const view: Derived<readonly UserId[]> = new Derived<readonly UserId[]>(
    NOBODY,
    () => mirror.typing.get(conversation) ?? NOBODY,
    {
      start: () => {
        view.invalidate();
        stop = mirror.watch((change) => {
          if (change.type === "typing" || change.type === "restart" || change.type === "session") view.invalidate();
        });
      },
      stop: () => stop?.(),
    },
  );
  return view;
}

/** Presences of many users; each is watched for as long as somebody is subscribed to it. */
export class PresenceViews {
  readonly #engine: Promise<Engine>;
  readonly #mirror: Mirror;
  readonly #tab: string;
  readonly #watched = new Set<UserId>();
  #scheduled = false;

  /** @param tab names this instance among those that share an engine */
  constructor(engine: Promise<Engine>, mirror: Mirror, tab: string) {
    this.#engine = engine;
    this.#mirror = mirror;
    this.#tab = tab;
  }

  view(user: UserId): Derived<PresenceState> {
    const unknown: PresenceState = { user, state: "unknown", lastSeen: null };
    let stop: (() => void) | undefined;
    const view: Derived<PresenceState> = new Derived(
      unknown,
      () => (this.#watched.has(user) ? (this.#mirror.presence.get(user) ?? unknown) : unknown),
      {
        start: () => {
          this.#watched.add(user);
          this.#sync();
          view.invalidate();
          stop = this.#mirror.watch((change) => {
            const mine = change.type === "presence" && change.presence.user === user;
            if (change.type === "restart") this.#sync();
            if (mine || change.type === "restart" || change.type === "session") view.invalidate();
          });
        },
        stop: () => {
          this.#watched.delete(user);
          this.#sync();
          view.invalidate();
          stop?.();
        },
      },
    );
    return view;
  }

  /** Tells the engine once per turn whom this instance watches. */
  #sync(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      // Presence is best effort: an engine that went away is replaced, and asked again.
      this.#engine.then((engine) => engine.watch(this.#tab, [...this.#watched])).catch(() => {});
    });
  }
}

/** A user's profile: what is held at once, then what the server says. */
export function profileView(user: UserId, engine: Promise<Engine>, mirror: Mirror): Observable<ProfileState> {
  let stop: (() => void) | undefined;
  const cell: Cell<ProfileState> = new Cell<ProfileState>(
    { status: "loading", profile: null },
    {
      start: () => {
        stop = mirror.watch((change) => {
          if (change.type === "profile" && change.profile.id === user) cell.set(shown(change.profile));
          if (change.type === "restart" && mirror.me !== null) void ask();
        });
        if (mirror.me !== null) void ask();
      },
      stop: () => stop?.(),
    },
  );
  async function ask(): Promise<void> {
    try {
      const there = await engine;
      const held = await there.profile(user, false);
      if (held !== null && !sameAs(cell.current, held)) cell.set(shown(held));
      const fresh = await there.profile(user, true);
      if (fresh !== null && !sameAs(cell.current, fresh)) cell.set(shown(fresh));
    } catch {
      // What is held has to do; the next subscription asks again.
    }
  }
  return cell;
}

function shown({ profile }: ProfileRecord): ProfileState {
  return { status: profile === null ? "missing" : "ready", profile };
}

function sameAs(state: ProfileState, { profile }: ProfileRecord): boolean {
  return state.status !== "loading" && JSON.stringify(state.profile) === JSON.stringify(profile);
}

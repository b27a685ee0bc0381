/**
 * Views that show one thing of the mirror as it is.
 */
import { fromData } from "../errors.ts";
import type { Change } from "../engine/api.ts";
import { Derived } from "../observable.ts";
import type { ConnectionState, OutboxItem, SessionState } from "../types/state.ts";
import { errorOfItem } from "./items.ts";
import type { Mirror } from "./mirror.ts";

export function sessionView(mirror: Mirror): Derived<SessionState> {
  return view<SessionState>(mirror, { status: "loading" }, ["session"], () => {
    if (!mirror.loaded) return { status: "loading" };
    const { identity, endReason } = mirror;
    return identity === null ? { status: "signedOut", reason: endReason } : { status: "signedIn", ...identity };
  });
}

export function connectionView(mirror: Mirror): Derived<ConnectionState> {
  return view<ConnectionState>(mirror, { status: "idle", url: mirror.link.url }, ["link"], () => {
    const { error, ...link } = mirror.link;
    return { ...link, ...(error === undefined ? {} : { error: fromData(error) }) };
  });
}

export function outboxView(mirror: Mirror): Derived<readonly OutboxItem[]> {
  return view<readonly OutboxItem[]>(mirror, [], ["outbox", "outboxGone", "session"], () =>
    [...mirror.outbox.values()]
      .filter(({ status }) => status !== "sent")
      .sort((a, b) => a.position - b.position)
      .map((item) => {
        const { id, conversation, createdAt, status, content } = item;
        return { id, conversation, kind: content.kind, createdAt, status, error: errorOfItem(item) };
      }),
  );
}

/** Computed anew at these changes; between them `current` stays the same object. */
function view<T>(mirror: Mirror, initial: T, types: readonly Change["type"][], compute: () => T): Derived<T> {
  let stale = true;
  const derived = new Derived<T>(initial, (previous) => {
    if (!stale) return previous;
    stale = false;
    return compute();
  });
  mirror.watch(({ type }) => {
    if (type !== "restart" && !types.includes(type)) return;
    stale = true;
    derived.invalidate();
  });
  return derived;
}

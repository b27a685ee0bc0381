/**
 * Events from changes: what happened, for whoever wants to be told once.
 */
import type { UserId } from "../protocol/ids.ts";
import { fromData } from "./errors.ts";
import type { Emitter } from "./observable.ts";
import type { MeridianEvents } from "./types/events.ts";
import { arrivedItem } from "./views/items.ts";
import type { Mirror } from "./views/mirror.ts";

/** Tells of everything that a mirror sees from now on. */
export function publishNews(mirror: Mirror, events: Emitter<MeridianEvents>): void {
  let wasIn: UserId | null = null;

  function onSession(): void {
    const { identity, endReason } = mirror;
    const user = identity?.user.id ?? null;
    if (user === wasIn) return;
    wasIn = user;
    if (identity !== null) events.emit("signedIn", { user: identity.user.id, device: identity.device.id });
    else if (endReason !== "none") events.emit("signedOut", { reason: endReason });
  }

  mirror.watch((change) => {
    switch (change.type) {
      case "arrived":
        for (const stored of change.entries) {
          const message = mirror.me === null ? undefined : arrivedItem(stored, mirror.me);
          if (message !== undefined) events.emit("message", { conversation: change.conversation, message });
        }
        return;
      case "sent": {
        const { conversation, id, seq, at } = change;
        events.emit("sent", { conversation, id, seq, at });
        return;
      }
      case "outbox": {
        const { status, error, conversation, id } = change.item;
        if (status === "failed" && error !== undefined)
          events.emit("failed", { conversation, id, error: fromData(error) });
        return;
      }
      case "diverged": {
        const { conversation, seq, by } = change;
        events.emit("diverged", { conversation, seq, by });
        return;
      }
      case "error":
        events.emit("error", { error: fromData(change.error) });
        return;
      case "session":
      case "restart":
        onSession();
        return;
      default:
    }
  });
}

/** Offers notifications, once there was something to be told of. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { say, trying } from "../state/toasts.ts";
import { Icon, IconButton } from "../ui/icons.tsx";
import { answerOffer, isOffered, pushState, turnOn } from "./push-state.ts";
import "./notifications.css";

export function NotificationBar(): JSX.Element | null {
  const [busy, setBusy] = useState(false);
  if (!isOffered.value || pushState.value !== "off") return null;
  const accept = async (): Promise<void> => {
    setBusy(true);
    await trying(async () => {
      if ((await turnOn()) === "denied") say("Your browser blocks notifications. Its settings can change that.");
    });
    setBusy(false);
  };
  return (
    <section class="notification-bar" aria-label="Notifications">
      <Icon name="bell" />
      <p>Be told of new messages while Meridian is closed</p>
      <button type="button" class="button small primary" disabled={busy} onClick={() => void accept()}>
        {busy && <span class="spinner" />}
        Turn on
      </button>
      <IconButton name="close" size={18} label="Not now" onClick={() => answerOffer("answered")} />
    </section>
  );
}

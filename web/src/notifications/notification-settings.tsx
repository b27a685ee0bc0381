/** Whether this browser tells of messages, and how much. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { say, trying } from "../state/toasts.ts";
import { lookAgain, preview, pushState, setPreview, turnOff, turnOn, type PushState } from "./push-state.ts";
import "./notifications.css";

const HINTS: Record<PushState, string> = {
  unknown: "Looking…",
  on: "You are told of new messages while Meridian is closed or in the background.",
  off: "You see new messages only while Meridian is open.",
  blocked:
    "Your browser blocks notifications from this site. Allow them in its settings for this site, beside the address, then come back.",
  unsupported:
    "This browser cannot show notifications of this site. On an iPhone or iPad, add Meridian to the home screen first.",
};

export function NotificationSettings(): JSX.Element {
  const [busy, setBusy] = useState(false);
  const state = pushState.value;
  const isOn = state === "on";
  useEffect(() => {
    // It may have been changed in the browser's settings since.
    lookAgain().catch(() => undefined);
  }, []);

  const run = async (work: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    await trying(work);
    setBusy(false);
  };
  const change = async (): Promise<void> => {
    if (isOn) return turnOff();
    if ((await turnOn()) === "dismissed") say("Your browser did not get an answer, so notifications stay off.");
  };

  return (
    <section class="card" aria-labelledby="push">
      <h3 id="push">On this device</h3>
      <Switch
        label="New messages"
        hint={HINTS[state]}
        isOn={isOn}
        disabled={busy || (state !== "on" && state !== "off")}
        onChange={() => void run(change)}
      />
      {isOn && (
        <Switch
          label="Show what was written"
          hint="Otherwise a notification says who wrote, but not what."
          isOn={preview.value}
          disabled={busy}
          onChange={() => void run(() => setPreview(!preview.value))}
        />
      )}
      {isOn && <p class="hint">Muted conversations stay quiet, unless somebody mentions you.</p>}
    </section>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly hint: string;
  readonly isOn: boolean;
  readonly disabled: boolean;
  readonly onChange: () => void;
}

function Switch({ label, hint, isOn, disabled, onChange }: SwitchProps): JSX.Element {
  return (
    <label class="row pick">
      <span class="grow">
        <b>{label}</b>
        <small>{hint}</small>
      </span>
      <input
        type="checkbox"
        role="switch"
        class="switch"
        aria-label={label}
        checked={isOn}
        disabled={disabled}
        onClick={(event) => {
          // It shows how things are, not what was wished for.
          event.preventDefault();
          onChange();
        }}
      />
    </label>
  );
}

/** The left pane of the settings: their parts. */
import type { JSX } from "preact";
import { batchesOf } from "../media/batches.ts";
import { files } from "../media/files.ts";
import { meridian, useMe } from "../meridian.ts";
import { nameOf } from "../people.ts";
import { ask } from "../state/dialogs.ts";
import { go, home, SECTIONS, type Section } from "../state/route.ts";
import { trying } from "../state/toasts.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Icon, IconButton, type IconName } from "../ui/icons.tsx";
import "./settings.css";

export const TITLES: Record<Section, string> = {
  profile: "Profile",
  privacy: "Privacy",
  notifications: "Notifications",
  devices: "Devices",
  appearance: "Appearance",
  account: "Account",
};

const ICONS: Record<Section, IconName> = {
  profile: "person",
  privacy: "lock",
  notifications: "bell",
  devices: "device",
  appearance: "palette",
  account: "settings",
};

export function SettingsNav({ section }: { section: Section | null }): JSX.Element | null {
  const me = useMe();
  if (me === null) return null;
  return (
    <nav class="pane" aria-label="Settings">
      <header class="bar sub">
        <IconButton name="back" label="Back to conversations" onClick={() => go(home)} />
        <h2>Settings</h2>
      </header>
      <div class="settings-me">
        <Avatar id={me.id} name={nameOf(me)} picture={me.avatar} size={56} />
        <div class="settings-me-lines">
          <strong class="clip">{nameOf(me)}</strong>
          <span class="hint clip">@{me.handle}</span>
        </div>
      </div>
      <ul class="settings-list">
        {SECTIONS.map((name) => (
          <li key={name}>
            <button
              type="button"
              class="row"
              aria-current={name === section ? "page" : undefined}
              onClick={() => go({ page: "settings", section: name })}
            >
              <Icon name={ICONS[name]} />
              <span class="grow">{TITLES[name]}</span>
              <Icon name="chevron" size={16} />
            </button>
          </li>
        ))}
        <li>
          <button type="button" class="row danger" onClick={askSignOut}>
            <Icon name="leave" />
            <span class="grow">Sign out</span>
          </button>
        </li>
      </ul>
    </nav>
  );
}

function askSignOut(): void {
  const waiting = meridian.outbox.current.length + batchesOf(files.uploads.current).length;
  const text =
    waiting === 0
      ? "Your conversations stay on your other devices and come back when you sign in again."
      : `${waiting === 1 ? "1 message is" : `${waiting} messages are`} not sent yet and would be lost.`;
  ask("Sign out of this device?", text, [
    { label: "Sign out", danger: true, run: () => void trying(() => meridian.signOut()) },
  ]);
}

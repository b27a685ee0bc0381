/** The right pane of the settings: one part of them. */
import type { JSX } from "preact";
import { NotificationSettings } from "../notifications/notification-settings.tsx";
import { go, type Section } from "../state/route.ts";
import { IconButton } from "../ui/icons.tsx";
import { Account } from "./account.tsx";
import { Appearance } from "./appearance.tsx";
import { Devices } from "./devices.tsx";
import { Privacy } from "./privacy.tsx";
import { Profile } from "./profile.tsx";
import { TITLES } from "./settings-nav.tsx";

const PARTS: Record<Section, () => JSX.Element | null> = {
  profile: Profile,
  privacy: Privacy,
  notifications: NotificationSettings,
  devices: Devices,
  appearance: Appearance,
  account: Account,
};

export function Settings({ section }: { section: Section }): JSX.Element {
  const Part = PARTS[section];
  return (
    <section class="settings" aria-labelledby="settings-title">
      <header class="bar sub">
        <IconButton
          name="back"
          label="Back to settings"
          class="only-narrow"
          onClick={() => go({ page: "settings", section: null })}
        />
        <h2 id="settings-title">{TITLES[section]}</h2>
      </header>
      <div class="settings-body scroll" tabIndex={-1}>
        <div class="settings-column">
          <Part key={section} />
        </div>
      </div>
    </section>
  );
}

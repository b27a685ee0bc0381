/** Where the user is signed in. */
import type { JSX } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import type { Device } from "../../../client/index.ts";
import { meridian } from "../meridian.ts";
import { now } from "../now.ts";
import { ask } from "../state/dialogs.ts";
import { say, trying } from "../state/toasts.ts";
import { Icon } from "../ui/icons.tsx";
import { wordsFor } from "../words/errors.ts";
import { dayOf, usedWords } from "../words/time.ts";

export function Devices(): JSX.Element {
  const [devices, setDevices] = useState<readonly Device[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = useCallback(() => {
    meridian.devices().then((found) => {
      setDevices(found);
      setError(null);
    }, setError);
  }, []);
  useEffect(load, [load]);

  const revoke = ({ id, name }: Device): void =>
    ask(`Sign out “${name}”?`, "It loses its access at once. Whoever uses it has to sign in again.", [
      {
        label: "Sign out device",
        danger: true,
        run: () =>
          void trying(() => meridian.revokeDevice(id)).then((done) => {
            if (done) say(`“${name}” is signed out.`);
            load();
          }),
      },
    ]);

  const sorted = devices?.toSorted((a, b) => Number(b.current) - Number(a.current) || b.lastSeenAt - a.lastSeenAt);
  return (
    <section class="card" aria-label="Devices">
      <p class="hint">These devices are signed in. Sign out what you do not know.</p>
      {error !== null && <p class="note">{wordsFor(error)}</p>}
      {devices === null && error === null && <span class="spinner" role="status" aria-label="Loading devices" />}
      <ul class="devices">
        {sorted?.map((device) => (
          <li key={device.id} class="row">
            <span class="info-add">
              <Icon name="device" size={20} />
            </span>
            <span class="grow">
              <b class="clip">{device.name}</b>
              <small>
                {device.current ? "This device" : usedWords(device.lastSeenAt, now.value)} · since{" "}
                {dayOf(device.createdAt, now.value).replace(/^[TY]/, (letter) => letter.toLowerCase())}
              </small>
            </span>
            {!device.current && (
              <button type="button" class="button small" onClick={() => revoke(device)}>
                Sign out<span class="visually-hidden"> {device.name}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Who sees when the user was online, and who is blocked. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { User, UserId } from "../../../client/index.ts";
import { doUnblock } from "../chat/conversation-actions.tsx";
import { meridian, useMe } from "../meridian.ts";
import { useName, useProfile } from "../people.ts";
import { blocks, loadBlocks } from "../state/blocks.ts";
import { trying } from "../state/toasts.ts";
import { Avatar } from "../ui/avatar.tsx";
import { wordsFor } from "../words/errors.ts";

const CHOICES = [
  ["everyone", "Everyone", "Anybody you share a conversation with"],
  ["contacts", "Contacts", "Only people you write to directly"],
  ["nobody", "Nobody", "Your last seen and online state stay hidden"],
] as const satisfies readonly (readonly [User["privacy"]["lastSeen"], string, string])[];

export function Privacy(): JSX.Element | null {
  const me = useMe();
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    loadBlocks().catch(setError);
  }, []);
  if (me === null) return null;
  return (
    <>
      <fieldset class="card">
        <legend>Who sees when you are online</legend>
        {CHOICES.map(([value, label, hint]) => (
          <label key={value} class="row pick">
            <input
              type="radio"
              name="last-seen"
              checked={me.privacy.lastSeen === value}
              onChange={() => void trying(() => meridian.updateMe({ privacy: { lastSeen: value } }))}
            />
            <span class="grow">
              <b>{label}</b>
              <small>{hint}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <section class="card" aria-labelledby="blocked">
        <h3 id="blocked">Blocked people</h3>
        {error !== null && <p class="note">{wordsFor(error)}</p>}
        {blocks.value.size === 0 && error === null && (
          <p class="hint">Nobody. You can block somebody from the menu of your chat.</p>
        )}
        <ul>
          {[...blocks.value].map((user) => (
            <Blocked key={user} user={user} />
          ))}
        </ul>
      </section>
    </>
  );
}

function Blocked({ user }: { user: UserId }): JSX.Element {
  const name = useName(user);
  const profile = useProfile(user);
  return (
    <li class="row">
      <Avatar id={user} name={name} picture={profile?.avatar} size={38} />
      <span class="grow clip">{name}</span>
      <button type="button" class="button small" onClick={() => doUnblock(user, name)}>
        Unblock<span class="visually-hidden"> {name}</span>
      </button>
    </li>
  );
}

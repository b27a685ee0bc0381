/** Choosing people: those one already writes to, or by handle. */
import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import type { Peer } from "../../../client/index.ts";
import { meridian, useMe, useObservable } from "../meridian.ts";
import { nameOf } from "../people.ts";
import { Avatar } from "../ui/avatar.tsx";
import { IconButton } from "../ui/icons.tsx";
import { matches } from "../words/search.ts";
import { words } from "./new-chat.tsx";
import "./people-picker.css";

interface PeoplePickerProps {
  readonly chosen: readonly Peer[];
  readonly onChosen: (people: readonly Peer[]) => void;
  /** Not offered: who is in already. */
  readonly without: ReadonlySet<string>;
}

export function PeoplePicker({ chosen, onChosen, without }: PeoplePickerProps): JSX.Element {
  const id = useId();
  const me = useMe();
  const { items } = useObservable(meridian.conversations);
  const [wanted, setWanted] = useState("");
  const [error, setError] = useState<string | null>(null);
  const has = (user: string): boolean => chosen.some((one) => one.id === user);
  const isOffered = (one: Peer): boolean => one.id !== me?.id && !without.has(one.id);
  const peers = items.flatMap(({ kind, peer }) =>
    kind === "direct" && peer !== null && isOffered(peer) ? [peer] : [],
  );
  const shown = peers.filter((one) => matches(`${one.handle} ${one.displayName}`, wanted.replace(/^@/, "")));

  const toggle = (one: Peer): void => {
    onChosen(has(one.id) ? chosen.filter(({ id: held }) => held !== one.id) : [...chosen, one]);
  };
  const add = async (): Promise<void> => {
    const handle = handleOf(wanted);
    if (handle === "") return;
    try {
      const known = peers.find((one) => one.handle === handle);
      const one = known ?? (await meridian.userByHandle(handle));
      if (!isOffered(one)) setError(`@${handle} is in already.`);
      else {
        if (!has(one.id)) onChosen([...chosen, one]);
        setWanted("");
      }
    } catch (thrown) {
      setError(words(thrown, handle));
    }
  };

  return (
    <div class="people">
      {chosen.length > 0 && (
        <ul class="people-chosen" aria-label="Chosen">
          {chosen.map((one) => (
            <li key={one.id}>
              <Avatar id={one.id} name={nameOf(one)} picture={one.avatar} size={26} />
              <span class="clip">{nameOf(one)}</span>
              <IconButton name="close" label={`Remove ${nameOf(one)}`} size={14} onClick={() => toggle(one)} />
            </li>
          ))}
        </ul>
      )}
      <div class="field">
        <label for={id}>People</label>
        <div class="people-add">
          <input
            id={id}
            class="input"
            placeholder="Name, or a handle to add"
            value={wanted}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            maxLength={64}
            aria-invalid={error === null ? undefined : "true"}
            aria-describedby={error === null ? undefined : `${id}-error`}
            onInput={(event) => {
              setWanted(event.currentTarget.value);
              setError(null);
            }}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              void add();
            }}
          />
          <button type="button" class="button" disabled={wanted.trim() === ""} onClick={() => void add()}>
            Add
          </button>
        </div>
        {error !== null && (
          <p id={`${id}-error`} class="error" role="alert">
            {error}
          </p>
        )}
      </div>
      <div class="people-known scroll" role="group" aria-label="People you write to">
        {shown.map((one) => (
          <label key={one.id} class="row pick">
            <Avatar id={one.id} name={nameOf(one)} picture={one.avatar} size={38} />
            <span class="grow">
              <b class="clip">{nameOf(one)}</b>
              <small class="clip">@{one.handle}</small>
            </span>
            <input type="checkbox" checked={has(one.id)} onChange={() => toggle(one)} />
          </label>
        ))}
      </div>
    </div>
  );
}

/** A handle as people write it, as the server knows it. */
export function handleOf(written: string): string {
  return written.trim().replace(/^@/, "").toLowerCase();
}

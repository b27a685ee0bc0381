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

/** A choice of people that is being made. */
export interface Choosing {
  readonly chosen: readonly Peer[];
  /** What is typed: a handle to add, or part of a name to find. */
  readonly typed: string;
  readonly error: string | null;
  readonly offered: readonly Peer[];
  readonly type: (text: string) => void;
  readonly toggle: (one: Peer) => void;
  /** Adds whom the typed handle means. @returns everybody who is chosen then; null where nobody has the handle */
  readonly add: () => Promise<readonly Peer[] | null>;
}

/** @param without not offered: who is in already */
export function useChoosing(without: ReadonlySet<string>): Choosing {
  const me = useMe();
  const { items } = useObservable(meridian.conversations);
  const [chosen, setChosen] = useState<readonly Peer[]>([]);
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string | null>(null);
  const isOffered = (one: Peer): boolean => one.id !== me?.id && !without.has(one.id);
  const offered = items.flatMap(({ kind, peer }) =>
    kind === "direct" && peer !== null && isOffered(peer) ? [peer] : [],
  );
  const type = (text: string): void => {
    setTyped(text);
    setError(null);
  };
  return {
    chosen,
    typed,
    error,
    offered,
    type,
    toggle: (one) => {
      setChosen(has(chosen, one) ? chosen.filter(({ id }) => id !== one.id) : [...chosen, one]);
      // What was typed to find somebody is no handle to add.
      type("");
    },
    add: async () => {
      const handle = handleOf(typed);
      if (handle === "") return chosen;
      try {
        const one = offered.find((known) => known.handle === handle) ?? (await meridian.userByHandle(handle));
        if (!isOffered(one)) {
          setError(`@${handle} is in already.`);
          return null;
        }
        const all = has(chosen, one) ? chosen : [...chosen, one];
        setChosen(all);
        type("");
        return all;
      } catch (thrown) {
        setError(words(thrown, handle));
        return null;
      }
    },
  };
}

export function PeoplePicker({ choosing }: { choosing: Choosing }): JSX.Element {
  const id = useId();
  const { chosen, typed, error, offered, type, toggle, add } = choosing;
  const shown = offered.filter((one) => matches(`${one.handle} ${one.displayName}`, typed.replace(/^@/, "")));

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
            placeholder="Name or handle"
            value={typed}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            maxLength={64}
            aria-invalid={error === null ? undefined : "true"}
            aria-describedby={error === null ? undefined : `${id}-error`}
            onInput={(event) => type(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              void add();
            }}
          />
          <button type="button" class="button" disabled={typed.trim() === ""} onClick={() => void add()}>
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
            <input type="checkbox" checked={has(chosen, one)} onChange={() => toggle(one)} />
          </label>
        ))}
      </div>
    </div>
  );
}

function has(people: readonly Peer[], { id }: Peer): boolean {
  return people.some((one) => one.id === id);
}

/** A handle as people write it, as the server knows it. */
export function handleOf(written: string): string {
  return written.trim().replace(/^@/, "").toLowerCase();
}

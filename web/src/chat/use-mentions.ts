/** Finds members to mention while an @ is being written in a group. */
import type { RefObject, TargetedKeyboardEvent } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { ConversationItem, PublicProfile, UserId } from "../../../client/index.ts";
import { meridian, myId } from "../meridian.ts";
import { matches } from "../words/search.ts";
import { nameOf } from "../people.ts";

const MOST = 6;
/** Larger groups are not worth as many profiles as they have members. */
const MOST_MEMBERS = 64;
const BEGUN = /(?:^|\s)@([A-Za-z0-9_.]*)$/;
const NAMED = /@([A-Za-z0-9_.]{3,32})/g;

export function useMentions(
  item: ConversationItem,
  text: string,
  setText: (text: string) => void,
  area: RefObject<HTMLTextAreaElement | null>,
) {
  const listId = useId();
  const isPossible = item.kind === "group" && item.memberCount <= MOST_MEMBERS;
  const people = useRef<readonly PublicProfile[] | null>(null);
  const [found, setFound] = useState<readonly PublicProfile[]>([]);
  const [active, setActive] = useState(0);

  // Whoever comes or goes is found anew.
  useEffect(() => {
    people.current = null;
  }, [item.memberCount]);

  const load = async (): Promise<readonly PublicProfile[]> => {
    if (!isPossible) return [];
    people.current ??= await profilesOf(item);
    return people.current;
  };

  const look = (): void => {
    const begun = begunAt(area.current);
    if (begun === null) {
      if (found.length > 0) setFound([]);
      return;
    }
    load().then(
      (known) => {
        const now = begunAt(area.current);
        if (now === null) return;
        setActive(0);
        setFound(known.filter((one) => matches(`${one.handle} ${one.displayName}`, now)).slice(0, MOST));
      },
      // Without the list of members one can still write.
      () => undefined,
    );
  };
  useEffect(() => {
    if (isPossible) look();
  }, [text]);

  const pick = (profile: PublicProfile): void => {
    const element = area.current;
    if (element === null) return;
    const caret = element.selectionStart;
    const start = text.lastIndexOf("@", caret - 1);
    const named = `${text.slice(0, start)}@${profile.handle} `;
    setText(named + text.slice(caret));
    setFound([]);
    requestAnimationFrame(() => {
      element.focus({ preventScroll: true });
      element.setSelectionRange(named.length, named.length);
    });
  };

  const onKey = (event: TargetedKeyboardEvent<HTMLTextAreaElement>): boolean => {
    const chosen = found[active];
    if (chosen === undefined) return false;
    if (event.key === "ArrowDown") setActive((active + 1) % found.length);
    else if (event.key === "ArrowUp") setActive((active + found.length - 1) % found.length);
    else if (event.key === "Enter" || event.key === "Tab") pick(chosen);
    else if (event.key === "Escape") setFound([]);
    else return false;
    event.preventDefault();
    return true;
  };

  /** Who is named in a text; nobody where the members are not to be had. */
  const within = async (said: string): Promise<readonly UserId[]> => {
    const handles = new Set(Array.from(said.matchAll(NAMED), ([, handle]) => plain(handle ?? "")));
    if (handles.size === 0) return [];
    const known = await load().catch(() => []);
    return known.filter((one) => handles.has(one.handle)).map((one) => one.id);
  };

  const activeId = found[active] === undefined ? undefined : `${listId}-${active}`;
  return { isPossible, listId, found, active, activeId, pick, onKey, onSelect: isPossible ? look : undefined, within };
}

/** What follows the @ before the caret, or null where there is none. */
function begunAt(element: HTMLTextAreaElement | null): string | null {
  if (element === null || element.selectionStart !== element.selectionEnd) return null;
  return BEGUN.exec(element.value.slice(0, element.selectionStart))?.[1] ?? null;
}

async function profilesOf(item: ConversationItem): Promise<readonly PublicProfile[]> {
  const members = await meridian.members(item.id);
  const others = members.filter((member) => member.user !== myId());
  const profiles = await Promise.all(others.map((member) => meridian.userById(member.user).catch(() => null)));
  return profiles.filter((one) => one !== null).toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
}

function plain(handle: string): string {
  return handle.toLowerCase().replace(/\.+$/, "");
}

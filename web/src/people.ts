/** Names and presence of other users, for components. */
import { useLayoutEffect, useMemo, useState } from "preact/hooks";
import type { PresenceState, PublicProfile, UserId } from "../../client/index.ts";
import { meridian, useMe, useObservable } from "./meridian.ts";

/** A user's profile; null until something is known. */
export function useProfile(user: UserId): PublicProfile | null {
  const state = useObservable(useMemo(() => meridian.profile(user), [user]));
  return state.profile;
}

/** Stands for a name that is being asked for. */
export const NOT_KNOWN_YET = "…";

/** What somebody is called here: "You" for oneself. */
export function useName(user: UserId): string {
  const me = useMe();
  const profile = useProfile(user);
  if (me?.id === user) return "You";
  return profile === null ? NOT_KNOWN_YET : nameOf(profile);
}

export function nameOf(profile: { readonly displayName: string; readonly handle: string }): string {
  return profile.displayName === "" ? profile.handle : profile.displayName;
}

const NO_HANDLES: ReadonlySet<string> = new Set();

/** Handles of several users, as far as they are known. */
export function useHandles(users: readonly UserId[]): ReadonlySet<string> {
  const [handles, setHandles] = useState(NO_HANDLES);
  useLayoutEffect(() => {
    if (users.length === 0) return;
    const profiles = users.map((user) => meridian.profile(user));
    const look = (): void => {
      const known = profiles.map(({ current }) => current.profile?.handle).filter((handle) => handle !== undefined);
      setHandles((held) => (known.every((handle) => held.has(handle)) ? held : new Set(known)));
    };
    const stops = profiles.map((profile) => profile.subscribe(look));
    look();
    return () => {
      for (const stop of stops) stop();
    };
  }, [users]);
  return handles;
}

export function usePresence(user: UserId): PresenceState {
  return useObservable(useMemo(() => meridian.presence(user), [user]));
}

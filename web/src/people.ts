/** Names and presence of other users, for components. */
import { useMemo } from "preact/hooks";
import type { PresenceState, PublicProfile, UserId } from "../../client/index.ts";
import { meridian, useMe, useObservable } from "./meridian.ts";

/** A user's profile; null until something is known. */
export function useProfile(user: UserId): PublicProfile | null {
  const state = useObservable(useMemo(() => meridian.profile(user), [user]));
  return state.profile;
}

/** What somebody is called here: "You" for oneself. */
export function useName(user: UserId): string {
  const me = useMe();
  const profile = useProfile(user);
  if (me?.id === user) return "You";
  return profile === null ? "…" : nameOf(profile);
}

export function nameOf(profile: { readonly displayName: string; readonly handle: string }): string {
  return profile.displayName === "" ? profile.handle : profile.displayName;
}

export function usePresence(user: UserId): PresenceState {
  return useObservable(useMemo(() => meridian.presence(user), [user]));
}

/** A name that the SDK already knows, for text that is made once; null where it does not. */
export function knownName(user: UserId): string | null {
  const { profile } = meridian.profile(user).current;
  return profile === null ? null : nameOf(profile);
}

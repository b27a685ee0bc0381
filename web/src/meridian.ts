/** The SDK's instance of this page, and how components watch it. */
import { useCallback } from "preact/hooks";
import { useSyncExternalStore } from "preact/compat";
import { Meridian, type Observable, type User, type UserId } from "../../client/index.ts";

export const meridian = new Meridian({ url: location.origin });

/** The newest value of something that the SDK tells about; renders again when it changes. */
export function useObservable<T>(observable: Observable<T>): T {
  const subscribe = useCallback((changed: () => void) => observable.subscribe(changed), [observable]);
  return useSyncExternalStore(subscribe, () => observable.current);
}

/** Who is signed in here. Only inside what is shown after signing in. */
export function useMe(): User | null {
  const session = useObservable(meridian.session);
  return session.status === "signedIn" ? session.user : null;
}

/** Id of who is signed in here, for code outside of components. */
export function myId(): UserId | null {
  const session = meridian.session.current;
  return session.status === "signedIn" ? session.user.id : null;
}

/** A file for as long as a component shows it. */
import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { asError, type MeridianError } from "../../../client/errors.ts";
import type { ConversationId, Media } from "../../../client/index.ts";
import { meridian } from "../meridian.ts";
import { addressOf, lease } from "./object-urls.ts";

/** How far ahead of the view a file is fetched. */
const AHEAD = "400px 0px";

export interface FetchedFile {
  /** Null until it is there. */
  readonly url: string | null;
  readonly error: MeridianError | null;
  readonly retry: () => void;
}

/** @param wanted false: it is not fetched yet */
export function useFile(conversation: ConversationId, media: Media, wanted: boolean): FetchedFile {
  const [url, setUrl] = useState(() => addressOf(media));
  const [error, setError] = useState<MeridianError | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (!wanted) return;
    let stale = false;
    const leased = lease(conversation, media);
    setUrl(leased.address);
    setError(null);
    leased.url.then(
      (address) => !stale && setUrl(address),
      (thrown: unknown) => !stale && setError(asError(thrown)),
    );
    return () => {
      stale = true;
      leased.release();
    };
  }, [media.id, wanted, round]);
  // What only the network kept away comes with it.
  useEffect(() => {
    if (error?.code !== "offline") return;
    return meridian.connection.subscribe(({ status }) => status === "online" && setRound(round + 1));
  }, [error]);
  return { url, error, retry: () => setRound(round + 1) };
}

/** True from when an element first comes near the view. */
export function useNear(element: RefObject<Element | null>): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    const target = element.current;
    if (near || target === null) return;
    const root = target.closest(".timeline");
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && setNear(true),
      { root, rootMargin: AHEAD },
    );
    observer.observe(target);
    return () => observer.disconnect();
  }, [near]);
  return near;
}

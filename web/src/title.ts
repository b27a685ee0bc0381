/** The window's title: how much is unread. */
import { useEffect } from "preact/hooks";
import { meridian, useObservable } from "./meridian.ts";

const NAME = "Meridian";

export function useTitle(): void {
  const { unread } = useObservable(meridian.conversations);
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) ${NAME}` : NAME;
    return () => {
      document.title = NAME;
    };
  }, [unread]);
}

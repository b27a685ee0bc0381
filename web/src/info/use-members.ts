/** The members of a group, fetched anew whenever something may have changed them. */
import { useCallback, useEffect, useState } from "preact/hooks";
import type { ConversationItem, Member } from "../../../client/index.ts";
import { meridian } from "../meridian.ts";

export interface Members {
  /** Null until they are known. */
  readonly members: readonly Member[] | null;
  readonly error: unknown;
  readonly reload: () => void;
}

export function useMembers(item: ConversationItem): Members {
  const [members, setMembers] = useState<readonly Member[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const { id } = item;
  const reload = useCallback(() => {
    meridian.members(id).then((found) => {
      setMembers(found);
      setError(null);
    }, setError);
  }, [id]);
  // Who joins, leaves or gets a role writes an entry: a new head may be news of members.
  useEffect(reload, [reload, item.memberCount, item.role, item.head]);
  return { members, error, reload };
}

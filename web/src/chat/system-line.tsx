/** What happened to the conversation, in words. */
import type { JSX } from "preact";
import type { SystemItem, UserId } from "../../../client/index.ts";
import { useMe } from "../meridian.ts";
import { useName } from "../people.ts";
import { momentOf } from "../words/time.ts";

export function SystemLine({ item }: { item: SystemItem }): JSX.Element {
  return (
    <div class="line" title={momentOf(item.at)}>
      <span class="pill soft">
        <Words item={item} />
      </span>
    </div>
  );
}

function Words({ item: { actor, event } }: { item: SystemItem }): JSX.Element {
  switch (event.kind) {
    case "group_created":
      return (
        <>
          <Name user={actor} /> created the group “{event.title}”
        </>
      );
    case "member_added":
      return event.user === actor ? (
        <>
          <Name user={actor} /> joined
        </>
      ) : (
        <>
          <Name user={actor} /> added <Name user={event.user} within />
        </>
      );
    case "member_removed":
      return event.user === actor ? (
        <>
          <Name user={actor} /> left
        </>
      ) : (
        <>
          <Name user={actor} /> removed <Name user={event.user} within />
        </>
      );
    case "member_role":
      return (
        <>
          <Name user={actor} /> made <Name user={event.user} within />{" "}
          {event.role === "admin" ? "an admin" : "a member"}
        </>
      );
    case "conversation_updated":
      return (
        <>
          <Name user={actor} /> {changed(event)}
        </>
      );
  }
}

function changed(event: Extract<SystemItem["event"], { kind: "conversation_updated" }>): string {
  if (event.title !== undefined) return `renamed the group to “${event.title}”`;
  if (event.retentionDays === null) return "keeps messages for good from now on";
  if (event.retentionDays !== undefined) return `lets messages disappear after ${event.retentionDays} days`;
  return event.avatar === null ? "removed the group's picture" : "changed the group's picture";
}

/** A name; one's own in the middle of a sentence is small. */
function Name({ user, within = false }: { user: UserId; within?: boolean }): JSX.Element {
  const me = useMe();
  const name = useName(user);
  return <b>{within && me?.id === user ? "you" : name}</b>;
}

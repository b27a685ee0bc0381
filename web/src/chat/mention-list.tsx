/** Members to choose from while a mention is written. The focus stays in the composer. */
import type { JSX } from "preact";
import type { PublicProfile } from "../../../client/index.ts";
import { nameOf } from "../people.ts";
import { Avatar } from "../ui/avatar.tsx";

interface MentionListProps {
  readonly listId: string;
  readonly found: readonly PublicProfile[];
  readonly active: number;
  readonly pick: (profile: PublicProfile) => void;
}

export function MentionList({ listId, found, active, pick }: MentionListProps): JSX.Element {
  return (
    <div id={listId} class="mention-list" role="listbox" aria-label="Mention a member">
      {found.map((profile, index) => (
        <div
          key={profile.id}
          id={`${listId}-${index}`}
          class="row pick"
          role="option"
          aria-selected={index === active}
          // The composer keeps the focus.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => pick(profile)}
        >
          <Avatar id={profile.id} name={nameOf(profile)} picture={profile.avatar} size={32} />
          <span class="grow clip">
            {nameOf(profile)} <span class="hint">@{profile.handle}</span>
          </span>
        </div>
      ))}
    </div>
  );
}

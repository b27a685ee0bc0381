/** Who has got and who has read one of one's own messages. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ConversationId, EntryReceipts, MessageItem, UserId } from "../../../client/index.ts";
import { meridian, useMe, useObservable } from "../meridian.ts";
import { useName, useProfile } from "../people.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { wordsFor } from "../words/errors.ts";

export function Receipts(props: { conversation: ConversationId; message: MessageItem }): JSX.Element {
  const { conversation, message } = props;
  const me = useMe();
  const [found, setFound] = useState<EntryReceipts | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (message.seq !== null) meridian.receipts(conversation, message.seq).then(setFound, setError);
  }, [conversation, message.seq]);

  const others = (users: readonly UserId[]): readonly UserId[] => users.filter((user) => user !== me?.id);
  const read = others(found?.read ?? []);
  const delivered = others(found?.delivered ?? []).filter((user) => !read.includes(user));
  const { items } = useObservable(meridian.conversations);
  const memberCount = items.find(({ id }) => id === conversation)?.memberCount ?? 0;
  const nobodyElse = read.length >= memberCount - 1 ? "Everyone has read it" : "Nobody else yet";
  return (
    <Dialog title="Who has read it">
      <div class="dialog-list scroll">
        {found === null && error === null && (
          <div class="blank">
            <span class="spinner" />
          </div>
        )}
        {error !== null && <p class="note">{wordsFor(error)}</p>}
        {found !== null && (
          <>
            <People title="Read by" users={read} none="Nobody yet" />
            <People title="Delivered to" users={delivered} none={read.length === 0 ? "Nobody yet" : nobodyElse} />
          </>
        )}
      </div>
    </Dialog>
  );
}

function People({ title, users, none }: { title: string; users: readonly UserId[]; none: string }): JSX.Element {
  return (
    <section class="receipt-part" aria-label={title}>
      <h3>{title}</h3>
      {users.length === 0 && <p class="hint">{none}</p>}
      <ul>
        {users.map((user) => (
          <Person key={user} user={user} />
        ))}
      </ul>
    </section>
  );
}

function Person({ user }: { user: UserId }): JSX.Element {
  const name = useName(user);
  const profile = useProfile(user);
  return (
    <li class="row">
      <Avatar id={user} name={name} picture={profile?.avatar} size={36} />
      <span class="grow clip">{name}</span>
    </li>
  );
}

/** Details of a conversation, beside it or over it. */
import type { JSX } from "preact";
import type { ConversationItem, UserId } from "../../../client/index.ts";
import { titleOf, useIsNotes } from "../conversations.ts";
import { conversationActions } from "../chat/conversation-actions.tsx";
import { now } from "../now.ts";
import { usePresence, useProfile } from "../people.ts";
import { openDialog } from "../state/dialogs.ts";
import { go } from "../state/route.ts";
import { Avatar } from "../ui/avatar.tsx";
import { IconButton } from "../ui/icons.tsx";
import { lastSeenWords } from "../words/time.ts";
import { MemberList } from "./member-list.tsx";
import "./info.css";

export function InfoPane({ item }: { item: ConversationItem }): JSX.Element {
  const isNotes = useIsNotes(item);
  const title = titleOf(item, isNotes);
  const isGroup = item.kind === "group";
  const close = (): void => go({ page: "chat", conversation: item.id, info: false, at: null });
  // What is here already needs no way here.
  const actions = conversationActions(item, isNotes, close).slice(1);
  return (
    <aside class="info pane slide-in" aria-label="Details">
      <header class="bar sub">
        <IconButton name="close" label="Close details" onClick={close} />
        <h2>{isGroup ? "Group" : "Contact"}</h2>
        {isGroup && item.role === "admin" && (
          <IconButton
            name="edit"
            label="Rename group"
            onClick={() => openDialog({ kind: "rename", conversation: item.id, title: item.title })}
          />
        )}
      </header>
      <div class="info-body scroll" tabIndex={0} role="region" aria-label="Details">
        <div class="info-head">
          <Avatar id={item.peer?.id ?? item.id} name={title} picture={item.avatar} size={112} />
          <strong>{title}</strong>
          {isGroup && item.role !== null && (
            <span class="hint">{item.memberCount === 1 ? "1 member" : `${item.memberCount} members`}</span>
          )}
          {item.peer !== null && <Person user={item.peer.id} handle={item.peer.handle} isNotes={isNotes} />}
        </div>
        {isGroup && item.role !== null && <MemberList item={item} role={item.role} />}
        {actions.length > 0 && (
          <div class="info-part">
            {actions.map(({ label, icon, danger, run }) => (
              <button key={label} type="button" class={danger === true ? "row danger" : "row"} onClick={run}>
                {icon}
                <span class="grow">{label}</span>
              </button>
            ))}
          </div>
        )}
      </div>
    </aside>
  );
}

function Person({ user, handle, isNotes }: { user: UserId; handle: string; isNotes: boolean }): JSX.Element {
  const profile = useProfile(user);
  const { state, lastSeen } = usePresence(user);
  const seen = state === "online" ? "online" : lastSeen === null ? null : lastSeenWords(lastSeen, now.value);
  return (
    <>
      <span class="hint">@{handle}</span>
      {!isNotes && seen !== null && <span class="hint">{seen}</span>}
      {profile !== null && profile.about !== "" && <p class="info-about">{profile.about}</p>}
    </>
  );
}

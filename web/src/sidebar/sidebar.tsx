/** The left pane: who I am, search, and all conversations. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { meridian, useMe } from "../meridian.ts";
import { NotificationBar } from "../notifications/notification-bar.tsx";
import { nameOf } from "../people.ts";
import { openDialog } from "../state/dialogs.ts";
import { toggleMenu } from "../state/menu.ts";
import { chat, go } from "../state/route.ts";
import { trying } from "../state/toasts.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Icon, IconButton } from "../ui/icons.tsx";
import { SearchField } from "../ui/search-field.tsx";
import { ConversationList } from "./conversation-list.tsx";
import { SearchResults } from "./search-results.tsx";
import "./sidebar.css";

export function Sidebar(): JSX.Element | null {
  const me = useMe();
  const [wanted, setWanted] = useState("");
  if (me === null) return null;

  const notes = async (): Promise<void> => {
    await trying(async () => go(chat(await meridian.createDirect({ user: me.id }))));
  };

  return (
    <nav class="pane" aria-label="Conversations">
      <header class="bar">
        <button
          type="button"
          class="me-button"
          title="Settings"
          onClick={() => go({ page: "settings", section: null })}
        >
          <Avatar id={me.id} name={nameOf(me)} picture={me.avatar} size={38} />
          <span class="visually-hidden">Settings</span>
        </button>
        <h1>Chats</h1>
        <IconButton name="search" label="Jump to a conversation" onClick={() => openDialog({ kind: "jump" })} />
        <IconButton
          name="write"
          label="New conversation"
          aria-haspopup="menu"
          onClick={(event) =>
            toggleMenu(event.currentTarget, {
              label: "New conversation",
              items: [
                {
                  label: "New chat",
                  icon: <Icon name="person" size={20} />,
                  run: () => openDialog({ kind: "newChat" }),
                },
                {
                  label: "New group",
                  icon: <Icon name="people" size={20} />,
                  run: () => openDialog({ kind: "newGroup" }),
                },
                { label: "Notes to self", icon: <Icon name="edit" size={20} />, run: () => void notes() },
              ],
            })
          }
        />
      </header>
      <SearchField label="Search chats and messages" value={wanted} onValue={setWanted} />
      {wanted.trim() === "" ? (
        <>
          <NotificationBar />
          <ConversationList />
        </>
      ) : (
        <SearchResults wanted={wanted.trim()} onPicked={() => setWanted("")} />
      )}
    </nav>
  );
}

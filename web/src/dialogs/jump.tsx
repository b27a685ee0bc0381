/** Ctrl+K: to any conversation by a few letters of its name. */
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useId, useState } from "preact/hooks";
import type { ConversationItem } from "../../../client/index.ts";
import { titleOf } from "../conversations.ts";
import { meridian, myId, useObservable } from "../meridian.ts";
import { closeDialog, openDialog } from "../state/dialogs.ts";
import { chat, go } from "../state/route.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon, type IconName } from "../ui/icons.tsx";
import { matches } from "../words/search.ts";
import "./jump.css";

const MOST = 8;

interface Target {
  readonly key: string;
  readonly title: string;
  readonly item: ConversationItem | null;
  readonly icon: IconName;
  readonly go: () => void;
}

const COMMANDS: readonly Target[] = [
  { key: "chat", title: "New chat", item: null, icon: "person", go: () => openDialog({ kind: "newChat" }) },
  { key: "group", title: "New group", item: null, icon: "people", go: () => openDialog({ kind: "newGroup" }) },
  {
    key: "settings",
    title: "Settings",
    item: null,
    icon: "settings",
    go: () => go({ page: "settings", section: "profile" }),
  },
];

export function Jump(): JSX.Element {
  const id = useId();
  const { items } = useObservable(meridian.conversations);
  const [wanted, setWanted] = useState("");
  const [active, setActive] = useState(0);
  const targets = targetsFor(items, wanted);
  const chosen = targets[Math.min(active, targets.length - 1)];

  const choose = (target: Target): void => {
    closeDialog();
    target.go();
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>): void => {
    const count = Math.max(1, targets.length);
    if (event.key === "ArrowDown") setActive((active + 1) % count);
    else if (event.key === "ArrowUp") setActive((active + count - 1) % count);
    else if (event.key === "Enter" && chosen !== undefined) choose(chosen);
    else return;
    event.preventDefault();
  };

  return (
    <Dialog title="Jump to a conversation" bare class="jump">
      <div class="search">
        <Icon name="search" size={18} />
        <input
          ref={focusOnce}
          class="input"
          type="text"
          role="combobox"
          placeholder="Jump to…"
          aria-label="Jump to a conversation"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={chosen === undefined ? undefined : `${id}-${chosen.key}`}
          autocomplete="off"
          spellcheck={false}
          value={wanted}
          onInput={(event) => {
            setWanted(event.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div id={`${id}-list`} class="dialog-list scroll" role="listbox" aria-label="Conversations">
        {targets.map((target) => (
          <div
            key={target.key}
            id={`${id}-${target.key}`}
            class="row pick"
            role="option"
            aria-selected={target === chosen}
            onClick={() => choose(target)}
          >
            <Face target={target} />
            <span class="grow clip">{target.title}</span>
            {target.item !== null && target.item.unread > 0 && <span class="badge">{target.item.unread}</span>}
          </div>
        ))}
      </div>
      {targets.length === 0 && <p class="jump-none">Nothing by that name</p>}
    </Dialog>
  );
}

function Face({ target: { item, icon, title } }: { target: Target }): JSX.Element {
  if (item !== null) return <Avatar id={item.peer?.id ?? item.id} name={title} picture={item.avatar} size={36} />;
  return (
    <span class="jump-icon">
      <Icon name={icon} size={20} />
    </span>
  );
}

function targetsFor(items: readonly ConversationItem[], wanted: string): readonly Target[] {
  const mine = myId();
  const conversations = items
    .map((item): Target => {
      const title = titleOf(item, item.peer !== null && item.peer.id === mine);
      return { key: item.id, title, item, icon: "person", go: () => go(chat(item.id)) };
    })
    .filter(({ title, item }) => matches(`${title} ${item?.peer?.handle ?? ""}`, wanted))
    .slice(0, MOST);
  return [...conversations, ...COMMANDS.filter(({ title }) => matches(title, wanted))];
}

function focusOnce(element: HTMLInputElement | null): void {
  element?.focus({ preventScroll: true });
}

/** Who is in a group, and what its admins can do about it. */
import type { JSX } from "preact";
import type { ConversationItem, Member, Role } from "../../../client/index.ts";
import { meridian, useMe } from "../meridian.ts";
import { nameOf, useName, usePresence, useProfile } from "../people.ts";
import { ask, openDialog } from "../state/dialogs.ts";
import { type MenuItem, toggleMenu } from "../state/menu.ts";
import { chat, go } from "../state/route.ts";
import { trying } from "../state/toasts.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Icon, IconButton } from "../ui/icons.tsx";
import { wordsFor } from "../words/errors.ts";
import { useMembers } from "./use-members.ts";

export function MemberList({ item, role }: { item: ConversationItem; role: Role }): JSX.Element {
  const { members, error, reload } = useMembers(item);
  return (
    <div class="info-part">
      <h3 id="members">Members</h3>
      {role === "admin" && (
        <button type="button" class="row" onClick={() => openDialog({ kind: "addMembers", conversation: item.id })}>
          <span class="info-add">
            <Icon name="personPlus" size={20} />
          </span>
          <span class="grow">Add members</span>
        </button>
      )}
      {members === null && error !== null && <p class="info-note">{wordsFor(error)}</p>}
      <ul aria-labelledby="members">
        {members?.map((member) => (
          <MemberRow key={member.user} item={item} member={member} isAdmin={role === "admin"} changed={reload} />
        ))}
      </ul>
    </div>
  );
}

interface MemberRowProps {
  readonly item: ConversationItem;
  readonly member: Member;
  /** Whether the user is an admin. */
  readonly isAdmin: boolean;
  readonly changed: () => void;
}

function MemberRow({ item, member, isAdmin, changed }: MemberRowProps): JSX.Element {
  const me = useMe();
  const name = useName(member.user);
  const profile = useProfile(member.user);
  const { state } = usePresence(member.user);
  const isMe = me?.id === member.user;
  const called = profile === null ? name : nameOf(profile);
  return (
    <li class="row">
      <Avatar id={member.user} name={called} picture={profile?.avatar} size={40} online={!isMe && state === "online"} />
      <span class="grow">
        <b class="clip">{name}</b>
        <small class="clip">{profile === null ? "" : `@${profile.handle}`}</small>
      </span>
      {member.role === "admin" && <span class="tag">Admin</span>}
      {!isMe && (
        <IconButton
          name="dots"
          label={`Actions for ${called}`}
          size={20}
          aria-haspopup="menu"
          onClick={(event) =>
            toggleMenu(event.currentTarget, {
              label: `Actions for ${called}`,
              items: memberActions(item, member, called, isAdmin, changed),
            })
          }
        />
      )}
    </li>
  );
}

function memberActions(
  item: ConversationItem,
  { user, role }: Member,
  name: string,
  isAdmin: boolean,
  changed: () => void,
): MenuItem[] {
  const change = (work: () => Promise<unknown>): void => void trying(work).then((done) => done && changed());
  const items: MenuItem[] = [
    {
      label: "Write a message",
      icon: <Icon name="write" size={20} />,
      run: () => void trying(async () => go(chat(await meridian.createDirect({ user })))),
    },
  ];
  if (!isAdmin) return items;
  const other: Role = role === "admin" ? "member" : "admin";
  items.push({
    label: other === "admin" ? "Make admin" : "Remove as admin",
    icon: <Icon name="person" size={20} />,
    run: () => change(() => meridian.setRole(item.id, user, other)),
  });
  items.push({
    label: "Remove from group",
    icon: <Icon name="trash" size={20} />,
    danger: true,
    run: () =>
      ask(`Remove ${name}?`, `${name} will not get messages of “${item.title}” any more.`, [
        { label: "Remove", danger: true, run: () => change(() => meridian.removeMember(item.id, user)) },
      ]),
  });
  return items;
}

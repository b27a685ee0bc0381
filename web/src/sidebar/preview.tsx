/** The second line of a conversation: who types, what waits unsent, or what was said last. */
import type { JSX } from "preact";
import type { ConversationItem, LastMessage, Media, UserId } from "../../../client/index.ts";
import { Ticks } from "../chat/ticks.tsx";
import { FileIcon } from "../media/file-icon.tsx";
import { kindOf, mediaWords } from "../media/words.ts";
import { NOT_KNOWN_YET, useName } from "../people.ts";

export function Preview({ item }: { item: ConversationItem }): JSX.Element {
  const [typist] = item.typing;
  if (typist !== undefined) {
    return (
      <span class="preview typing clip">
        {item.kind === "group" ? <GroupTyping user={typist} count={item.typing.length} /> : "typing…"}
      </span>
    );
  }
  if (item.draft.trim() !== "") {
    return (
      <span class="preview clip">
        <span class="preview-draft">Draft:</span> {item.draft}
      </span>
    );
  }
  if (item.role === null && item.kind === "group") return <span class="preview clip">You left the group</span>;
  if (item.last === null) {
    return <span class="preview clip">{item.kind === "group" ? "New group" : "No messages yet"}</span>;
  }
  return <Said last={item.last} isGroup={item.kind === "group"} />;
}

function Said({ last, isGroup }: { last: LastMessage; isGroup: boolean }): JSX.Element {
  return (
    <span class="preview">
      {last.status !== null && <Ticks status={last.status} />}
      <span class="clip">
        {isGroup && <Speaker user={last.sender} />}
        <LastText last={last} />
      </span>
    </span>
  );
}

function Speaker({ user }: { user: UserId }): JSX.Element | null {
  const name = useName(user);
  return name === NOT_KNOWN_YET ? null : <span class="preview-speaker">{name}: </span>;
}

function LastText({ last }: { last: LastMessage }): JSX.Element {
  if (last.deleted) return <i>Message deleted</i>;
  if (last.unreadable) return <i>A message this device cannot read</i>;
  if (last.text !== "") {
    return (
      <>
        <FilesIcon media={last.media} />
        {last.text}
      </>
    );
  }
  return (
    <span class="preview-file">
      <FilesIcon media={last.media} />
      {mediaWords(last.media)}
    </span>
  );
}

function FilesIcon({ media: [first] }: { media: readonly Media[] }): JSX.Element | null {
  return first === undefined ? null : (
    <span class="preview-icon">
      <FileIcon kind={kindOf(first)} size={15} />
    </span>
  );
}

function GroupTyping({ user, count }: { user: UserId; count: number }): JSX.Element {
  const name = useName(user);
  return <>{count > 1 ? `${name} and ${count - 1} more are typing…` : `${name} is typing…`}</>;
}

/** Files of a message: what can be seen first, then what can be heard, then the rest. */
import type { JSX } from "preact";
import type { ConversationId, Media } from "../../../client/index.ts";
import { FileCard } from "../media/file-card.tsx";
import { Film } from "../media/film.tsx";
import { Pictures } from "../media/pictures.tsx";
import { Sound } from "../media/sound.tsx";
import { kindOf } from "../media/words.ts";
import "../media/tray.css";
import "../media/attachments.css";

interface AttachmentsProps {
  readonly media: readonly Media[];
  readonly conversation: ConversationId;
  /** Key of the message. */
  readonly message: string;
  readonly tab: 0 | -1;
}

export function Attachments({ media, conversation, message, tab }: AttachmentsProps): JSX.Element {
  const pictures = media.filter(isPicture);
  const films = media.filter((file) => isSeen(file) && !isPicture(file));
  const rest = media.filter((file) => !isSeen(file));
  return (
    <div class="attachments">
      {pictures.length > 0 && <Pictures media={pictures} conversation={conversation} message={message} tab={tab} />}
      {films.map((file) => (
        <Film key={file.id} media={file} conversation={conversation} tab={tab} />
      ))}
      {rest.map((file) => {
        const kind = kindOf(file);
        const isHeard = kind === "audio" || kind === "voice";
        const Shown = isHeard ? Sound : FileCard;
        return <Shown key={file.id} media={file} conversation={conversation} tab={tab} />;
      })}
    </div>
  );
}

export function isPicture(media: Media): boolean {
  return kindOf(media) === "image";
}

/** True for pictures and films. */
export function isSeen(media: Media): boolean {
  const kind = kindOf(media);
  return kind === "image" || kind === "video";
}

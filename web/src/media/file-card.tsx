/** A file that is neither seen nor heard within a message. */
import type { JSX } from "preact";
import type { ConversationId, Media } from "../../../client/index.ts";
import { Icon } from "../ui/icons.tsx";
import { download } from "./download.ts";
import { FileIcon } from "./file-icon.tsx";
import { kindOf, sizeOf } from "./words.ts";

interface FileCardProps {
  readonly media: Media;
  readonly conversation: ConversationId;
  readonly tab: 0 | -1;
}

export function FileCard({ media, conversation, tab }: FileCardProps): JSX.Element {
  return (
    <button
      type="button"
      class="file-card"
      title={media.name}
      aria-label={`Download ${media.name}, ${sizeOf(media.size)}`}
      tabIndex={tab}
      onClick={() => void download(conversation, media)}
    >
      <span class="file-face">
        <FileIcon kind={kindOf(media)} />
      </span>
      <span class="file-lines">
        <b class="clip">{media.name}</b>
        <small>{sizeOf(media.size)}</small>
      </span>
      <Icon name="download" size={20} />
    </button>
  );
}

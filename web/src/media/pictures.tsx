/** Pictures within a message: one as it is, several as a grid. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { ConversationId, Media } from "../../../client/index.ts";
import { Icon } from "../ui/icons.tsx";
import { sizeStyle } from "./box.ts";
import { FileCard } from "./file-card.tsx";
import { useFile, useNear } from "./use-file.ts";
import { viewed } from "./viewer-state.ts";
import { sizeOf } from "./words.ts";

/** Larger ones are fetched only when they are asked for. */
const AUTOMATIC_BYTES = 16 * 1024 * 1024;
/** Cells of a grid; what is more is behind the last. */
const MOST_CELLS = 4;

interface PicturesProps {
  readonly media: readonly Media[];
  readonly conversation: ConversationId;
  /** Key of the message. */
  readonly message: string;
  readonly tab: 0 | -1;
}

export function Pictures({ media, ...place }: PicturesProps): JSX.Element {
  const [only] = media;
  if (only !== undefined && media.length === 1) return <Picture media={only} {...place} cell={false} more={0} />;
  const shown = media.slice(0, MOST_CELLS);
  return (
    <div
      class={shown.length === 3 ? "photo-grid three" : "photo-grid"}
      role="group"
      aria-label={`${media.length} photos`}
    >
      {shown.map((one, index) => (
        <Picture
          key={one.id}
          media={one}
          {...place}
          cell
          more={index === MOST_CELLS - 1 ? media.length - MOST_CELLS : 0}
        />
      ))}
    </div>
  );
}

interface PictureProps extends Omit<PicturesProps, "media"> {
  readonly media: Media;
  /** In a grid its place decides its size. */
  readonly cell: boolean;
  /** How many are not shown. */
  readonly more: number;
}

function Picture({ media, conversation, message, tab, cell, more }: PictureProps): JSX.Element {
  const element = useRef<HTMLButtonElement>(null);
  const near = useNear(element);
  const [asked, setAsked] = useState(false);
  const [loaded, setLoaded] = useState(false);
  const [broken, setBroken] = useState(false);
  const isLarge = media.size > AUTOMATIC_BYTES && !asked;
  const { url, error, retry } = useFile(conversation, media, near && !isLarge);
  if (broken) return <FileCard media={media} conversation={conversation} tab={tab} />;

  const press = (): void => {
    if (error !== null) retry();
    else if (isLarge) setAsked(true);
    else viewed.value = { conversation, message, media: media.id };
  };
  return (
    <button
      ref={element}
      type="button"
      class="photo"
      style={cell ? undefined : sizeStyle(media)}
      aria-label={labelOf(media, { failed: error !== null, isLarge, more })}
      tabIndex={tab}
      onClick={press}
    >
      {media.thumbnail !== undefined && !loaded && <img class="photo-thumb" src={media.thumbnail} alt="" />}
      {url !== null && (
        <img
          class="photo-full"
          src={url}
          alt=""
          decoding="async"
          draggable={false}
          onLoad={() => setLoaded(true)}
          onError={() => setBroken(true)}
        />
      )}
      {error !== null && <Note icon="retry" text="Try again" />}
      {isLarge && error === null && <Note icon="download" text={sizeOf(media.size)} />}
      {more > 0 && <span class="photo-more">+{more}</span>}
    </button>
  );
}

function Note({ icon, text }: { icon: "retry" | "download"; text: string }): JSX.Element {
  return (
    <span class="photo-note">
      <Icon name={icon} size={18} />
      {text}
    </span>
  );
}

function labelOf({ name, size }: Media, how: { failed: boolean; isLarge: boolean; more: number }): string {
  if (how.failed) return `Photo ${name} could not be loaded. Try again`;
  if (how.isLarge) return `Load photo ${name}, ${sizeOf(size)}`;
  return how.more > 0 ? `Photo ${name} and ${how.more} more` : `Photo ${name}`;
}

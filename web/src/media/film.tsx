/** A film within a message: its first picture, and the browser's own player once it is wanted. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ConversationId, Media } from "../../../client/index.ts";
import { sayError } from "../state/toasts.ts";
import { Icon } from "../ui/icons.tsx";
import { sizeStyle } from "./box.ts";
import { files } from "./files.ts";
import { playAlone, stopPlaying } from "./play-one.ts";
import { lengthOf, sizeOf } from "./words.ts";

interface FilmProps {
  readonly media: Media;
  readonly conversation: ConversationId;
  readonly tab: 0 | -1;
}

export function Film({ media, conversation, tab }: FilmProps): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  const [src, setSrc] = useState<string | null>(null);
  const [waits, setWaits] = useState(false);
  const renewed = useRef(false);

  useEffect(() => {
    const element = video.current;
    if (src === null || element === null) return;
    element.focus({ preventScroll: true });
    return () => stopPlaying(element);
  }, [src === null]);

  /** Parts are read as they are needed: the link is asked for anew where it ended meanwhile. */
  const begin = async (): Promise<void> => {
    setWaits(true);
    try {
      setSrc(await files.link(conversation, media));
    } catch (error) {
      setSrc(null);
      sayError(error);
    } finally {
      setWaits(false);
    }
  };
  const onError = (): void => {
    const at = video.current?.currentTime ?? 0;
    if (renewed.current) {
      setSrc(null);
      sayError(new Error("It cannot be played."));
      return;
    }
    renewed.current = true;
    void begin().then(() => {
      if (video.current !== null) video.current.currentTime = at;
    });
  };

  const style = sizeStyle(media);
  if (src === null) {
    const length = media.durationMs === undefined ? sizeOf(media.size) : lengthOf(media.durationMs / 1_000);
    return (
      <button
        type="button"
        class="photo film"
        style={style}
        aria-label={`Play video ${media.name}, ${length}`}
        aria-busy={waits}
        tabIndex={tab}
        onClick={() => void begin()}
      >
        {media.thumbnail !== undefined && <img class="photo-full" src={media.thumbnail} alt="" />}
        <span class="film-play">{waits ? <span class="spinner" /> : <Icon name="play" size={28} />}</span>
        <span class="film-length">{length}</span>
      </button>
    );
  }
  return (
    <video
      ref={video}
      class="photo film"
      style={style}
      src={src}
      aria-label={media.name}
      controls
      autoPlay
      playsInline
      {...(media.thumbnail === undefined ? {} : { poster: media.thumbnail })}
      onPlay={({ currentTarget }) => playAlone(currentTarget)}
      onPlaying={() => (renewed.current = false)}
      onError={onError}
    />
  );
}

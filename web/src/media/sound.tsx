/** Sound within a message. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ConversationId, Media } from "../../../client/index.ts";
import { AudioPlayer } from "./audio-player.tsx";
import { files } from "./files.ts";
import { lease, type Lease } from "./object-urls.ts";
import { kindOf } from "./words.ts";

/** Up to here it is fetched whole, checked and kept, and can be heard again without a network. */
const KEPT_BYTES = 16 * 1024 * 1024;

interface SoundProps {
  readonly media: Media;
  readonly conversation: ConversationId;
  readonly tab: 0 | -1;
}

export function Sound({ media, conversation, tab }: SoundProps): JSX.Element {
  const leased = useRef<Lease | null>(null);
  useEffect(
    () => () => {
      leased.current?.release();
    },
    [],
  );
  const source = (): Promise<string> => {
    if (media.size > KEPT_BYTES) return files.link(conversation, media);
    leased.current?.release();
    leased.current = lease(conversation, media);
    return leased.current.url;
  };
  const isVoice = kindOf(media) === "voice";
  return (
    <div class="sound">
      {!isVoice && <b class="clip">{media.name}</b>}
      <AudioPlayer
        source={source}
        label={isVoice ? "Voice message" : media.name}
        durationMs={media.durationMs}
        tab={tab}
      />
    </div>
  );
}

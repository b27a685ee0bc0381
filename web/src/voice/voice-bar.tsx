/** In the composer's place while a voice message is made. */
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ConversationId } from "../../../client/index.ts";
import { focusComposer } from "../chat/focus-composer.ts";
import { AudioPlayer } from "../media/audio-player.tsx";
import type { Caption } from "../media/batches.ts";
import { lengthOf } from "../media/words.ts";
import { trying } from "../state/toasts.ts";
import { Icon, IconButton } from "../ui/icons.tsx";
import { Meter } from "./meter.tsx";
import { MAX_VOICE_MS, type Recorded, type Recorder } from "./recorder.ts";
import { dropVoice, sendVoice, stopVoice, type Voice } from "./state.ts";
import "./voice.css";

const TICK_MS = 250;
/** From here on it is worth saying how much is left. */
const WARN_LEFT_MS = 60_000;

/** What has the focus when a phase begins. */
const FOCUS: Record<Voice["phase"], string> = {
  asking: ".icon-button",
  recording: ".voice-stop",
  review: ".audio-button",
};

interface VoiceBarProps {
  readonly conversation: ConversationId;
  readonly voice: Voice;
  /** What the message says beside the sound. */
  readonly caption: () => Caption;
  readonly onSent: () => void;
}

export function VoiceBar({ conversation, voice, caption, onSent }: VoiceBarProps): JSX.Element {
  const bar = useRef<HTMLDivElement>(null);
  // What had the focus has gone with the composer, or with what came before.
  useEffect(() => {
    bar.current?.querySelector<HTMLElement>(FOCUS[voice.phase])?.focus({ preventScroll: true });
  }, [voice.phase]);
  // Who leaves the conversation does not go on being recorded.
  useEffect(() => () => stopVoice(conversation), []);

  const send = async (): Promise<void> => {
    const said = caption();
    if (!(await trying(() => sendVoice(conversation, said)))) return;
    onSent();
    focusComposer();
  };
  const drop = (): void => {
    dropVoice(conversation);
    focusComposer();
  };

  return (
    <div
      ref={bar}
      class="composer-line voice-bar"
      role="group"
      aria-label="Voice message"
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        // It may have taken minutes: Escape ends it, and only the bin throws it away.
        event.preventDefault();
        if (voice.phase === "review") focusComposer();
        else stopVoice(conversation);
      }}
    >
      <div class="composer-box voice-box">
        <IconButton name="trash" label={voice.phase === "review" ? "Delete recording" : "Cancel"} onClick={drop} />
        {voice.phase === "asking" && <span class="voice-asking">Waiting for the microphone…</span>}
        {voice.phase === "recording" && <Running recorder={voice.recorder} />}
        {voice.phase === "review" && <Review recorded={voice.recorded} />}
        {voice.phase === "recording" && (
          <IconButton name="stop" label="Stop and listen" class="voice-stop" onClick={() => stopVoice(conversation)} />
        )}
      </div>
      <button
        type="button"
        class="composer-send"
        aria-label="Send voice message"
        disabled={voice.phase === "asking"}
        onClick={() => void send()}
      >
        <Icon name="send" />
      </button>
    </div>
  );
}

function Running({ recorder }: { recorder: Recorder }): JSX.Element {
  const [elapsed, setElapsed] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setElapsed(recorder.elapsedMs), TICK_MS);
    return () => clearInterval(timer);
  }, [recorder]);
  const left = MAX_VOICE_MS - elapsed;
  return (
    <>
      <span class="voice-light" aria-hidden="true" />
      <span class="voice-time" role="timer" aria-label="Recorded">
        {lengthOf(elapsed / 1_000)}
      </span>
      <Meter recorder={recorder} />
      {left < WARN_LEFT_MS && (
        <span class="voice-left" role="status">
          Less than a minute left
        </span>
      )}
    </>
  );
}

function Review({ recorded }: { recorded: Recorded }): JSX.Element {
  const url = useMemo(() => URL.createObjectURL(recorded.blob), [recorded]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return <AudioPlayer source={url} label="Recording" durationMs={recorded.durationMs} />;
}

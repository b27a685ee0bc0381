/** Sound with a button, a line to move along, and how long it is. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { sayError } from "../state/toasts.ts";
import { Icon } from "../ui/icons.tsx";
import { playAlone, stopPlaying } from "./play-one.ts";
import { lengthOf, lengthWords } from "./words.ts";
import "./audio-player.css";

interface AudioPlayerProps {
  /** An address, or what fetches one: asked when it is first played, and once more where the address died. */
  readonly source: string | (() => Promise<string>);
  /** What a screen reader calls it, such as "Voice message". */
  readonly label: string;
  /** How long it is, where that is known before it is fetched. */
  readonly durationMs?: number | undefined;
  /** Whether Tab reaches it. */
  readonly tab?: 0 | -1;
}

export function AudioPlayer({ source, label, durationMs, tab = 0 }: AudioPlayerProps): JSX.Element {
  const audio = useRef<HTMLAudioElement>(null);
  const [status, setStatus] = useState<"idle" | "loading" | "playing">("idle");
  const [at, setAt] = useState(0);
  const [measured, setMeasured] = useState<number | null>(null);
  const fresh = useRef(false);
  // What a recorder made names no length of its own, and what the message names may be missing.
  const length = durationMs === undefined ? (measured ?? 0) : durationMs / 1_000;

  useEffect(() => {
    const element = audio.current;
    return () => {
      if (element !== null) stopPlaying(element);
    };
  }, []);

  const play = async (from: number): Promise<void> => {
    const element = audio.current;
    if (element === null) return;
    setStatus("loading");
    try {
      if (element.src === "") {
        fresh.current = true;
        element.src = typeof source === "string" ? source : await source();
      }
      if (from > 0 && Math.abs(element.currentTime - from) > 0.2) element.currentTime = from;
      playAlone(element);
      await element.play();
    } catch (error) {
      // An address that died while nobody listened: asked for once more.
      if (!fresh.current && typeof source === "function" && element.error !== null) {
        element.removeAttribute("src");
        return play(from);
      }
      setStatus("idle");
      // Stopped before it began is what was wanted.
      if (!(error instanceof DOMException && error.name === "AbortError")) sayError(error);
      if (element.error !== null) element.removeAttribute("src");
    }
  };

  const seek = (to: number): void => {
    setAt(to);
    const element = audio.current;
    if (element !== null && element.src !== "") element.currentTime = to;
  };

  return (
    <div class="audio-player" role="group" aria-label={label}>
      <button
        type="button"
        class="audio-button"
        aria-label={status === "playing" ? "Pause" : "Play"}
        aria-busy={status === "loading"}
        tabIndex={tab}
        onClick={() => (status === "idle" ? void play(at) : audio.current?.pause())}
      >
        {status === "loading" ? <span class="spinner" /> : <Icon name={status === "playing" ? "pause" : "play"} />}
      </button>
      <input
        class="audio-line"
        type="range"
        min={0}
        max={Math.max(length, 0.1)}
        step={0.1}
        value={Math.min(at, length)}
        aria-label="Position"
        aria-valuetext={`${lengthWords(at)} of ${lengthWords(length)}`}
        tabIndex={tab}
        onInput={({ currentTarget }) => seek(Number(currentTarget.value))}
      />
      <span class="audio-time">{lengthOf(status === "idle" && at === 0 ? length : at)}</span>
      <audio
        ref={audio}
        preload="none"
        onPlaying={() => {
          fresh.current = false;
          setStatus("playing");
        }}
        onPause={() => setStatus("idle")}
        onError={({ currentTarget }) => {
          // The address ended in the middle: the next press asks for another and goes on from there.
          if (status === "playing") currentTarget.removeAttribute("src");
          setStatus("idle");
        }}
        onEnded={() => {
          setStatus("idle");
          seek(0);
        }}
        onTimeUpdate={({ currentTarget }) => setAt(currentTarget.currentTime)}
        onDurationChange={({ currentTarget: { duration } }) => Number.isFinite(duration) && setMeasured(duration)}
      />
    </div>
  );
}

/** Records what the microphone hears. */
import { chooseType, loudness } from "./words.ts";

/** The longest voice message. */
export const MAX_VOICE_MS = 15 * 60_000;
/** Speech needs no more; a quarter of an hour is then 3.6 MB. */
const BITS_PER_SECOND = 32_000;
/** So much at most is lost with a recorder that breaks. */
const SLICE_MS = 1_000;

export interface Recorded {
  readonly blob: Blob;
  readonly durationMs: number;
  /** It ended by itself: too long, or the microphone was taken away. */
  readonly cut: "no" | "length" | "microphone";
}

export function canRecord(): boolean {
  return typeof MediaRecorder !== "undefined" && "mediaDevices" in navigator;
}

export class Recorder {
  readonly #stream: MediaStream;
  readonly #recorder: MediaRecorder;
  readonly #context = new AudioContext();
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;
  readonly #chunks: Blob[] = [];
  readonly #startedAt = performance.now();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #done = Promise.withResolvers<Recorded>();
  #endedAt: number | null = null;

  /**
   * Asks for the microphone where that is not allowed yet, and begins.
   *
   * @throws DOMException of `getUserMedia`: see {@link whyNot}
   */
  static async start(): Promise<Recorder> {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
    try {
      return new Recorder(stream);
    } catch (error) {
      release(stream);
      throw error;
    }
  }

  private constructor(stream: MediaStream) {
    this.#stream = stream;
    const mimeType = chooseType((type) => MediaRecorder.isTypeSupported(type));
    this.#recorder = new MediaRecorder(stream, {
      audioBitsPerSecond: BITS_PER_SECOND,
      ...(mimeType === undefined ? {} : { mimeType }),
    });
    this.#analyser = new AnalyserNode(this.#context, { fftSize: 1_024 });
    this.#samples = new Float32Array(this.#analyser.fftSize);
    new MediaStreamAudioSourceNode(this.#context, { mediaStream: stream }).connect(this.#analyser);
    // The meter is not worth a recording that fails.
    this.#context.resume().catch(() => undefined);
    this.#recorder.addEventListener("dataavailable", ({ data }) => data.size > 0 && this.#chunks.push(data));
    this.#recorder.addEventListener("error", () => this.#end("microphone"));
    for (const track of stream.getTracks()) track.addEventListener("ended", () => this.#end("microphone"));
    this.#recorder.start(SLICE_MS);
    this.#timer = setTimeout(() => this.#end("length"), MAX_VOICE_MS);
  }

  get elapsedMs(): number {
    return Math.min(MAX_VOICE_MS, (this.#endedAt ?? performance.now()) - this.#startedAt);
  }

  /** How loud it is now, from 0 to 1. */
  level(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return loudness(this.#samples);
  }

  /** What was recorded, once it ended: by `stop()` or by itself. */
  get ended(): Promise<Recorded> {
    return this.#done.promise;
  }

  stop(): Promise<Recorded> {
    this.#end("no");
    return this.ended;
  }

  #end(cut: Recorded["cut"]): void {
    if (this.#endedAt !== null) return;
    this.#endedAt = performance.now();
    clearTimeout(this.#timer);
    const finish = (): void => {
      release(this.#stream);
      this.#context.close().catch(() => undefined);
      const blob = new Blob(this.#chunks, { type: this.#recorder.mimeType });
      this.#done.resolve({ blob, durationMs: Math.round(this.elapsedMs), cut });
    };
    if (this.#recorder.state === "inactive") finish();
    else {
      this.#recorder.addEventListener("stop", finish, { once: true });
      this.#recorder.stop();
    }
  }
}

/** The browser's sign that somebody listens goes out. */
function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** The voice message of each conversation that is being made: at most one of all is recorded at a time. */
import { signal } from "@preact/signals";
import type { Caption } from "../media/batches.ts";
import type { ConversationId } from "../../../client/index.ts";
import { sendFiles } from "../media/outgoing.ts";
import { VOICE_NAME } from "../media/words.ts";
import { announce } from "../state/announce.ts";
import { say, sayProblem } from "../state/toasts.ts";
import { Recorder, type Recorded } from "./recorder.ts";
import { extensionOf, plainType, whyNot } from "./words.ts";

export type Voice =
  /** The browser asks for the microphone. */
  | { readonly phase: "asking" }
  | { readonly phase: "recording"; readonly recorder: Recorder }
  | { readonly phase: "review"; readonly recorded: Recorded };

const voices = signal<ReadonlyMap<ConversationId, Voice>>(new Map());
/** Given up before the microphone was there. */
const abandoned = new Set<Voice>();

export function voiceOf(conversation: ConversationId): Voice | null {
  return voices.value.get(conversation) ?? null;
}

export function isAnyVoice(): boolean {
  return voices.value.size > 0;
}

export async function startVoice(conversation: ConversationId): Promise<void> {
  if (voiceOf(conversation) !== null) return;
  stopAll();
  const asking: Voice = { phase: "asking" };
  set(conversation, asking);
  try {
    const recorder = await Recorder.start();
    if (abandoned.delete(asking)) {
      await recorder.stop();
      return;
    }
    const voice: Voice = { phase: "recording", recorder };
    set(conversation, voice);
    announce("Recording");
    void recorder.ended.then((recorded) => {
      if (voiceOf(conversation) !== voice) return;
      set(conversation, { phase: "review", recorded });
      announce("Recording stopped");
      if (recorded.cut === "length") say("A voice message has at most 15 minutes.");
      if (recorded.cut === "microphone") say("The microphone was taken away. What was recorded is still there.");
    });
  } catch (error) {
    if (abandoned.delete(asking)) return;
    set(conversation, null);
    sayProblem(whyNot(error));
  }
}

/** Ends the recording; it can be listened to before it is sent. */
export function stopVoice(conversation: ConversationId): void {
  const voice = voiceOf(conversation);
  if (voice?.phase === "recording") void voice.recorder.stop();
  else if (voice?.phase === "asking") dropVoice(conversation);
}

/** Throws it away. */
export function dropVoice(conversation: ConversationId): void {
  const voice = voiceOf(conversation);
  if (voice === null) return;
  set(conversation, null);
  if (voice.phase === "asking") abandoned.add(voice);
  if (voice.phase === "recording") void voice.recorder.stop();
  announce("Voice message deleted");
}

/**
 * Sends what is recorded, ending the recording where it still runs.
 *
 * @throws MeridianError `storage` where it cannot be kept on the device: then it can still be listened to
 */
export async function sendVoice(conversation: ConversationId, caption: Caption): Promise<void> {
  const voice = voiceOf(conversation);
  if (voice === null || voice.phase === "asking") return;
  const recorded = voice.phase === "review" ? voice.recorded : await voice.recorder.stop();
  const { blob, durationMs } = recorded;
  const type = plainType(blob.type);
  set(conversation, null);
  try {
    const meta = { name: `${VOICE_NAME}.${extensionOf(type)}`, type, durationMs };
    await sendFiles(conversation, [{ file: blob, meta }], caption);
  } catch (error) {
    set(conversation, { phase: "review", recorded });
    throw error;
  }
}

/** One microphone, one recording: what ran elsewhere can be listened to there. */
function stopAll(): void {
  for (const conversation of voices.value.keys()) stopVoice(conversation);
}

function set(conversation: ConversationId, voice: Voice | null): void {
  const next = new Map(voices.value);
  if (voice === null) next.delete(conversation);
  else next.set(conversation, voice);
  voices.value = next;
}

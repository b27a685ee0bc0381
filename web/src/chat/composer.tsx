/** Where messages are written. */
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { MAX_TEXT_CHARS } from "../../../protocol/limits.ts";
import type { ConversationItem } from "../../../client/index.ts";
import { AttachButton } from "../media/attach-button.tsx";
import { filesOf } from "../media/drop-zone.tsx";
import { sendFiles } from "../media/outgoing.ts";
import { pick, pickedFor, takePicked } from "../media/picked.ts";
import { Tray } from "../media/tray.tsx";
import { meridian } from "../meridian.ts";
import { intentOf, setIntent } from "../state/compose.ts";
import { boxOf, closeMenu, menu } from "../state/menu.ts";
import { sayError } from "../state/toasts.ts";
import { Icon, IconButton } from "../ui/icons.tsx";
import { MicButton } from "../voice/mic-button.tsx";
import { canRecord } from "../voice/recorder.ts";
import { voiceOf } from "../voice/state.ts";
import { VoiceBar } from "../voice/voice-bar.tsx";
import { COMPOSER_ID, takeComposerWish } from "./focus-composer.ts";
import { IntentBar } from "./intent-bar.tsx";
import { MentionList } from "./mention-list.tsx";
import { isEditable, startEdit } from "./message-menu.tsx";
import { useDraft } from "./use-draft.ts";
import { useMentions } from "./use-mentions.ts";
import "./composer.css";

/** From here on it is worth saying how much is left. */
const WARN_LEFT = 300;
const hasMouse = matchMedia("(hover: hover)");

export function Composer({ item }: { item: ConversationItem }): JSX.Element {
  const { id } = item;
  const area = useRef<HTMLTextAreaElement>(null);
  const intent = intentOf(id);
  const [text, setText, handOver] = useDraft(item, intent);
  const mentions = useMentions(item, text, setText, area);
  const turn = useRef<Promise<unknown>>(Promise.resolve());
  const left = MAX_TEXT_CHARS - text.length;
  const picked = pickedFor(id);
  const withFiles = picked.length > 0 && intent?.kind !== "edit";
  const isReady = (text.trim() !== "" || withFiles) && left >= 0;
  const voice = voiceOf(id);
  const canSpeak = text === "" && !withFiles && intent?.kind !== "edit" && canRecord();

  useLayoutEffect(() => {
    const element = area.current;
    if (element === null) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  // Typing can begin at once; on a phone that would raise the keyboard over what is to be read.
  useEffect(() => {
    if (takeComposerWish() || hasMouse.matches) area.current?.focus({ preventScroll: true });
  }, []);

  const send = async (): Promise<void> => {
    const said = text.trim();
    if (!isReady) return;
    const files = withFiles ? takePicked(id) : [];
    const leaving = handOver();
    setIntent(id, null);
    meridian.setTyping(id, false);
    try {
      if (intent?.kind === "edit") {
        if (said !== intent.text) await meridian.edit(id, intent.message, said);
      } else {
        // Finding out who is meant takes a call: what is written meanwhile must not overtake this.
        const finding = turn.current.then(() => mentions.within(said));
        turn.current = finding;
        const named = await finding;
        const message = {
          ...(said === "" ? {} : { text: said }),
          ...(intent === null ? {} : { replyTo: intent.to.id }),
          ...(named.length === 0 ? {} : { mentions: named }),
        };
        if (files.length > 0) await sendFiles(id, files, message);
        else await meridian.send(id, { ...message, ...leaving.toOutbox() });
      }
    } catch (error) {
      sayError(error);
      if (intent?.kind === "edit") return;
      // Nothing that somebody wrote is thrown away.
      setText(said);
      setIntent(id, intent);
      pick(id, files);
    } finally {
      leaving.arrived();
    }
  };

  const editLast = (): boolean => {
    const { items } = meridian.timeline(id).current;
    const last = items.findLast((held) => held.type === "message" && held.own && !held.deleted);
    if (last?.type !== "message" || !isEditable(last)) return false;
    startEdit(id, last);
    return true;
  };

  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>): void => {
    // Within an input method, Enter and the arrows belong to it.
    if (event.isComposing || mentions.onKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      void send();
    } else if (event.key === "ArrowUp" && text === "" && intent === null) {
      if (editLast()) event.preventDefault();
    } else if (event.key === "Escape" && intent !== null) {
      event.preventDefault();
      setIntent(id, null);
    }
  };

  const insert = (emoji: string): void => {
    const element = area.current;
    const [from, to] = [element?.selectionStart ?? text.length, element?.selectionEnd ?? text.length];
    setText(text.slice(0, from) + emoji + text.slice(to));
    requestAnimationFrame(() => {
      element?.focus({ preventScroll: true });
      element?.setSelectionRange(from + emoji.length, from + emoji.length);
    });
  };

  return (
    <div class="composer">
      {mentions.found.length > 0 && <MentionList {...mentions} />}
      {intent !== null && <IntentBar intent={intent} onClose={() => setIntent(id, null)} />}
      <Tray conversation={id} />
      {voice !== null ? (
        <VoiceBar
          conversation={id}
          voice={voice}
          caption={() => (intent?.kind === "reply" ? { replyTo: intent.to.id } : {})}
          onSent={() => setIntent(id, null)}
        />
      ) : (
        <form
          class="composer-line"
          onSubmit={(event) => {
            event.preventDefault();
            void send();
            area.current?.focus({ preventScroll: true });
          }}
        >
          <div class="composer-box">
            <IconButton
              name="smile"
              label="Emoji"
              aria-haspopup="dialog"
              onClick={({ currentTarget }) => {
                if (menu.value?.from === currentTarget) closeMenu();
                else
                  menu.value = {
                    kind: "emoji",
                    at: boxOf(currentTarget),
                    from: currentTarget,
                    label: "Emoji",
                    pick: insert,
                  };
              }}
            />
            {intent?.kind !== "edit" && <AttachButton conversation={id} />}
            <textarea
              ref={area}
              id={COMPOSER_ID}
              class="composer-text scroll"
              rows={1}
              dir="auto"
              aria-label="Message"
              placeholder="Message"
              value={text}
              aria-autocomplete={mentions.isPossible ? "list" : undefined}
              aria-controls={mentions.found.length > 0 ? mentions.listId : undefined}
              aria-activedescendant={mentions.activeId}
              onInput={(event) => {
                const { value } = event.currentTarget;
                setText(value);
                meridian.setTyping(id, value !== "");
              }}
              onKeyDown={onKeyDown}
              onPaste={(event) => {
                const pasted = filesOf(event.clipboardData);
                if (pasted.length === 0) return;
                event.preventDefault();
                pick(id, pasted);
              }}
              onSelect={mentions.onSelect}
            />
            {left < WARN_LEFT && (
              <span class={left < 0 ? "composer-left over" : "composer-left"} role="status">
                {left}
                <span class="visually-hidden"> characters left</span>
              </span>
            )}
          </div>
          {canSpeak ? (
            <MicButton conversation={id} />
          ) : (
            <button
              type="submit"
              class="composer-send"
              aria-label={intent?.kind === "edit" ? "Save edit" : "Send"}
              disabled={!isReady}
            >
              <Icon name={intent?.kind === "edit" ? "check" : "send"} />
            </button>
          )}
        </form>
      )}
    </div>
  );
}

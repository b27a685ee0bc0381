/** The text of a composer: kept on the device while it is a draft, put aside while a message is edited. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ConversationItem } from "../../../client/index.ts";
import { meridian } from "../meridian.ts";
import type { Intent } from "../state/compose.ts";

const KEEP_MS = 400;

export function useDraft(item: ConversationItem, intent: Intent | null): [string, (text: string) => void] {
  const [text, setText] = useState(item.draft);
  const { id } = item;
  const editing = intent?.kind === "edit" ? intent : null;
  const aside = useRef("");
  const wasEditing = useRef<string | null>(null);
  const unkept = useRef<string | null>(null);

  // Taking up an edit puts the draft aside, ending it brings the draft back.
  useEffect(() => {
    const before = wasEditing.current;
    wasEditing.current = editing?.message ?? null;
    if (before === wasEditing.current) return;
    if (editing === null) setText(aside.current);
    else {
      if (before === null) aside.current = text;
      setText(editing.text);
    }
  }, [editing?.message]);

  const keep = (): void => {
    const draft = unkept.current;
    unkept.current = null;
    // A draft that cannot be kept is still in the composer.
    if (draft !== null) meridian.setDraft(id, draft).catch(() => undefined);
  };

  useEffect(() => {
    if (unkept.current === null) return;
    const timer = setTimeout(keep, KEEP_MS);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    addEventListener("pagehide", keep);
    return () => {
      removeEventListener("pagehide", keep);
      keep();
    };
  }, []);

  const change = (next: string): void => {
    setText(next);
    if (editing === null) {
      unkept.current = next;
      // What was sent must not come back as a draft, whatever happens next.
      if (next === "") keep();
    } else if (next === "") {
      // The edit is done: what was put aside comes back.
      setText("");
    }
  };
  return [text, change];
}

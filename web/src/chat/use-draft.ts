/** The text of a composer: kept on the device while it is a draft, put aside while a message is edited. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ConversationItem } from "../../../client/index.ts";
import { meridian } from "../meridian.ts";
import type { Intent } from "../state/compose.ts";

const KEEP_MS = 400;

/**
 * @returns the text; a way to change it; and one to empty the composer for a message that is on its way into the
 *   outbox: what that returns is to be called once the message is there, until then it is still kept as a draft
 */
export function useDraft(
  item: ConversationItem,
  intent: Intent | null,
): [text: string, change: (text: string) => void, handOver: () => () => void] {
  const [text, setText] = useState(item.draft);
  const { id } = item;
  const editing = intent?.kind === "edit" ? intent : null;
  /** The draft as it is now, whether it is shown or put aside. */
  const newest = useRef(text);
  const aside = useRef("");
  const wasEditing = useRef<string | null>(null);
  const unkept = useRef<string | null>(null);
  /** Texts that are not in the outbox yet, oldest first. */
  const leaving = useRef<readonly { readonly text: string }[]>([]);

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
    const written = unkept.current;
    unkept.current = null;
    const draft = written === null ? null : [...leaving.current.map((one) => one.text), written].join("\n").trimEnd();
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
      newest.current = next;
      unkept.current = next;
      // What was sent must not come back as a draft, whatever happens next.
      if (next === "") keep();
    } else if (next === "") {
      // The edit is done: what was put aside comes back.
      setText("");
    }
  };

  const handOver = (): (() => void) => {
    if (editing !== null) {
      setText("");
      return () => undefined;
    }
    const one = { text };
    leaving.current = [...leaving.current, one];
    setText("");
    newest.current = "";
    unkept.current = "";
    return () => {
      leaving.current = leaving.current.filter((other) => other !== one);
      // What was sent must not come back as a draft, whatever happens next.
      unkept.current ??= newest.current;
      keep();
    };
  };
  return [text, change, handOver];
}

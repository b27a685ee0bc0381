/** The text of a composer: kept on the device while it is a draft, put aside while a message is edited. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ConversationItem } from "../../../client/index.ts";
import { meridian } from "../meridian.ts";
import type { Intent } from "../state/compose.ts";

const KEEP_MS = 400;

/** A text that left the composer and is still kept as a draft. */
export interface Leaving {
  /**
   * To be called as the text goes to the outbox, which stores what this returns, the draft without it, together with
   * the message.
   */
  toOutbox(): { readonly draft?: string };
  /** To be called once the outbox has it or has refused it. */
  arrived(): void;
}

/** @returns the text; a way to change it; and one to empty the composer for a message that is on its way */
export function useDraft(
  item: ConversationItem,
  intent: Intent | null,
): [text: string, change: (text: string) => void, handOver: () => Leaving] {
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
  /** Texts that the outbox is storing. */
  const storing = useRef(0);

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

  const draftWith = (written: string): string =>
    [...leaving.current.map((one) => one.text), written].join("\n").trimEnd();

  const keep = (): void => {
    const written = unkept.current;
    // Until the outbox has what it is storing, that is neither to come back as a draft nor to be left out of it.
    if (written === null || storing.current > 0) return;
    unkept.current = null;
    // A draft that cannot be kept is still in the composer.
    meridian.setDraft(id, draftWith(written)).catch(() => undefined);
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

  const handOver = (): Leaving => {
    if (editing !== null) {
      setText("");
      return { toOutbox: () => ({}), arrived: () => undefined };
    }
    const one = { text };
    let isStoring = false;
    leaving.current = [...leaving.current, one];
    setText("");
    newest.current = "";
    unkept.current = "";
    const leave = (): void => void (leaving.current = leaving.current.filter((other) => other !== one));
    return {
      toOutbox: () => {
        leave();
        isStoring = true;
        storing.current += 1;
        unkept.current = null;
        return { draft: draftWith(newest.current) };
      },
      arrived: () => {
        leave();
        if (isStoring) storing.current -= 1;
        // What was sent must not come back as a draft, whatever happens next.
        else unkept.current ??= newest.current;
        keep();
      },
    };
  };
  return [text, change, handOver];
}

/** A grid of emoji to pick one from. */
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useState } from "preact/hooks";
import { closeMenu } from "../state/menu.ts";
import { GROUPS } from "./emoji.ts";
import { Icon } from "./icons.tsx";
import "./emoji-picker.css";

const COLUMNS = 8;

export function EmojiPicker({ label, pick }: { label: string; pick: (emoji: string) => void }): JSX.Element {
  const [wanted, setWanted] = useState("");
  const words = wanted.trim().toLowerCase();
  const groups = GROUPS.map(({ name, emojis }) => ({
    name,
    emojis: words === "" ? emojis : emojis.filter(([, found]) => found.includes(words)),
  })).filter(({ emojis }) => emojis.length > 0);

  const choose = (emoji: string): void => {
    closeMenu();
    pick(emoji);
  };

  return (
    <div class="emoji-picker" role="dialog" aria-label={label}>
      <div class="search">
        <Icon name="search" size={18} />
        <input
          class="input"
          type="search"
          placeholder="Find an emoji"
          aria-label="Find an emoji"
          data-first=""
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
          onKeyDown={(event) => {
            const first = groups[0]?.emojis[0]?.[0];
            if (event.key === "Enter" && first !== undefined) choose(first);
          }}
        />
      </div>
      <div class="emoji-groups scroll" tabIndex={-1} onKeyDown={moveInGrid}>
        {groups.map(({ name, emojis }) => (
          <section key={name} aria-label={name}>
            <h3>{name}</h3>
            <div class="emoji-grid">
              {emojis.map(([emoji, found]) => (
                <button key={emoji} type="button" aria-label={`${emoji} ${found}`} onClick={() => choose(emoji)}>
                  {emoji}
                </button>
              ))}
            </div>
          </section>
        ))}
        {groups.length === 0 && <p class="hint">No emoji for this word.</p>}
      </div>
    </div>
  );
}

function moveInGrid(event: TargetedKeyboardEvent<HTMLDivElement>): void {
  const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS };
  const step = steps[event.key];
  if (step === undefined) return;
  const all = Array.from(event.currentTarget.querySelectorAll("button"));
  const at = all.findIndex((button) => button === document.activeElement);
  event.preventDefault();
  all[Math.min(Math.max(at + step, 0), all.length - 1)]?.focus();
}

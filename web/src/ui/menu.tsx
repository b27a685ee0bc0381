/** Shows the menu or picker that is open. Outside of all lists, whose boxes would clip it. */
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { closeMenu, menu, type MenuState } from "../state/menu.ts";
import { EmojiPicker } from "./emoji-picker.tsx";
import { Icon } from "./icons.tsx";
import "./menu.css";

const EDGE = 8;

export function MenuHost(): JSX.Element | null {
  const open = menu.value;
  return open === null ? null : <Floating key={`${open.kind} ${open.at.left} ${open.at.top}`} state={open} />;
}

function Floating({ state }: { state: MenuState }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    // The top layer, so that it also lies over a dialog.
    element.showPopover();
    place(element, state);
    element.querySelector<HTMLElement>("[data-first]")?.focus({ preventScroll: true });

    const outside = (event: Event): void => {
      const target = event.target as Node;
      if (!element.contains(target) && state.from?.contains(target) !== true) closeMenu(false);
    };
    const gone = (): void => closeMenu(false);
    addEventListener("pointerdown", outside, true);
    addEventListener("resize", gone);
    return () => {
      removeEventListener("pointerdown", outside, true);
      removeEventListener("resize", gone);
    };
  }, [state]);

  return (
    <div
      ref={box}
      popover="manual"
      class="floating"
      onKeyDown={(event) => {
        if (event.key !== "Escape" && event.key !== "Tab") return;
        event.preventDefault();
        event.stopPropagation();
        closeMenu();
      }}
    >
      {state.kind === "menu" ? <Menu state={state} /> : <EmojiPicker label={state.label} pick={state.pick} />}
    </div>
  );
}

function Menu({ state }: { state: MenuState & { kind: "menu" } }): JSX.Element {
  const { quick } = state;
  return (
    <div role="menu" aria-label={state.label} class="menu" onKeyDown={moveFocus}>
      {quick !== undefined && (
        <div class="menu-quick" role="group" aria-label="React">
          {quick.emojis.map((emoji) => (
            <button
              key={emoji}
              type="button"
              role="menuitemcheckbox"
              aria-checked={quick.own.includes(emoji)}
              aria-label={`React with ${emoji}`}
              tabIndex={-1}
              onClick={() => choose(() => quick.pick(emoji))}
            >
              {emoji}
            </button>
          ))}
          <button type="button" role="menuitem" aria-label="Other reaction" tabIndex={-1} onClick={quick.more}>
            <Icon name="plus" size={18} />
          </button>
        </div>
      )}
      {state.items.map((item, index) => (
        <button
          key={item.label}
          type="button"
          role="menuitem"
          tabIndex={-1}
          class={item.danger === true ? "menu-item danger" : "menu-item"}
          data-first={index === 0 ? "" : undefined}
          onClick={() => choose(item.run)}
        >
          {item.icon}
          <span>{item.label}</span>
        </button>
      ))}
    </div>
  );
}

/** The focus goes back first, so that what is run may take it. */
function choose(run: () => void): void {
  closeMenu();
  run();
}

function moveFocus(event: TargetedKeyboardEvent<HTMLDivElement>): void {
  const items = Array.from(event.currentTarget.querySelectorAll("button"));
  const at = items.findIndex((item) => item === document.activeElement);
  const last = items.length - 1;
  const steps: Record<string, number> = {
    ArrowDown: at === last ? 0 : at + 1,
    ArrowRight: at === last ? 0 : at + 1,
    ArrowUp: at <= 0 ? last : at - 1,
    ArrowLeft: at <= 0 ? last : at - 1,
    Home: 0,
    End: last,
  };
  const to = steps[event.key];
  if (to === undefined) return;
  event.preventDefault();
  items[to]?.focus();
}

/** Below its anchor where there is room, else above; never past an edge. */
function place(element: HTMLElement, { at }: MenuState): void {
  const { offsetWidth: width, offsetHeight: height } = element;
  const below = at.bottom + 4;
  const top = below + height + EDGE <= innerHeight ? below : Math.max(EDGE, at.top - height - 4);
  const fromLeft = at.left + width + EDGE <= innerWidth ? at.left : at.right - width;
  element.style.top = `${Math.min(top, innerHeight - height - EDGE)}px`;
  element.style.left = `${Math.min(Math.max(EDGE, fromLeft), innerWidth - width - EDGE)}px`;
}

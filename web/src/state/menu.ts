/** The menu or picker that is open: at most one, over everything else. */
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";

export interface MenuItem {
  readonly label: string;
  readonly icon?: ComponentChildren;
  readonly danger?: boolean;
  readonly run: () => void;
}

interface Placed {
  /** Where it belongs: an element's box, or a point of the pointer. */
  readonly at: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
  /** Gets the focus back. */
  readonly from: HTMLElement | null;
  readonly label: string;
}

export type MenuState =
  | (Placed & { readonly kind: "menu"; readonly items: readonly MenuItem[]; readonly quick?: QuickReactions })
  | (Placed & { readonly kind: "emoji"; readonly pick: (emoji: string) => void });

/** Reactions in one click above a menu's items. */
export interface QuickReactions {
  readonly emojis: readonly string[];
  readonly own: readonly string[];
  readonly pick: (emoji: string) => void;
  readonly more: () => void;
}

export const menu = signal<MenuState | null>(null);

/** Closes what is open; the focus goes back to where it came from, unless the next thing takes it. */
export function closeMenu(giveBackFocus = true): void {
  const open = menu.value;
  menu.value = null;
  if (giveBackFocus && open?.from?.isConnected === true) open.from.focus({ preventScroll: true });
}

/** The box of an element, for {@link Placed.at}. */
export function boxOf(element: Element): Placed["at"] {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return { left, top, right, bottom };
}

/** Opens at an element, or closes what that element opened. */
export function toggleMenu(from: HTMLElement, state: Omit<MenuState & { kind: "menu" }, "kind" | "at" | "from">): void {
  if (menu.value?.from === from) closeMenu();
  else menu.value = { kind: "menu", at: boxOf(from), from, ...state };
}

/** Short notes at the edge of the screen that go by themselves. */
import { signal } from "@preact/signals";
import { wordsFor } from "../words/errors.ts";

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: "info" | "error";
  readonly action?: { readonly label: string; readonly run: () => void };
}

const STAY_MS = 5_000;
const MOST = 3;

export const toasts = signal<readonly Toast[]>([]);
let last = 0;

export function say(text: string, action?: Toast["action"]): void {
  add({ id: ++last, text, kind: "info", ...(action === undefined ? {} : { action }) });
}

/** Shows what went wrong with something that was asked for. */
export function sayError(error: unknown): void {
  sayProblem(wordsFor(error));
}

/** The same, where the words are known already. */
export function sayProblem(text: string): void {
  add({ id: ++last, text, kind: "error" });
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

function add(toast: Toast): void {
  toasts.value = [...toasts.value.slice(1 - MOST), toast];
  // What offers something to do waits until it is done or put away.
  if (toast.action === undefined) setTimeout(() => dismiss(toast.id), STAY_MS);
}

/** Runs something that may fail, and says so when it does. True where it went well. */
export async function trying(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    sayError(error);
    return false;
  }
}

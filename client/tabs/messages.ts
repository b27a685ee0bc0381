/**
 * What tabs say to each other over a BroadcastChannel. Plain data; tokens are never among it.
 */
import type { Engine, Versioned } from "../engine/api.ts";
import type { ErrorData } from "../errors.ts";

/** Everything that one tab may ask of the engine in another. */
export type Method = Exclude<keyof Engine, "subscribe" | "close">;

/**
 * Calls that are not harmless when made twice. The leader says `got` before it starts on one: if it goes away then, nobody
 * knows whether it was done, and the caller is told so.
 */
export const ONCE: ReadonlySet<Method> = new Set(["request", "authenticate", "signOut"]);

export type TabMessage =
  /** Who leads? */
  | { readonly type: "who" }
  | { readonly type: "leader"; readonly id: string }
  | {
      readonly type: "call";
      readonly from: string;
      readonly ref: number;
      readonly method: Method;
      readonly args: readonly unknown[];
    }
  | { readonly type: "got"; readonly to: string; readonly ref: number }
  | { readonly type: "answer"; readonly to: string; readonly ref: number; readonly value: unknown }
  | { readonly type: "refusal"; readonly to: string; readonly ref: number; readonly error: ErrorData }
  | { readonly type: "change"; readonly versioned: Versioned };

/** The part of a `BroadcastChannel` that the tabs use. */
export interface ChannelLike {
  postMessage(message: TabMessage): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  close(): void;
}

/** The part of the Web Locks API that the tabs use. */
export interface LocksLike {
  request(name: string, options: { signal?: AbortSignal }, held: () => Promise<void>): Promise<unknown>;
}

/** What tabs share through. */
export interface TabPorts {
  readonly locks: LocksLike;
  readonly channel: ChannelLike;
}

/**
 * What can be given to `new Meridian(…)`: every effect on the outside world is a port with a default for the runtime.
 */
import type { Codec } from "../codec.ts";
import type { Clock } from "../clock.ts";
import type { TabPorts } from "../tabs/messages.ts";
import type { Storage } from "../storage/storage.ts";

/**
 * Opens a socket; the default is the runtime's global `WebSocket`.
 *
 * @param protocols subprotocols to offer; the access token is in one of them
 * @param events to be called from then on, `close` exactly once
 */
export type SocketFactory = (url: string, protocols: readonly string[], events: SocketEvents) => Socket;

export interface SocketEvents {
  open(): void;
  /** A text message, or something else that the contract does not know. */
  message(data: unknown): void;
  close(code: number): void;
}

export interface Socket {
  send(text: string): void;
  close(): void;
}

/** The runtime's news: network gained and lost, page shown. The default listens to the browser's own events. */
export interface Platform {
  /** False where the runtime is sure that there is no network. */
  isOnline(): boolean;
  /** @returns ends the subscription */
  subscribe(listener: (event: "online" | "offline" | "visible") => void): () => void;
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface MeridianOptions {
  /** Base address of the server, `https://…`; several are regions: the nearest one that answers is used. */
  readonly url: string | readonly string[];
  /**
   * Where session, entries and outbox live. Default: IndexedDB where there is one (shared by all tabs), memory
   * elsewhere.
   */
  readonly storage?: Storage;
  /** Name of the default storage and of the group of tabs that share it; one per account. Default `"meridian"`. */
  readonly name?: string;
  /** Share one socket and one store between the tabs of a browser. Default: where IndexedDB and Web Locks exist. */
  readonly tabs?: boolean | TabPorts;
  readonly socket?: SocketFactory;
  readonly fetch?: Fetch;
  readonly clock?: Clock;
  readonly platform?: Platform;
  /** Between what is shown and what the server stores; the place for end-to-end encryption. Default: identity. */
  readonly codec?: Codec;
  /** [C5] check the hash chain of every entry; a mismatch is an event `diverged`. Default false. */
  readonly verifyChains?: boolean;
  /** What the list of devices shows. Default: guessed from the runtime. */
  readonly device?: { readonly name: string; readonly platform: string };
  /** Connect by itself once signed in. Default true. */
  readonly autoConnect?: boolean;
  /** A number from 0 up to 1, for back-off jitter. Default `Math.random`. */
  readonly random?: () => number;
}

/** What is used of the worker's global scope; the project's types are those of a page. */
import type { NotificationData } from "../src/notifications/content.ts";

export interface WorkerScope {
  addEventListener(type: "install" | "activate", listener: (event: LifecycleEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchedEvent) => void): void;
  addEventListener(type: "push", listener: (event: PushedEvent) => void): void;
  addEventListener(type: "notificationclick", listener: (event: ClickedEvent) => void): void;
  addEventListener(type: "message", listener: (event: MessagedEvent) => void): void;
  addEventListener(type: "pushsubscriptionchange", listener: (event: SubscriptionEvent) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: Clients;
  readonly registration: Registration;
}

export interface LifecycleEvent {
  waitUntil(work: Promise<unknown>): void;
}
export interface FetchedEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
export interface PushedEvent extends LifecycleEvent {
  readonly data: { text(): string } | null;
}
export interface ClickedEvent extends LifecycleEvent {
  readonly notification: Shown;
  /** Empty for the notification itself. */
  readonly action: string;
  /** What was typed into it, where the browser lets one. */
  readonly reply?: string | null;
}
export interface MessagedEvent extends LifecycleEvent {
  readonly data: unknown;
}
export type SubscriptionEvent = LifecycleEvent;

/** A notification on the screen. */
export interface Shown {
  readonly tag: string;
  readonly title: string;
  readonly data: NotificationData;
  close(): void;
}

export interface Registration {
  readonly pushManager: PushManager;
  showNotification(title: string, options: object): Promise<void>;
  getNotifications(): Promise<readonly Shown[]>;
}

export interface Page {
  readonly visibilityState: DocumentVisibilityState;
  readonly focused: boolean;
  focus(): Promise<unknown>;
  postMessage(message: unknown, transfer?: readonly Transferable[]): void;
}

export interface Clients {
  claim(): Promise<void>;
  matchAll(query: { type: "window"; includeUncontrolled: boolean }): Promise<readonly Page[]>;
  openWindow(url: string): Promise<unknown>;
}

export const scope = globalThis as unknown as WorkerScope;

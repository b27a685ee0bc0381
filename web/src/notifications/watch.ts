/** The page's part in notifications, from its start on. */
import { focusComposer, wishForComposer } from "../chat/focus-composer.ts";
import type { ConversationId } from "../../../client/index.ts";
import { meridian } from "../meridian.ts";
import { chat, go, route } from "../state/route.ts";
import { noteArrival } from "./arrivals.ts";
import type { Looking, ToPage, ToWorker } from "./messages.ts";
import { forget, isOffered, lookAgain, offer, pushState, tellAgain } from "./push-state.ts";

/** Conversations whose read mark the worker was told of, and up to where. */
const told = new Map<ConversationId, number>();

export function watchNotifications(): void {
  if (!("serviceWorker" in navigator)) {
    pushState.value = "unsupported";
    return;
  }
  navigator.serviceWorker.addEventListener("message", ({ data, ports }: MessageEvent<ToPage>) => {
    if (data.type === "open") open(data.conversation, data.write);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
    else ports[0]?.postMessage({ conversation: openNow() } satisfies Looking);
  });
  if (new URLSearchParams(location.search).has("write")) {
    // Opened by a notification for a reply. The wish is not for whoever comes back to this address.
    wishForComposer();
    go(route.value, true);
  }
  watchPermission();
  watchSession();
  meridian.conversations.subscribe(() => {
    tellRead();
    const { status, unread } = meridian.conversations.current;
    if (status === "ready") setBadge(unread);
  });
  meridian.on("sent", offer);
  meridian.on("message", ({ conversation, message }) => {
    if (!isOffered.value) offer();
    noteArrival(conversation, message, tellWorker);
  });
}

function watchSession(): void {
  let was = "loading";
  const changed = (): void => {
    const { status } = meridian.session.current;
    if (status === was) return;
    was = status;
    told.clear();
    if (status === "signedOut") {
      tellWorker({ type: "forget" });
      setBadge(0);
      forget().catch(() => undefined);
    } else if (status === "signedIn") void lookAgain().then(tellAgain).catch(ignored);
  };
  meridian.session.subscribe(changed);
  changed();
  let isOnline = false;
  meridian.connection.subscribe(() => {
    const wasOnline = isOnline;
    isOnline = meridian.connection.current.status === "online";
    // What could not be told before.
    if (isOnline && !wasOnline) tellAgain().catch(ignored);
  });
}

/** The user may change it in the browser's own settings at any time. */
function watchPermission(): void {
  navigator.permissions
    ?.query({ name: "notifications" })
    .then((status) =>
      status.addEventListener("change", () => {
        if (meridian.session.current.status === "signedIn") lookAgain().then(tellAgain).catch(ignored);
      }),
    )
    .catch(ignored);
}

/** Shows what a notification is about. */
function open(conversation: ConversationId, write: boolean): void {
  const at = route.value;
  const isOpen = at.page === "chat" && at.conversation === conversation;
  if (write && !isOpen) wishForComposer();
  go(chat(conversation));
  if (write && isOpen) focusComposer();
}

function openNow(): ConversationId | null {
  const at = route.value;
  return at.page === "chat" && document.visibilityState === "visible" ? at.conversation : null;
}

/** What is read here or on another device needs no notification any more. */
function tellRead(): void {
  const marks = meridian.conversations.current.items
    .filter(({ id, unread, read }) => unread === 0 && told.get(id) !== read)
    .map(({ id, read }) => [id, read] as const);
  if (marks.length === 0) return;
  for (const [id, read] of marks) told.set(id, read);
  tellWorker({ type: "read", marks });
}

let badge: number | null = null;
/** The number on the app's icon, where there is one. */
function setBadge(count: number): void {
  if (count === badge || !("setAppBadge" in navigator)) return;
  badge = count;
  navigator.setAppBadge(count).catch(ignored);
}

function tellWorker(message: ToWorker): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the worker has this page's origin
  void navigator.serviceWorker.getRegistration().then((held) => held?.active?.postMessage(message), ignored);
}

/** It is tried again when there is a connection. */
function ignored(): void {}

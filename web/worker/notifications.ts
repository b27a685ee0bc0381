/**
 * Notifications: one per conversation, shown for pushes and for what comes to pages that nobody looks at. Everything that
 * shows or closes one runs in turn, so that two pieces of news about the same conversation cannot overtake each other.
 */
import { readNotice } from "../../client/push.ts";
import type { PushNotice } from "../../protocol/push.ts";
import { contentOf, failedReply, type Abilities, type Content } from "../src/notifications/content.ts";
import type { ToWorker } from "../src/notifications/messages.ts";
import { heldOf, markRead, renew, reply } from "./background.ts";
import { isSeen, openConversation, openPages } from "./pages.ts";
import { scope, type ClickedEvent, type Shown } from "./scope.ts";

let turn: Promise<unknown> = Promise.resolve();

export function listenForNotifications(): void {
  scope.addEventListener("push", (event) => {
    const notice = readNotice(event.data?.text());
    if (notice !== undefined) event.waitUntil(inTurn(() => onPush(notice)));
  });
  scope.addEventListener("message", (event) => {
    const message = event.data as ToWorker | null;
    if (message?.type === "arrived") event.waitUntil(inTurn(() => onArrived(message.notice)));
    if (message?.type === "read") {
      const marks = new Map<string, number>(message.marks);
      event.waitUntil(inTurn(() => closeRead(marks)));
    }
    if (message?.type === "forget") event.waitUntil(inTurn(closeAll));
  });
  scope.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(onClick(event));
  });
  scope.addEventListener("pushsubscriptionchange", (event) => {
    // What fails here is put right when a page opens.
    event.waitUntil(renew().catch(() => undefined));
  });
}

function inTurn(work: () => Promise<void>): Promise<void> {
  const done = turn.then(work);
  turn = done.catch(() => undefined);
  return done;
}

/**
 * A browser that was promised a notification for every push forgives some without: nothing is shown where a window that
 * is on the screen has the conversation open (such pushes do not count), or where it was read in the meantime (the server
 * asks right before it pushes, so this is rare).
 */
async function onPush(notice: PushNotice): Promise<void> {
  const badge = setBadge(notice.badge);
  await show(notice);
  await badge;
}

/** Over a page's own link: not worth a notification while the user is at any of the pages. */
async function onArrived(notice: PushNotice): Promise<void> {
  if ((await openPages()).some(({ focused }) => focused)) return;
  await show(notice);
}

async function show(notice: PushNotice): Promise<void> {
  const { reads, read, ...known } = await heldOf(notice);
  await closeRead(reads);
  if (read >= notice.seq || (await isSeen(notice.conversation))) return;
  const shown = (await scope.registration.getNotifications()).find(
    ({ data }) => data?.conversation === notice.conversation,
  );
  // Pushes may overtake each other, and several pages tell the same news.
  if (shown !== undefined && shown.data.seq >= notice.seq) return;
  await put(contentOf(notice, known, shown?.data, abilities(), Date.now()));
}

async function put({ title, options }: Content): Promise<void> {
  await scope.registration.showNotification(title, options);
}

async function closeRead(marks: ReadonlyMap<string, number>): Promise<void> {
  for (const shown of await scope.registration.getNotifications()) {
    const { conversation, seq } = shown.data ?? {};
    if (conversation !== undefined && seq <= (marks.get(conversation) ?? 0)) shown.close();
  }
}

async function closeAll(): Promise<void> {
  for (const shown of await scope.registration.getNotifications()) shown.close();
}

async function onClick({ notification, action, reply: typed }: ClickedEvent): Promise<void> {
  const { conversation, seq } = notification.data;
  const text = typed?.trim() ?? "";
  if (action === "read") {
    await markRead(conversation, seq).catch(() => openConversation(conversation, false));
  } else if (action === "reply" && text !== "") {
    await reply(conversation, text, seq).catch(() => tellFailed(notification));
  } else {
    await openConversation(conversation, action === "reply");
  }
}

async function tellFailed({ title, data }: Shown): Promise<void> {
  await inTurn(() => put(failedReply(title, data)));
}

function abilities(): Abilities {
  const { Notification: type, NotificationEvent: event } = globalThis as {
    Notification?: { readonly maxActions?: number };
    NotificationEvent?: { readonly prototype: object };
  };
  return { actions: type?.maxActions ?? 0, inlineReply: event !== undefined && "reply" in event.prototype };
}

/** The number on the app's icon, where there is one. A page that is open keeps it up to date by itself. */
async function setBadge(count: number): Promise<void> {
  const { setAppBadge } = navigator as { setAppBadge?: (this: Navigator, count: number) => Promise<void> };
  await setAppBadge?.call(navigator, count).catch(() => undefined);
}

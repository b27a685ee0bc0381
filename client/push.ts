/**
 * Web Push for browsers: subscribes this device with the browser's push service and tells the server, or ends both.
 * Asking for permission is left to the moment that the application finds fitting: {@link enablePush} asks.
 */
import type { PushNotice, PushState } from "../protocol/push.ts";
import type { MeridianApi } from "./types/api.ts";

/** How it came out. `denied`: the user said no, and only the browser's own settings can change that. */
export type PushOutcome = "on" | "denied" | "dismissed" | "unsupported";

type Server = Pick<MeridianApi, "request" | "setPush">;

export interface PushOptions {
  /** [N2] notifications may carry the text of messages. Default false. */
  readonly preview?: boolean;
}

/** Whether this browser has what it takes. */
export function canPush(): boolean {
  return typeof Notification !== "undefined" && typeof navigator !== "undefined" && "serviceWorker" in navigator
    ? "PushManager" in globalThis
    : false;
}

/**
 * Turns notifications on: call it when the user asks for them.
 *
 * @param registration of the service worker that shows them
 * @throws MeridianError where the server cannot be reached; what the browser's push service throws
 * @example
 * button.onclick = async () => show(await enablePush(meridian, await navigator.serviceWorker.ready));
 */
export async function enablePush(
  server: Server,
  registration: ServiceWorkerRegistration,
  options: PushOptions = {},
): Promise<PushOutcome> {
  if (!canPush()) return "unsupported";
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return permission === "denied" ? "denied" : "dismissed";
  const { publicKey } = (await server.request("GET", "/v1/me/push")) as PushState;
  const subscription = await subscribed(registration.pushManager, publicKey);
  await register(server, subscription, options);
  return "on";
}

/** Turns notifications off, here and on the server. */
export async function disablePush(server: Server, registration: ServiceWorkerRegistration): Promise<void> {
  await server.setPush(null);
  const subscription = await registration.pushManager.getSubscription();
  await subscription?.unsubscribe();
}

/**
 * Puts right what has come apart: call it when the application starts. A browser may have renewed its subscription, and
 * the server forgets one that its push service called dead.
 *
 * @returns whether notifications are on
 */
export async function refreshPush(
  server: Server,
  registration: ServiceWorkerRegistration,
  options: PushOptions = {},
): Promise<boolean> {
  if (!canPush() || Notification.permission !== "granted") return false;
  const held = await registration.pushManager.getSubscription();
  if (held === null) return false;
  const { publicKey } = (await server.request("GET", "/v1/me/push")) as PushState;
  await register(server, await subscribed(registration.pushManager, publicKey), options);
  return true;
}

/**
 * Subscribes anew after the browser ended a subscription, with the same preview: for `pushsubscriptionchange` in the
 * service worker.
 *
 * @throws MeridianError `signed_out`, or where the server cannot be reached; what the browser's push service throws
 * @example
 * self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renewPush(meridian, self.registration)));
 */
export async function renewPush(
  server: Server,
  { pushManager }: Pick<ServiceWorkerRegistration, "pushManager">,
): Promise<void> {
  const { publicKey, registered } = (await server.request("GET", "/v1/me/push")) as PushState;
  await register(server, await subscribed(pushManager, publicKey), { preview: registered?.preview ?? false });
}

/**
 * Reads what a push carries, in the service worker.
 *
 * @returns undefined for what is none of ours, or of a version that this one does not know
 * @example
 * self.addEventListener("push", (event) => {
 *   const notice = readNotice(event.data?.text());
 *   if (notice) event.waitUntil(show(notice));
 * });
 */
export function readNotice(text: string | undefined): PushNotice | undefined {
  try {
    const notice = JSON.parse(text ?? "") as Partial<PushNotice> | null;
    return notice?.v === 1 && typeof notice.conversation === "string" ? (notice as PushNotice) : undefined;
  } catch {
    return undefined;
  }
}

/** The subscription under this server's key; one under another key is of no use and is ended. */
async function subscribed(manager: PushManager, publicKey: string): Promise<PushSubscription> {
  const held = await manager.getSubscription();
  const key = held?.options.applicationServerKey;
  if (held !== null && key instanceof ArrayBuffer && encode(key) === publicKey) return held;
  await held?.unsubscribe();
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
}

async function register(server: Server, subscription: PushSubscription, { preview }: PushOptions): Promise<void> {
  const { endpoint, keys } = subscription.toJSON();
  const { p256dh, auth } = keys ?? {};
  if (endpoint === undefined || p256dh === undefined || auth === undefined) {
    throw new TypeError("The browser's subscription has no address or no keys.");
  }
  await server.setPush({ kind: "webpush", endpoint, keys: { p256dh, auth }, ...(preview === true ? { preview } : {}) });
}

function encode(bytes: ArrayBuffer): string {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

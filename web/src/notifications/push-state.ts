/** Whether this browser is told of messages, as far as it and the server know. */
import { signal } from "@preact/signals";
import { canPush, disablePush, enablePush, refreshPush, type PushOutcome } from "../../../client/push.ts";
import { meridian } from "../meridian.ts";

/** `blocked`: the user said no to the browser, and only its own settings can change that. */
export type PushState = "unknown" | "unsupported" | "blocked" | "off" | "on";

export const pushState = signal<PushState>("unknown");
/** [N2] whether notifications carry the text of messages. */
export const preview = signal(kept("notifications.preview") === "yes");
/** Notifications are offered once there was something to be told of, until the user has answered. */
export const isOffered = signal(kept("notifications.offer") === "due");

/** A message came or went: from now on it makes sense to ask. */
export function offer(): void {
  if (kept("notifications.offer") === null) answerOffer("due");
}

export function answerOffer(answer: "due" | "answered"): void {
  isOffered.value = answer === "due";
  keep("notifications.offer", answer);
}

/** Looks again. Asks nobody for anything. */
export async function lookAgain(): Promise<void> {
  if (!canPush() || import.meta.env.DEV) {
    pushState.value = "unsupported";
    return;
  }
  if (Notification.permission === "denied") {
    pushState.value = "blocked";
    return;
  }
  const { pushManager } = await navigator.serviceWorker.ready;
  const held = await pushManager.getSubscription();
  pushState.value = held !== null && Notification.permission === "granted" ? "on" : "off";
}

/**
 * Tells the server again what it may have forgotten or never learned.
 *
 * @throws MeridianError where it cannot be reached
 */
export async function tellAgain(): Promise<void> {
  if (pushState.value !== "on") return;
  const isOn = await refreshPush(meridian, await navigator.serviceWorker.ready, { preview: preview.value });
  if (!isOn) await lookAgain();
}

/**
 * Asks the browser's permission where it is not given, and subscribes.
 *
 * @throws MeridianError where the server cannot be reached; what the browser's push service throws
 */
export async function turnOn(): Promise<PushOutcome> {
  const outcome = await enablePush(meridian, await navigator.serviceWorker.ready, { preview: preview.value });
  answerOffer("answered");
  await lookAgain();
  return outcome;
}

/** @throws MeridianError where the server cannot be reached: then it goes on */
export async function turnOff(): Promise<void> {
  await disablePush(meridian, await navigator.serviceWorker.ready);
  await lookAgain();
}

/** @throws MeridianError where the server cannot be reached: then it stays as it was */
export async function setPreview(wanted: boolean): Promise<void> {
  await refreshPush(meridian, await navigator.serviceWorker.ready, { preview: wanted });
  preview.value = wanted;
  keep("notifications.preview", wanted ? "yes" : "no");
}

/** Nobody is signed in any more: the server has forgotten this device already, the browser does now. */
export async function forget(): Promise<void> {
  if (!canPush() || import.meta.env.DEV) return;
  const { pushManager } = await navigator.serviceWorker.ready;
  await (await pushManager.getSubscription())?.unsubscribe();
  await lookAgain();
}

function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Without storage it lasts as long as the page.
  }
}

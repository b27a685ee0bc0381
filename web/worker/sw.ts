/**
 * The service worker: keeps the page itself, so that it opens without a network, and shows notifications. What the page
 * shows comes from the SDK's storage; nothing of the page's calls passes through here.
 */

import { listenForNotifications } from "./notifications.ts";
import { scope } from "./scope.ts";

/** Filled in by worker/shell.ts. */
declare const MERIDIAN_SHELL: { readonly version: string; readonly files: readonly string[] };
const shell = MERIDIAN_SHELL;
const NAME = `shell-${shell.version}`;
const PAGE = "/";
/** A network that is there but does not answer must not keep the page away. */
const PATIENCE_MS = 2_500;
/** Addresses of the page; everything else that the server has is not ours. */
const PAGES = /^\/($|c\/|settings)/;

listenForNotifications();

scope.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(NAME)
      .then((cache) => cache.addAll(shell.files.map((file) => new Request(file, { cache: "no-cache" }))))
      .then(() => scope.skipWaiting()),
  );
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name))))
      .then(() => scope.clients.claim()),
  );
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (PAGES.test(url.pathname)) event.respondWith(freshPage(request));
    return;
  }
  if (shell.files.includes(url.pathname)) event.respondWith(kept(url.pathname, request));
});

/** The server's page where it answers in time, else the kept one. */
async function freshPage(request: Request): Promise<Response> {
  const cached = await caches.match(PAGE);
  if (cached === undefined) return fetch(request);
  try {
    const fresh = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return fresh.ok ? fresh : cached;
  } catch {
    return cached;
  }
}

/** Files of the shell change their name or the version with their content: the kept one is right. */
async function kept(path: string, request: Request): Promise<Response> {
  return (await caches.match(path)) ?? fetch(request);
}

/**
 * The service worker: keeps the page itself, so that it opens without a network, and shows notifications. What the page
 * shows comes from the SDK's storage; nothing of the page's calls passes through here.
 */

import { listenForNotifications } from "./notifications.ts";
import { scope } from "./scope.ts";

/** Filled in by worker/shell.ts. */
declare const MERIDIAN_SHELL: { readonly version: string; readonly files: readonly string[] };
const shell = MERIDIAN_SHELL;
const PREFIX = "shell-";
const NAME = `${PREFIX}${shell.version}`;
const PAGE = "/";
/** Where the parts lie whose names change with their content. */
const PARTS = "/assets/";
/** A network that is there but does not answer must not keep the page away. */
const PATIENCE_MS = 2_500;
/** Addresses of the page; everything else that the server has is not ours. */
const PAGES = /^\/($|c\/|settings)/;

listenForNotifications();

scope.addEventListener("install", (event) => {
  event.waitUntil(install().then(() => scope.skipWaiting()));
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(forgetOld().then(() => scope.clients.claim()));
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (PAGES.test(url.pathname)) event.respondWith(freshPage(request));
    return;
  }
  const { pathname } = url;
  if (shell.files.includes(pathname) || pathname.startsWith(PARTS)) event.respondWith(kept(pathname, request));
});

/** Keeps all files of this version, or none: in the middle of a deploy the server may have another one. */
async function install(): Promise<void> {
  const cache = await caches.open(NAME);
  try {
    await Promise.all(shell.files.map((file) => keep(cache, file)));
  } catch (error) {
    await caches.delete(NAME);
    throw error;
  }
}

async function keep(cache: Cache, file: string): Promise<void> {
  const response = await fetch(file, { cache: "no-cache" });
  // What the server does not have it answers with the page.
  const isPage = response.headers.get("Content-Type")?.startsWith("text/html") === true;
  if (!response.ok || isPage !== (file === PAGE)) throw new Error(`The server does not have ${file}.`);
  if (isPage) {
    const page = await response.clone().text();
    const isOurs = shell.files.every((part) => !part.startsWith(PARTS) || page.includes(part));
    if (!isOurs) throw new Error("The server has another page.");
  }
  await cache.put(file, response);
}

/** The version before this one stays: pages of it that are open may still ask for its parts. */
async function forgetOld(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== NAME);
  await Promise.all(old.slice(0, -1).map((name) => caches.delete(name)));
}

/** The server's page where it answers in time, else the kept one. */
async function freshPage(request: Request): Promise<Response> {
  const cached = await caches.match(PAGE, { cacheName: NAME });
  if (cached === undefined) return fetch(request);
  try {
    const fresh = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return fresh.ok ? fresh : cached;
  } catch {
    return cached;
  }
}

/**
 * Files of the shell change their name or the version with their content: the kept one is right. A part may also be one
 * of the version before.
 */
async function kept(path: string, request: Request): Promise<Response> {
  const own = await caches.match(path, { cacheName: NAME });
  return own ?? (path.startsWith(PARTS) ? await caches.match(path) : undefined) ?? fetch(request);
}

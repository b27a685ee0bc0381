/** Lets the browser keep the page, so that it opens without a network. */
import { say } from "./state/toasts.ts";

const WORKER = "/sw.js";

interface Policies {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

export function registerWorker(): void {
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  const isFirst = navigator.serviceWorker.controller === null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!isFirst) say("A new version is ready.", { label: "Reload", run: () => location.reload() });
  });
  // Without the worker the page still works; it only needs a network to open.
  const register = (): void => void navigator.serviceWorker.register(trusted(WORKER)).catch(() => undefined);
  // The page itself comes first.
  if (document.readyState === "complete") register();
  else addEventListener("load", register);
}

/** The page's one script address made at run time, as its Trusted Types policy allows it. */
function trusted(url: string): string {
  const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes;
  if (policies === undefined) return url;
  const policy = policies.createPolicy("meridian", {
    createScriptURL(wanted) {
      if (wanted !== WORKER) throw new TypeError("Not an address of this page's worker.");
      return wanted;
    },
  });
  return policy.createScriptURL(url);
}

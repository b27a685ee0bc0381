/** Where in the app this page is: the address bar is the only copy. */
import { computed, signal } from "@preact/signals";
import type { ConversationId } from "../../../client/index.ts";

export const SECTIONS = ["profile", "privacy", "notifications", "devices", "appearance", "account"] as const;
export type Section = (typeof SECTIONS)[number];

export type Route =
  | { readonly page: "home" }
  | { readonly page: "chat"; readonly conversation: ConversationId; readonly info: boolean; readonly at: number | null }
  | { readonly page: "settings"; readonly section: Section | null };

const path = signal(location.pathname + location.search);
addEventListener("popstate", () => (path.value = location.pathname + location.search));

export const route = computed<Route>(() => parse(path.value));

/** Goes to another place; `replace` leaves no way back to this one. */
export function go(to: Route, replace = false): void {
  const address = addressOf(to);
  if (address === path.value) return;
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  path.value = address;
}

export const home: Route = { page: "home" };

/** The place of a conversation, or of one message in it. */
export function chat(conversation: ConversationId, at: number | null = null): Route {
  return { page: "chat", conversation, info: false, at };
}

function addressOf(to: Route): string {
  if (to.page === "home") return "/";
  if (to.page === "settings") return to.section === null ? "/settings" : `/settings/${to.section}`;
  return `/c/${to.conversation}${to.info ? "/info" : ""}${to.at === null ? "" : `?at=${to.at}`}`;
}

function parse(address: string): Route {
  const { pathname, searchParams } = new URL(address, location.origin);
  const [, first, second, third] = pathname.split("/");
  if (first === "c" && second !== undefined && second !== "") {
    const at = Number(searchParams.get("at"));
    return {
      page: "chat",
      conversation: second as ConversationId,
      info: third === "info",
      at: Number.isInteger(at) && at > 0 ? at : null,
    };
  }
  if (first === "settings") {
    return { page: "settings", section: SECTIONS.find((section) => section === second) ?? null };
  }
  return home;
}

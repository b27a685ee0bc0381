/**
 * Defaults of the ports, taken from whatever runtime this is.
 */
import type { Fetch, Platform, SocketFactory } from "./types/options.ts";

/** The runtime's global `WebSocket`. */
export const globalSocket: SocketFactory = (url, protocols, events) => {
  const socket = new WebSocket(url, [...protocols]);
  socket.addEventListener("open", () => events.open());
  socket.addEventListener("message", (event) => events.message(event.data));
  // An error is always followed by a close; listening keeps some runtimes from reporting it as uncaught.
  socket.addEventListener("error", () => {});
  socket.addEventListener("close", (event) => events.close(event.code));
  return {
    send: (text) => {
      // Between the end of a link and the news of it there is nobody to send to.
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => socket.close(1000),
  };
};

/** The runtime's global `fetch`, looked up at each call so that it can be replaced. */
export const globalFetch: Fetch = (url, init) => fetch(url, init);

/** The browser's events; elsewhere nothing ever happens and the network is taken to be there. */
export const globalPlatform: Platform = {
  isOnline: () => typeof document === "undefined" || navigator.onLine,
  subscribe(listener) {
    if (typeof window === "undefined" || typeof document === "undefined") return () => {};
    const online = () => listener("online");
    const offline = () => listener("offline");
    const shown = () => {
      if (document.visibilityState === "visible") listener("visible");
    };
    window.addEventListener("online", online);
    window.addEventListener("offline", offline);
    document.addEventListener("visibilitychange", shown);
    return () => {
      window.removeEventListener("online", online);
      window.removeEventListener("offline", offline);
      document.removeEventListener("visibilitychange", shown);
    };
  },
};

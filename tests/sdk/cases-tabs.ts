/** What only a browser has: IndexedDB, Web Locks and tabs. Instances of one page stand for tabs, they share as tabs do. */
import type { SocketFactory } from "../../client/types/options.ts";
import { directChat, equal, fresh, listed, online, shows, texts, timelineOf, until, type Case } from "./harness.ts";

export const tabCases: readonly Case[] = [
  {
    title: "the default storage keeps session, list and history over a restart, and shows them without a network",
    async run(place) {
      const name = fresh("store");
      const ada = await place.person("ada", { name });
      const bob = await place.person("bob");
      const id = await directChat(ada, bob);
      await (await ada.meridian.send(id, "kept")).sent();
      await shows(await timelineOf(ada.meridian, id), ["kept"]);
      await ada.meridian.close();
      const again = place.client({ name, autoConnect: false });
      equal((await again.ready()).status, "signedIn");
      await shows(await timelineOf(again, id), ["kept"]);
      equal(again.conversations.current.items[0]?.last?.text, "kept");
      equal(again.connection.current.status, "idle");
    },
  },
  {
    title: "tabs share one link; when the leader closes, the next goes on with the outbox",
    async run(place) {
      const name = fresh("store");
      const ada = await place.person("ada", { name, tabs: true });
      const bob = await place.person("bob");
      const id = await directChat(ada, bob);
      let opened = 0;
      const second = place.client({
        name,
        tabs: true,
        socket: (...args) => {
          opened++;
          return socket(...args);
        },
      });
      equal((await second.ready()).status, "signedIn");
      await online(second);
      equal(opened, 0, "sockets of the follower");
      const theirs = await timelineOf(bob.meridian, id);
      const mine = await timelineOf(second, id);
      await (await second.send(id, "through the leader")).sent();
      await shows(theirs, ["through the leader"]);
      ada.meridian.disconnect();
      await until(second.connection, ({ status }) => status === "idle", "no link for both");
      await ada.meridian.send(id, "left behind by the leader");
      const last = await second.send(id, "asked by the follower");
      await ada.meridian.close();
      await last.sent();
      equal(opened, 1, "sockets of the new leader");
      await shows(theirs, ["through the leader", "left behind by the leader", "asked by the follower"]);
      await until(mine, (state) => texts(state).length === 3, "all three here");
      const third = place.client({ name, tabs: true });
      equal((await third.ready()).status, "signedIn");
      await listed({ ...ada, meridian: third }, id);
      await second.signOut();
      await until(third.session, ({ status }) => status === "signedOut", "the end of the session in every tab");
    },
  },
];

function socket(...[url, protocols, events]: Parameters<SocketFactory>) {
  const made = new WebSocket(url, [...protocols]);
  made.addEventListener("open", () => events.open());
  made.addEventListener("message", ({ data }) => events.message(data));
  made.addEventListener("close", ({ code }) => events.close(code));
  return { send: (text: string) => made.send(text), close: () => made.close() };
}

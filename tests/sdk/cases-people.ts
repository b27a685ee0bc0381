/** Groups, typing, presence, blocks, and lists that are long. */
import {
  directChat,
  equal,
  eventually,
  fresh,
  listed,
  messages,
  ok,
  refused,
  shows,
  timelineOf,
  until,
  type Case,
} from "./harness.ts";

export const peopleCases: readonly Case[] = [
  {
    title: "[V1] [V2] a group: members come, go and change roles, and each sees its own time",
    async run(place) {
      const [ada, bob, cyd] = [await place.person("ada"), await place.person("bob"), await place.person("cyd")];
      const id = await ada.meridian.createGroup({ title: "Tea", members: [bob.user.id] });
      await listed(bob, id);
      await (await ada.meridian.send(id, "before Cyd")).sent();
      await refused(bob.meridian.addMember(id, cyd.user.id), "forbidden");
      await refused(cyd.meridian.members(id), "not_found");
      await ada.meridian.addMember(id, cyd.user.id);
      await listed(cyd, id);
      await (await bob.meridian.send(id, "hello, Cyd")).sent();
      const hers = await timelineOf(cyd.meridian, id);
      await shows(hers, ["hello, Cyd"]);
      ok(
        hers.current.items.some((item) => item.type === "system" && item.event.kind === "member_added"),
        "a line about it",
      );
      await ada.meridian.setRole(id, bob.user.id, "admin");
      await bob.meridian.rename(id, "Coffee");
      await until(cyd.meridian.conversations, ({ items }) => items[0]?.title === "Coffee", "the new title");
      const members = await cyd.meridian.members(id);
      equal(
        members
          .filter(({ role }) => role === "admin")
          .map(({ user }) => user)
          .toSorted(),
        [ada.user.id, bob.user.id].toSorted(),
      );
      await bob.meridian.removeMember(id, cyd.user.id);
      await until(cyd.meridian.conversations, ({ items }) => items[0]?.role === null, "being out");
      await (await ada.meridian.send(id, "without Cyd")).sent();
      const refusal = await cyd.meridian.send(id, "am I still here?");
      await refused(refusal.sent(), "not_found");
      await ada.meridian.leave(id);
      await until(ada.meridian.conversations, ({ items }) => items[0]?.role === null, "having left");
      equal(
        (await bob.meridian.members(id)).map(({ user }) => user),
        [bob.user.id],
      );
    },
  },
  {
    title: "[R1] in a group two ticks mean everybody",
    async run(place) {
      const people = await Promise.all(["ada", "bob", "cyd"].map((name) => place.person(name)));
      const [ada, bob, cyd] = people;
      if (ada === undefined || bob === undefined || cyd === undefined) throw new Error("nobody came");
      const id = await ada.meridian.createGroup({ title: "Tea", members: [bob.user.id, cyd.user.id] });
      await Promise.all([listed(bob, id), listed(cyd, id)]);
      const mine = await timelineOf(ada.meridian, id);
      cyd.meridian.disconnect();
      await until(cyd.meridian.connection, ({ status }) => status === "idle", "Cyd away");
      const message = await ada.meridian.send(id, "all here?");
      const { seq } = await message.sent();
      const theirs = await timelineOf(bob.meridian, id);
      await shows(theirs, ["all here?"]);
      await bob.meridian.markRead(id);
      await until(bob.meridian.conversations, ({ items }) => items[0]?.unread === 0, "Bob has read it");
      await eventually(async () => (await ada.meridian.receipts(id, seq)).read.includes(bob.user.id), "Bob's receipt");
      equal(messages(mine.current)[0]?.status, "sent");
      cyd.meridian.connect();
      await until(mine, (state) => messages(state)[0]?.status === "delivered", "the second tick");
      await cyd.meridian.markRead(id);
      await until(mine, (state) => messages(state)[0]?.status === "read", "blue ticks");
    },
  },
  {
    title: "[P1] [P3] typing and presence are seen, and end",
    async run(place) {
      const [ada, bob] = [await place.person("ada"), await place.person("bob")];
      const id = await directChat(ada, bob);
      await (await ada.meridian.send(id, "hi")).sent();
      bob.meridian.setTyping(id, true);
      await until(ada.meridian.typing(id), (users) => users.includes(bob.user.id), "Bob typing");
      bob.meridian.setTyping(id, false);
      await until(ada.meridian.typing(id), (users) => users.length === 0, "Bob pausing");
      const presence = ada.meridian.presence(bob.user.id);
      const stop = presence.subscribe(() => {});
      await until(presence, ({ state }) => state === "online", "Bob online");
      bob.meridian.disconnect();
      const { lastSeen } = await until(presence, ({ state }) => state === "offline", "Bob offline");
      ok(Math.abs((lastSeen ?? 0) - ada.meridian.serverNow()) < 60_000, "last seen just now");
      stop();
      equal(presence.current.state, "unknown");
    },
  },
  {
    title: "[V3] what a blocked person sends is sent, never delivered and never shown",
    async run(place) {
      const [ada, bob] = [await place.person("ada"), await place.person("bob")];
      const id = await directChat(ada, bob);
      const mine = await timelineOf(ada.meridian, id);
      await ada.meridian.block(bob.user.id);
      equal(await ada.meridian.blocks(), [bob.user.id]);
      await (await bob.meridian.send(id, "let me in")).sent();
      const theirs = await timelineOf(bob.meridian, id);
      await ada.meridian.unblock(bob.user.id);
      await (await bob.meridian.send(id, "thank you")).sent();
      await shows(mine, ["thank you"]);
      equal(messages(theirs.current)[0]?.text, "let me in");
      equal(await ada.meridian.blocks(), []);
    },
  },
  {
    title: "[V4] notes to self are a chat with oneself",
    async run(place) {
      const ada = await place.person("ada");
      const id = await ada.meridian.createDirect({ user: ada.user.id });
      equal(await ada.meridian.createDirect({ handle: ada.handle }), id, "one id for the pair");
      await (await ada.meridian.send(id, "buy milk")).sent();
      await shows(await timelineOf(ada.meridian, id), ["buy milk"]);
      equal(ada.meridian.conversations.current.items[0]?.unread, 0);
      await refused(ada.meridian.createDirect({ user: fresh("u") as never }), "not_found");
    },
  },
  {
    title: "[D4] a list that is longer than one ready is whole on a new device, newest first",
    async run(place) {
      const ada = await place.person("ada");
      const titles = Array.from({ length: 205 }, (_, i) => `group ${i}`);
      for (let i = 0; i < titles.length; i += 10) {
        await Promise.all(titles.slice(i, i + 10).map((title) => ada.meridian.createGroup({ title, members: [] })));
      }
      const [oldest] = ada.meridian.conversations.current.items.filter(({ title }) => title === "group 0");
      if (oldest === undefined) throw new Error("no first group");
      await (await ada.meridian.send(oldest.id, "up you go")).sent();
      const tablet = await place.device(ada);
      const { items } = await until(tablet.meridian.conversations, (list) => list.items.length === 205, "all groups");
      equal(items[0]?.title, "group 0");
      equal(new Set(items.map(({ title }) => title)).size, 205);
    },
  },
];

/** Messages: sending, ticks, changes, history, several devices. */
import { MemoryStorage } from "../../client/storage/memory.ts";
import {
  directChat,
  equal,
  fresh,
  listed,
  messages,
  ok,
  online,
  refused,
  shows,
  texts,
  timelineOf,
  until,
  type Case,
} from "./harness.ts";

export const messageCases: readonly Case[] = [
  {
    title: "[S1] [R1] a message is sent, delivered and read, on both sides",
    async run(place) {
      const [ada, bob] = [await place.person("ada"), await place.person("bob")];
      const id = await directChat(ada, bob);
      const [mine, theirs] = [await timelineOf(ada.meridian, id), await timelineOf(bob.meridian, id)];
      const message = await ada.meridian.send(id, "Hello, Bob");
      equal((await message.sent()).seq, 1);
      await shows(theirs, ["Hello, Bob"]);
      await until(mine, (state) => messages(state)[0]?.status === "delivered", "two ticks");
      await until(bob.meridian.conversations, ({ items }) => items[0]?.unread === 1, "one unread");
      await bob.meridian.markRead(id);
      await until(mine, (state) => messages(state)[0]?.status === "read", "blue ticks");
      await until(bob.meridian.conversations, ({ items }) => items[0]?.unread === 0, "none unread");
      equal(await ada.meridian.receipts(id, 1), { seq: 1, delivered: [bob.user.id], read: [bob.user.id] });
      await (await bob.meridian.send(id, "Hello, Ada")).sent();
      await shows(mine, ["Hello, Bob", "Hello, Ada"]);
    },
  },
  {
    title: "[S2] [S3] two hundred sends of two people arrive everywhere once and in one order",
    async run(place) {
      const [ada, bob] = [await place.person("ada"), await place.person("bob")];
      const id = await directChat(ada, bob);
      const [mine, theirs] = [await timelineOf(ada.meridian, id), await timelineOf(bob.meridian, id)];
      const sends = [ada, bob].flatMap(({ meridian }, who) =>
        Array.from({ length: 100 }, (_, i) => meridian.send(id, `${who}-${i}`)),
      );
      await Promise.all((await Promise.all(sends)).map((message) => message.sent()));
      await until(mine, (state) => texts(state).length === 200, "all of them here");
      await until(theirs, (state) => texts(state).length === 200, "all of them there");
      equal(texts(theirs.current), texts(mine.current), "the same order");
      for (const who of ["0", "1"]) {
        const own = texts(mine.current).filter((text) => text.startsWith(`${who}-`));
        equal(
          own,
          Array.from({ length: 100 }, (_, i) => `${who}-${i}`),
          "the order of the sender",
        );
      }
    },
  },
  {
    title: "[C1] what is sent offline waits, survives a restart, and goes out in order and once",
    async run(place) {
      const storage = new MemoryStorage();
      const ada = await place.person("ada", { storage });
      const bob = await place.person("bob");
      const id = await directChat(ada, bob);
      ada.meridian.disconnect();
      await until(ada.meridian.connection, ({ status }) => status === "idle", "a closed link");
      const offline = await timelineOf(ada.meridian, id);
      for (const text of ["one", "two", "three"]) await ada.meridian.send(id, text);
      equal(
        ada.meridian.outbox.current.map(({ status }) => status),
        ["queued", "queued", "queued"],
      );
      void offline;
      await ada.meridian.close();
      const again = place.client({ storage });
      const theirs = await timelineOf(bob.meridian, id);
      await online(again);
      await shows(theirs, ["one", "two", "three"]);
      await until(again.outbox, (items) => items.length === 0, "an empty outbox");
      await shows(await timelineOf(again, id), ["one", "two", "three"]);
    },
  },
  {
    title: "a refusal is final, typed and shown, and can be discarded",
    async run(place) {
      const ada = await place.person("ada");
      const message = await ada.meridian.send(fresh("g") as never, "to nobody");
      const error = await refused(message.sent(), "not_found");
      equal(error.name, "RequestError");
      equal(ada.meridian.outbox.current[0]?.status, "failed");
      await ada.meridian.discard(message.id);
      equal(ada.meridian.outbox.current, []);
      await refused(ada.meridian.send(fresh("g") as never, "x".repeat(8_193)), "payload_too_large");
      await refused(ada.meridian.send(fresh("g") as never, ""), "invalid_request");
    },
  },
  {
    title: "[E2] [E3] edits, reactions, replies and deletions look the same live and read again",
    async run(place) {
      const [ada, bob] = [await place.person("ada"), await place.person("bob", { verifyChains: true })];
      const id = await directChat(ada, bob);
      const theirs = await timelineOf(bob.meridian, id);
      const diverged: unknown[] = [];
      bob.meridian.on("diverged", (news) => diverged.push(news));
      const first = await ada.meridian.send(id, "frist");
      await first.sent();
      const second = await ada.meridian.send(id, { text: "reply", replyTo: first.id, mentions: [bob.user.id] });
      const third = await ada.meridian.send(id, "a mistake");
      await third.sent();
      await ada.meridian.edit(id, first.id, "first");
      await shows(theirs, ["first", "reply", "a mistake"]);
      await (await bob.meridian.react(id, second.id, "👍")).sent();
      await (await bob.meridian.react(id, second.id, "🎉")).sent();
      await (await bob.meridian.react(id, second.id, "🎉", false)).sent();
      await (await ada.meridian.delete(id, third.id)).sent();
      await until(theirs, (state) => messages(state)[2]?.deleted === true, "the deletion");
      const live = messages(theirs.current).map(({ seq, text, deleted, editedAt, reactions, replyTo, mentionsMe }) => ({
        seq,
        text,
        deleted,
        edited: editedAt !== null,
        reactions,
        quote: replyTo?.text,
        mentionsMe,
      }));
      equal(
        live.map(({ text, deleted }) => [text, deleted]),
        [
          ["first", false],
          ["reply", false],
          ["", true],
        ],
      );
      equal(live[1]?.reactions, [{ emoji: "👍", users: [bob.user.id], own: true }]);
      equal([live[0]?.edited, live[1]?.quote, live[1]?.mentionsMe], [true, "first", true]);
      const tablet = await place.device(bob, { verifyChains: true });
      tablet.meridian.on("diverged", (news) => diverged.push(news));
      await listed(tablet, id);
      const again = await timelineOf(tablet.meridian, id);
      const read = messages(again.current).map(({ seq, text, deleted, editedAt, reactions, replyTo, mentionsMe }) => ({
        seq,
        text,
        deleted,
        edited: editedAt !== null,
        reactions,
        quote: replyTo?.text,
        mentionsMe,
      }));
      equal(read, live, "read again");
      equal(diverged, [], "chains");
    },
  },
  {
    title: "[D3] a new device starts at the end and finds all of the history backwards; a jump lands in the middle",
    async run(place) {
      const [ada, bob] = [await place.person("ada"), await place.person("bob")];
      const id = await directChat(ada, bob);
      const sends = await Promise.all(Array.from({ length: 450 }, (_, i) => ada.meridian.send(id, `m${i + 1}`)));
      await sends.at(-1)?.sent();
      const tablet = await place.device(bob);
      await listed(tablet, id);
      equal(tablet.meridian.conversations.current.items[0]?.unread, 450);
      const timeline = await timelineOf(tablet.meridian, id);
      ok(timeline.current.items.length < 200 && !timeline.current.atStart, "only the end at first");
      await timeline.jumpTo(100);
      ok(texts(timeline.current).includes("m100") && !timeline.current.atEnd, "a stretch of the past");
      while (!timeline.current.atEnd) await timeline.loadNewer();
      while (!timeline.current.atStart) await timeline.loadOlder();
      equal(
        texts(timeline.current),
        Array.from({ length: 450 }, (_, i) => `m${i + 1}`),
      );
      equal((await tablet.meridian.search("M44")).map(({ text }) => text).slice(0, 2), ["m449", "m448"]);
    },
  },
  {
    title: "[S5] [E6] several devices of one user show the same: sends, reads, what was hidden, mutes",
    async run(place) {
      const [ada, bob] = [await place.person("ada"), await place.person("bob")];
      const phone = await place.device(ada);
      const id = await directChat(bob, ada);
      await listed(phone, id);
      const [desk, hand] = [await timelineOf(ada.meridian, id), await timelineOf(phone.meridian, id)];
      await (await bob.meridian.send(id, "one")).sent();
      await (await ada.meridian.send(id, "two")).sent();
      await (await bob.meridian.send(id, "three")).sent();
      await shows(desk, ["one", "two", "three"]);
      await shows(hand, ["one", "two", "three"]);
      equal(messages(hand.current)[1]?.own, true);
      await until(phone.meridian.conversations, ({ items }) => items[0]?.unread === 2, "two unread");
      await ada.meridian.markRead(id);
      await until(phone.meridian.conversations, ({ items }) => items[0]?.unread === 0, "read elsewhere");
      await ada.meridian.hide(id, 1);
      await shows(hand, ["two", "three"]);
      await shows(desk, ["two", "three"]);
      await ada.meridian.mute(id, 8_640_000_000_000_000);
      await until(
        phone.meridian.conversations,
        ({ items }) => (items[0]?.mutedUntil ?? 0) > Date.now(),
        "muted elsewhere",
      );
      const tablet = await place.device(ada);
      await listed(tablet, id);
      await shows(await timelineOf(tablet.meridian, id), ["two", "three"]);
    },
  },
  {
    title: "[D2] [C3] a device that was away resumes with everything, in order",
    async run(place) {
      const [ada, bob] = [await place.person("ada"), await place.person("bob")];
      const id = await directChat(ada, bob);
      const theirs = await timelineOf(bob.meridian, id);
      await (await ada.meridian.send(id, "before")).sent();
      await shows(theirs, ["before"]);
      bob.meridian.disconnect();
      await until(bob.meridian.connection, ({ status }) => status === "idle", "a closed link");
      const away = Array.from({ length: 300 }, (_, i) => `away ${i}`);
      const sends = await Promise.all(away.map((text) => ada.meridian.send(id, text)));
      await sends.at(-1)?.sent();
      bob.meridian.connect();
      await shows(theirs, ["before", ...away]);
      equal(bob.meridian.conversations.current.items[0]?.unread, 301);
    },
  },
];

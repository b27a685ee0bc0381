import { describe, expect, it } from "vitest";
import { codeOf, type ConversationId, type Page } from "../../protocol/index.ts";
import { conversationObject, person, until, type Person } from "./support/people.ts";

const page = async (who: Person, conversation: ConversationId): Promise<Page> =>
  JSON.parse(await who.object.entries(conversation, { limit: 200 })) as Page;

const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "no error",
    (error: unknown) => codeOf(error),
  );

async function group(...names: string[]) {
  const people = names.map((name) => person(name));
  const devices = [];
  for (const one of people) devices.push(await one.device());
  const [admin, ...others] = people as [Person, ...Person[]];
  const conversation = await admin.group("Crew", ...others);
  const sockets = [];
  for (const device of devices) {
    const socket = await device.connect(null, {});
    socket.acknowledges = true;
    sockets.push(socket);
  }
  return { people, devices, sockets, conversation, admin };
}

describe("groups", () => {
  it("[E2] [V1] begins with group_created, the creator as admin", async () => {
    const { admin, people, conversation } = await group("ada", "ben", "cyd");
    const { entries } = await page(admin, conversation);
    expect(entries[0]).toMatchObject({
      seq: 1,
      kind: "group_created",
      body: { title: "Crew", members: people.map(({ id }) => id) },
      sender: { user: admin.id, device: null },
    });
    const { members } = await admin.object.members(conversation, 10, undefined);
    expect(members.map(({ role }) => role)).toEqual(["admin", "member", "member"]);
    const first = await admin.object.members(conversation, 2, undefined);
    const second = await admin.object.members(conversation, 2, first.cursor);
    expect([...first.members, ...second.members]).toEqual(members);
    expect(second.cursor).toBeUndefined();
  });

  it("[V1] members are told of the group at once, with its line for the list", async () => {
    const [ada, ben] = [person("ada"), person("ben")];
    await ada.device();
    const socket = await (await ben.device()).connect();
    const conversation = await ada.group("Surprise", ben);
    const frame = await socket.next("conversation", ({ conversation: line }) => line.id === conversation);
    expect(frame.conversation).toMatchObject({ title: "Surprise", role: "member", memberCount: 2, kind: "group" });
    await socket.next("entries", ({ to }) => to === 1);
  });

  it("[V1] [H4] a stranger sees nothing, and cannot tell a conversation from none", async () => {
    const { conversation } = await group("ada", "ben");
    const eve = person("eve");
    const device = await eve.device();
    const socket = await device.connect();
    await expect(socket.say(conversation, "let me in")).rejects.toMatchObject({ code: "not_found" });
    for (const id of [conversation, "g_unknown" as ConversationId]) {
      expect(await code(eve.object.conversation(id))).toBe("not_found");
      expect(await code(eve.object.entries(id, { limit: 1 }))).toBe("not_found");
      expect(await code(eve.object.members(id, 1, undefined))).toBe("not_found");
      expect(await code(eve.object.receiptsAt(id, 1))).toBe("not_found");
      expect(await code(eve.object.hide(device.id, id, 1))).toBe("not_found");
      expect(await code(eve.object.markRead(device.id, id, 1))).toBe("not_found");
      expect(await code(eve.object.mute(id, null))).toBe("not_found");
      expect(await code(eve.object.putMember(id, eve.id, "admin"))).toBe("not_found");
      expect(await code(eve.object.updateConversation(id, { title: "Mine" }))).toBe("not_found");
      socket.send({ type: "pull", ref: `pull ${id}`, conversation: id });
      expect(await socket.next("error", ({ ref }) => ref === `pull ${id}`)).toMatchObject({ code: "not_found" });
    }
  });

  it("[V1] only admins add, remove, rename and give roles; everybody may leave", async () => {
    const { people, conversation } = await group("ada", "ben", "cyd");
    const [ada, ben, cyd] = people as [Person, Person, Person];
    const dan = person("dan");
    await dan.device();
    expect(await code(ben.object.putMember(conversation, dan.id, undefined))).toBe("forbidden");
    expect(await code(ben.object.removeMember(conversation, cyd.id))).toBe("forbidden");
    expect(await code(ben.object.updateConversation(conversation, { title: "Ours" }))).toBe("forbidden");
    expect(await code(ben.object.putMember(conversation, ben.id, "admin"))).toBe("forbidden");
    expect(await code(ada.object.putMember(conversation, "u_nobody" as never, undefined))).toBe("not_found");
    expect(await ada.object.putMember(conversation, dan.id, undefined)).toMatchObject({ user: dan.id, role: "member" });
    expect(await ada.object.putMember(conversation, ben.id, "admin")).toMatchObject({ role: "admin" });
    expect((await ben.object.updateConversation(conversation, { title: "Ours" })).title).toBe("Ours");
    await cyd.object.removeMember(conversation, cyd.id);
    expect(await code(cyd.object.conversation(conversation))).toBe("not_found");
    const kinds = (await page(ada, conversation)).entries.map(({ kind }) => kind);
    expect(kinds).toEqual(["group_created", "member_added", "member_role", "conversation_updated", "member_removed"]);
  });

  it("[V1] the last admin who leaves hands the role to the longest-standing member", async () => {
    const { people, conversation } = await group("ada", "ben", "cyd");
    const [ada, ben, cyd] = people as [Person, Person, Person];
    await ada.object.removeMember(conversation, ada.id);
    const { members } = await ben.object.members(conversation, 10, undefined);
    expect(members.map(({ user, role }) => [user, role])).toEqual([
      [ben.id, "admin"],
      [cyd.id, "member"],
    ]);
    const last = (await page(ben, conversation)).entries.at(-1);
    expect(last).toMatchObject({ kind: "member_role", body: { user: ben.id, role: "admin" } });
  });

  it("[V2] a member sees its own time only, on every way to read", async () => {
    const { people, devices, sockets, conversation } = await group("ada", "ben");
    const [ada, ben] = people as [Person, Person];
    const [a, b] = sockets as [(typeof sockets)[0], (typeof sockets)[0]];
    await a.say(conversation, "2: both");
    await ada.object.removeMember(conversation, ben.id); // 3
    const left = await b.next("conversation", ({ conversation: line }) => line.role === null);
    expect(left.conversation.id).toBe(conversation);
    await a.say(conversation, "4: alone");
    await a.say(conversation, "5: alone");
    expect(await code(ben.object.entries(conversation, { limit: 10 }))).toBe("not_found");
    await expect(b.say(conversation, "still here?")).rejects.toMatchObject({ code: "not_found" });
    await ada.object.putMember(conversation, ben.id, undefined); // 6
    await a.say(conversation, "7: both again");
    await b.next("entries", ({ to }) => to === 7);
    expect(b.seqs(conversation)).toEqual([1, 2, 3, 6, 7]);
    expect((await page(ben, conversation)).entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 6, 7]);
    expect(JSON.parse(await ben.object.entries(conversation, { after: 3, limit: 1 }))).toMatchObject({
      after: 3,
      to: 6,
      more: true,
    });
    expect(await code(ben.object.receiptsAt(conversation, 4))).toBe("not_found");
    expect(await code(ben.object.hide(devices[1]?.id as never, conversation, 5))).toBe("not_found");
    await expect(
      b.append(conversation, "reaction", { target: (await page(ada, conversation)).entries[3]?.id, emoji: "+1" }),
    ).rejects.toMatchObject({ code: "not_found" });
    expect(await conversationObject(conversation).view(ben.id)).toMatchObject({ unread: 2 });
  });

  it.each(["names its places", "leaves its places to the server"])(
    "[D2] [V2] a removed member's device that was cut off before it had everything still gets it, when it %s",
    async (how) => {
      const [ada, ben, cleo] = [person("ada"), person("ben"), person("cleo")];
      const [phone, laptop] = [await ada.device(), await ben.device(), await cleo.device()];
      const group = await ada.group("Three", ben, cleo);
      const a = await phone.connect();
      const b = await laptop.connect();
      b.acknowledges = true;
      await a.say(group, "while all is well");
      await b.next("entries", ({ to }) => to === 2);
      await b.close();
      for (let index = 0; index < 5; index++) await a.say(group, `while ben is away ${index}`);
      await ada.object.removeMember(group, ben.id);
      const left = async () => (await ben.object.conversations(laptop.id, 10, undefined)).conversations.length === 0;
      await until(left, "ben's object was told");
      // The answer to this hello lists the group, and its token covers it; then the socket dies before an entry is held.
      const brief = await laptop.connect(b.greeting.sync);
      expect(brief.greeting.conversations).toMatchObject([{ id: group, role: null, cursor: 2, head: 8 }]);
      await brief.close();
      const back = await laptop.connect(
        brief.greeting.sync,
        how === "names its places" ? { [group]: { seq: 2 } } : undefined,
      );
      back.acknowledges = true;
      await back.next("entries", ({ conversation, to }) => conversation === group && to === 8);
      expect(back.seqs(group)).toEqual([3, 4, 5, 6, 7, 8]);
      expect(back.frames.filter(({ type }) => type === "diverged")).toEqual([]);
    },
  );

  it("[V2] a member that was away when it was removed and added again gets its two windows and not the gap", async () => {
    const { people, devices, sockets, conversation } = await group("ada", "ben");
    const [ada, ben] = people as [Person, Person];
    const [a, b] = sockets as [(typeof sockets)[0], (typeof sockets)[0]];
    const { sync } = b.greeting;
    await b.close();
    await a.say(conversation, "2");
    await ada.object.removeMember(conversation, ben.id);
    await a.say(conversation, "4");
    await ada.object.putMember(conversation, ben.id, undefined);
    await a.say(conversation, "6");
    const back = await devices[1]?.connect(sync);
    if (back === undefined) throw new Error("no device");
    back.acknowledges = true;
    await back.next("entries", ({ to }) => to === 6);
    expect(back.seqs(conversation).filter((seq) => seq > 1)).toEqual([2, 3, 5, 6]);
  });

  it("[V4] limits: titles, size, unknown members; notes to self", async () => {
    const ada = person("ada");
    const device = await ada.device();
    expect(await code(ada.object.createConversation({ kind: "direct", user: "u_nobody" as never }))).toBe("not_found");
    expect(
      await code(ada.object.createConversation({ kind: "group", title: "x", members: ["u_nobody" as never] })),
    ).toBe("not_found");
    const many = Array.from({ length: 1024 }, (_, index) => `u_${index}` as never);
    expect(await code(ada.object.createConversation({ kind: "group", title: "x", members: many }))).toBe("group_full");
    const self = await ada.directWith(ada);
    const socket = await device.connect();
    await socket.say(self, "note");
    await socket.next("entries", ({ to }) => to === 1);
    expect(socket.greeting.conversations[0]).toMatchObject({
      id: self,
      memberCount: 1,
      unread: 0,
      peer: { id: ada.id },
    });
  });

  it("[V1] an account that is erased leaves its groups and takes its notes along", async () => {
    const { people, conversation } = await group("ada", "ben");
    const [ada, ben] = people as [Person, Person];
    const notes = await ada.directWith(ada);
    await ada.object.erase();
    await until(async () => (await ben.object.members(conversation, 10, undefined)).members.length === 1, "ada left");
    expect(await code(conversationObject(notes).conversation(ada.id))).toBe("not_found");
    expect(await ada.object.profile()).toBeNull();
    expect(await code(ada.object.devices("x" as never))).toBe("device_revoked");
  });
});

/** Accounts, sessions, devices and profiles. */
import { PASSWORD, equal, fresh, ok, online, refused, until, type Case } from "./harness.ts";

export const accountCases: readonly Case[] = [
  {
    title: "[A1] a handle is taken once; a wrong password and an unknown handle are the same refusal [A4]",
    async run(place) {
      const ada = await place.person("ada");
      const other = place.client({ name: fresh("store") });
      const taken = await refused(other.register({ handle: ada.handle, password: PASSWORD }), "handle_taken");
      equal([taken.name, taken.hint], ["RequestError", "Choose another handle."]);
      const wrong = await refused(
        other.signIn({ handle: ada.handle, password: "wrong password" }),
        "invalid_credentials",
      );
      const nobody = await refused(
        other.signIn({ handle: fresh("nobody"), password: PASSWORD }),
        "invalid_credentials",
      );
      equal([wrong.name, nobody.name], ["AuthError", "AuthError"]);
      equal((await other.ready()).status, "signedOut");
      const short = await refused(other.register({ handle: fresh("bob"), password: "short" }), "invalid_request");
      ok("violations" in short, "names the field");
    },
  },
  {
    title: "a session survives a restart of the process",
    async run(place) {
      const { storage } = await memory();
      const ada = await place.person("ada", { storage });
      await ada.meridian.close();
      const again = place.client({ storage });
      const session = await again.ready();
      ok(session.status === "signedIn" && session.user.id === ada.user.id, "signed in again");
      await online(again);
    },
  },
  {
    title: "[A5] devices are listed and revoked; a revoked one is signed out at once and forgets",
    async run(place) {
      const { storage } = await memory();
      const ada = await place.person("ada");
      const phone = await place.device(ada, { storage, device: { name: "Phone", platform: "test" } });
      const devices = await ada.meridian.devices();
      equal(devices.map(({ name }) => name).includes("Phone"), true);
      equal(devices.filter(({ current }) => current).length, 1);
      const its = devices.find(({ name }) => name === "Phone");
      if (its === undefined) throw new Error("no phone");
      const reasons: string[] = [];
      phone.meridian.on("signedOut", ({ reason }) => reasons.push(reason));
      await ada.meridian.revokeDevice(its.id);
      await until(phone.meridian.session, ({ status }) => status === "signedOut", "the end of the session");
      await until(phone.meridian.connection, ({ status }) => status === "idle", "a closed link");
      equal(reasons, ["revoked"]);
      equal((await storage.load()).session, null);
      equal((await ada.meridian.devices()).length, 1);
    },
  },
  {
    title: "a profile is changed, found by handle and by id, and seen by others; nobody is not_found",
    async run(place) {
      const [ada, bob] = [await place.person("ada"), await place.person("bob")];
      await ada.meridian.updateMe({ displayName: "Countess", about: "computing", privacy: { lastSeen: "nobody" } });
      equal((await ada.meridian.me()).about, "computing");
      const { current } = ada.meridian.session;
      equal(current.status === "signedIn" && current.user.displayName, "Countess");
      equal((await bob.meridian.userByHandle(`@${ada.handle.toUpperCase()}`)).id, ada.user.id);
      equal((await bob.meridian.userById(ada.user.id)).displayName, "Countess");
      const profile = bob.meridian.profile(ada.user.id);
      const state = await until(profile, ({ status }) => status === "ready", "the profile");
      equal(state.profile?.displayName, "Countess");
      await refused(bob.meridian.userByHandle(fresh("nobody")), "not_found");
    },
  },
  {
    title: "signing out makes the device forget, and another user can sign in on it",
    async run(place) {
      const { storage } = await memory();
      const ada = await place.person("ada", { storage });
      const bob = await place.person("bob");
      const id = await ada.meridian.createDirect({ user: bob.user.id });
      await (await ada.meridian.send(id, "private")).sent();
      await ada.meridian.signOut();
      equal((await storage.load()).conversations, []);
      await ada.meridian.signIn({ handle: bob.handle, password: PASSWORD });
      await online(ada.meridian);
      await until(ada.meridian.conversations, ({ items }) => items.length === 1, "Bob's list");
    },
  },
  {
    title: "an account is deleted with its password and with no other",
    async run(place) {
      const [ada, bob] = [await place.person("ada"), await place.person("bob")];
      await refused(ada.meridian.deleteAccount("wrong password"), "forbidden");
      await ada.meridian.deleteAccount(PASSWORD);
      equal(ada.meridian.session.current.status, "signedOut");
      await refused(ada.meridian.signIn({ handle: ada.handle, password: PASSWORD }), "invalid_credentials");
      await refused(bob.meridian.userById(ada.user.id), "not_found");
    },
  },
];

async function memory() {
  const { MemoryStorage } = await import("../../client/storage/memory.ts");
  return { storage: new MemoryStorage() };
}

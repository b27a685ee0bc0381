/**
 * `npm start -- --demo`: example people with something to say, so that there is something to see. Run again it changes
 * nothing.
 */
import type { Session } from "../../protocol/accounts.ts";
import { call, CallError, type Caller } from "./demo/call.ts";
import { play, type Cast } from "./demo/play.ts";
import { PASSWORD, PEOPLE, SCENES, type Person } from "./demo/script.ts";

const DEVICE = { name: "Demo", platform: "demo" };
const PERSONS = Object.keys(PEOPLE) as Person[];
/** Whose profile is finished last, so that a fill that was cut short is done again. */
const LAST: Person = "ben";

/**
 * Fills a service with the examples.
 *
 * @param url address of the service
 * @returns true where there was anything to do
 * @throws Error where the service refuses, or the handles belong to others
 */
export async function makeDemo(url: string): Promise<boolean> {
  const caller: Caller = { url };
  const entered = new Map<Person, Session>();
  try {
    // Whoever comes last tells whether all was done before.
    const last = await enter(caller, LAST);
    entered.set(LAST, last);
    if (last.user.about === PEOPLE[LAST].about) return false;
    for (const name of PERSONS) if (name !== LAST) entered.set(name, await enter(caller, name));
    const cast = Object.fromEntries(entered) as Cast;
    for (const scene of SCENES) await play(caller, cast, scene);
    for (const name of [...PERSONS.filter((one) => one !== LAST), LAST]) {
      const { about } = PEOPLE[name];
      const { accessToken: token } = cast[name];
      if (about !== "") await call(caller, { method: "PATCH", path: "/v1/me", token, body: { about } });
    }
    return true;
  } finally {
    // A device that nobody uses is not left in anyone's list.
    for (const { accessToken: token } of entered.values()) {
      await call(caller, { method: "DELETE", path: "/v1/sessions/current", token });
    }
  }
}

/** Registers somebody, or signs them in where they are there already. */
async function enter(caller: Caller, handle: Person): Promise<Session> {
  const account = { handle, password: PASSWORD, device: DEVICE };
  const { displayName } = PEOPLE[handle];
  try {
    return await call<Session>(caller, { method: "POST", path: "/v1/accounts", body: { ...account, displayName } });
  } catch (error) {
    if (!(error instanceof CallError) || error.code !== "handle_taken") throw error;
    return call<Session>(caller, { method: "POST", path: "/v1/sessions", body: account });
  }
}

if (import.meta.main) {
  const url = process.argv[2] ?? process.env["MERIDIAN_URL"];
  if (url === undefined) {
    console.error("Usage: node tools/dev/demo.ts URL");
    process.exit(2);
  }
  try {
    await makeDemo(url);
    console.log(`Sign in as "ada" or "ben" with the password "${PASSWORD}": use two browsers, or a private window.`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

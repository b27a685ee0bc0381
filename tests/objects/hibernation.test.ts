import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { person, type Person } from "./support/people.ts";

/** The platform hibernates an object that was idle for ten seconds. */
const IDLE_MS = 12_500;

/** Marks the running instance of a user's object; an instance made anew carries no mark. */
async function mark(one: Person): Promise<void> {
  await runInDurableObject(env.USER.getByName(one.id) as never, (instance: object) => {
    Object.defineProperty(instance, "marked", { value: true });
  });
}

async function isMarked(one: Person): Promise<boolean> {
  return runInDurableObject(env.USER.getByName(one.id) as never, (instance: object) => "marked" in instance);
}

describe("an idle connected device", () => {
  it("[W3] lets its object hibernate, pings do not wake it, and the next message finds the socket", async () => {
    const [ada, ben] = [person("ada"), person("ben")];
    const [phone, laptop] = [await ada.device(), await ben.device()];
    const conversation = await ada.directWith(ben);
    const [a, b] = [await phone.connect(), await laptop.connect()];
    await a.say(conversation, "before");
    await b.next("entries", ({ to }) => to === 1);
    b.send({ type: "received", conversation, seq: 1 });
    await a.next("receipts");
    // What is due once after a connection was opened is done before the idle time begins.
    await runDurableObjectAlarm(env.USER.getByName(ben.id));
    await mark(ben);
    expect(await isMarked(ben)).toBe(true);

    let pongs = 0;
    b.raw.addEventListener("message", ({ data }) => {
      if (data === "pong") pongs += 1;
    });
    const pinging = setInterval(() => b.raw.send("ping"), 2_000);
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    clearInterval(pinging);
    expect(pongs).toBeGreaterThan(3);
    expect(await isMarked(ben), "the object stayed in memory").toBe(false);

    await a.say(conversation, "after");
    expect(await b.next("entries", ({ to }) => to === 2)).toMatchObject({ after: 1 });
  }, 60_000);
});

import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { Device } from "../devices/device.ts";
import { Hole } from "../net/hole.ts";
import { until } from "../patience.ts";
import type { Scenario } from "./scenario.ts";

/** A push leaves three seconds after the message [N1], and a queue gathers for a moment. */
const TRIED_MS = 60_000;

export const pushHanging: Scenario = {
  name: "push-hanging",
  title: "The push provider takes requests and never answers, while devices are away",
  expects: "Sends and delivery do not notice [N3].",
  async act({ crowd, strike, pause, note }) {
    const hole = new Hole();
    const url = await hole.listen();
    const away = crowd.devices.filter((_, index) => index % 3 === 0);
    try {
      for (const device of away) await subscribe(device, `${url}/${device.tape.device}`);
      strike("hang", "push provider");
      for (const device of away) {
        // What is measured is how the others fare.
        device.quiet = true;
        device.sdk.disconnect();
      }
      await until(() => hole.connections > 0, TRIED_MS, "no push was tried");
      await pause(0.4);
      strike("return", "devices that were away");
      for (const device of away) {
        device.quiet = false;
        device.sdk.connect();
      }
      note(`${away.length} devices were away; ${hole.connections} requests of theirs were swallowed by the provider.`);
    } finally {
      await hole.close();
    }
  },
};

async function subscribe({ sdk }: Device, endpoint: string): Promise<void> {
  const { x = "", y = "" } = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  const keys = { p256dh: point.toString("base64url"), auth: randomBytes(16).toString("base64url") };
  await sdk.setPush({ kind: "webpush", endpoint, keys });
}

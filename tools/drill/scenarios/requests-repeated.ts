import { HttpSender } from "../devices/http-sender.ts";
import { Replay } from "../net/replay.ts";
import type { Scenario } from "./scenario.ts";

/** Devices that also send over HTTP. */
const SENDERS = 4;
const LATE_MS = 1_500;

export const requestsRepeated: Scenario = {
  name: "requests-repeated",
  title: "A middlebox repeats, delays and loses requests and answers, and links stutter",
  expects: "However often a send arrives, it is one entry, and every answer names the same place [S4].",
  async act({ cluster, crowd, random, recorder, strike, pause, note, problem }) {
    const replay = new Replay({ target: cluster.url("enam"), random, lateMs: LATE_MS });
    const url = await replay.listen();
    strike("repeat and delay", "requests");
    const senders = crowd.devices.slice(0, SENDERS).map((device) => new HttpSender({ url, device, recorder, random }));
    const stutter = setInterval(() => {
      for (const { links } of crowd.devices) for (const link of links.values()) link.delayMs = random.int(0, 400);
    }, 200);
    try {
      await pause(0.5);
    } finally {
      clearInterval(stutter);
      for (const device of crowd.devices) device.restoreLinks();
      await Promise.all(senders.map((sender) => sender.finish()));
      await replay.close();
    }
    strike("calm", "requests");
    const { requests, repeats, lost } = replay;
    note(`${requests} requests passed the middlebox: ${repeats} were repeated, ${lost} lost their answer.`);
    for (const sender of senders) for (const wrong of sender.wrong) problem(wrong);
    if (repeats === 0) problem("the middlebox repeated nothing");
  },
};

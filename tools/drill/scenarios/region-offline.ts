import { until } from "../patience.ts";
import type { Scenario } from "./scenario.ts";

export const regionOffline: Scenario = {
  name: "region-offline",
  title: "All devices of one region lose their network, write on, and get it back",
  expects: "What they write waits on the device, is sent once and in order, and what they missed arrives.",
  async act({ crowd, strike, pause }) {
    const gone = crowd.devices.filter(({ region }) => region === "enam");
    strike("cut", "devices in enam");
    for (const { links } of gone) for (const link of links.values()) link.cut();
    await until(() => gone.every(({ online }) => !online), 10_000, "not all devices have noticed");
    await pause(0.3);
    strike("mend", "devices in enam");
    for (const { links } of gone) for (const link of links.values()) link.mend();
  },
};

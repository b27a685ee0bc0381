import { until } from "../patience.ts";
import type { Scenario } from "./scenario.ts";

export const reconnectStorm: Scenario = {
  name: "reconnect-storm",
  title: "All devices lose their links in the same moment and come back at once",
  expects: "Back-off with jitter spreads them; resuming costs what each of them missed.",
  async act({ crowd, strike }) {
    strike("reset", "all links");
    for (const { links } of crowd.devices) for (const link of links.values()) link.cut();
    for (const { links } of crowd.devices) for (const link of links.values()) link.mend();
    await until(() => crowd.live < crowd.devices.length, 10_000, "no device has noticed");
  },
};

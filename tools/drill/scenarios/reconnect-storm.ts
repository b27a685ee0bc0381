import { until } from "../patience.ts";
import type { Scenario } from "./scenario.ts";

export const reconnectStorm: Scenario = {
  name: "reconnect-storm",
  title: "All devices lose their links in the same moment and come back at once",
  expects: "Back-off with jitter spreads them; resuming costs what each of them missed.",
  async act({ crowd, strike }) {
    strike("reset", "all links");
    const before = crowd.devices.map(({ losses }) => losses);
    for (const { links } of crowd.devices) for (const link of links.values()) link.cut();
    for (const { links } of crowd.devices) for (const link of links.values()) link.mend();
    // Counted, not looked at: who is quick may be back between two looks.
    await until(
      () => crowd.devices.every(({ losses }, index) => losses > (before[index] ?? 0)),
      30_000,
      "not all devices have noticed",
    );
  },
};

import { REGIONS } from "../cluster/geography.ts";
import type { Scenario } from "./scenario.ts";

export const everythingLost: Scenario = {
  name: "everything-lost",
  title: "Every process of the service is killed at once and started again",
  expects: "What was acknowledged is on disk: everybody comes back to it.",
  async act({ cluster, strike, pause }) {
    strike("SIGKILL", "everything");
    await Promise.all([
      cluster.killObjects(),
      ...REGIONS.flatMap((region) => [cluster.killEdge(region), cluster.databases.kill(region)]),
    ]);
    await pause(0.05);
    strike("start", "everything");
    await Promise.all(REGIONS.map((region) => cluster.databases.restart(region)));
    await cluster.restartObjects();
    await Promise.all(REGIONS.map((region) => cluster.restartEdge(region)));
  },
};

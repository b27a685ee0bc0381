import { REGIONS } from "../cluster/geography.ts";
import type { Scenario } from "./scenario.ts";

export const rollingRestart: Scenario = {
  name: "rolling-restart",
  title: "All edges are restarted, one after the other, as a deploy does",
  expects: "Each device loses its link a few times at most and nobody loses a message.",
  async act({ cluster, strike, pause }) {
    for (const region of REGIONS) {
      strike("restart", `edge ${region}`);
      await cluster.restartEdge(region);
      await pause(0.1);
    }
  },
};

import type { Scenario } from "./scenario.ts";

export const objectsLost: Scenario = {
  name: "objects-lost",
  title: "The objects' process is killed and started again on the same storage",
  expects: "Every socket drops, everybody comes back, and what was acknowledged before the kill is still there.",
  async act({ cluster, strike, pause }) {
    strike("SIGKILL", "objects");
    await cluster.killObjects();
    await pause(0.05);
    strike("start", "objects");
    await cluster.restartObjects();
  },
};

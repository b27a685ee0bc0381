import type { Scenario } from "./scenario.ts";

export const edgeCutOff: Scenario = {
  name: "edge-cut-off",
  title: "An edge answers, but its way to the objects is cut for a while",
  expects: "Being reachable is not enough: its devices come back, through it or another, with nothing lost.",
  async act({ cluster, strike, pause }) {
    strike("cut", "edge apac - objects");
    cluster.cutFromObjects("apac");
    await pause(0.25);
    strike("mend", "edge apac - objects");
    cluster.mendToObjects("apac");
  },
};

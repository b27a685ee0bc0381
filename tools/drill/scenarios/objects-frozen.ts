import { sleep } from "../patience.ts";
import type { Scenario } from "./scenario.ts";

/** How long in a scenario of any length. */
const FROZEN_MS = 10_000;

export const objectsFrozen: Scenario = {
  name: "objects-frozen",
  title: "The objects' process stands still for 10 s (less in short runs), and goes on",
  expects: "Nothing is acknowledged meanwhile; what was on its way arrives once.",
  async act({ cluster, seconds, strike }) {
    strike("SIGSTOP", "objects");
    cluster.signalObjects("SIGSTOP");
    await sleep(Math.min(FROZEN_MS, seconds * 500));
    strike("SIGCONT", "objects");
    cluster.signalObjects("SIGCONT");
  },
};

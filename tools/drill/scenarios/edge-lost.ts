import { REST_MS } from "../../../client/regions/nearest.ts";
import { HOME } from "../cluster/geography.ts";
import { until } from "../patience.ts";
import type { Scenario } from "./scenario.ts";

/** Why nobody is back in a short run. */
const STEADY = `; each stays where it is for ${REST_MS / 1_000} s at least, so that nobody flaps`;

export const edgeLost: Scenario = {
  name: "edge-lost",
  title: "An edge is killed, its devices move to the next region, and the edge returns",
  expects: "Devices of that region write and read on through another one while their own is gone.",
  async act({ cluster, crowd, strike, pause, note }) {
    const before = new Map(crowd.devices.map((device) => [device, device.at]));
    strike("SIGKILL", `edge ${HOME}`);
    await cluster.killEdge(HOME);
    await pause(0.2);
    // They have to come back without it: only then does it return.
    await until(() => crowd.live === crowd.devices.length, 90_000, "not all devices have found another region");
    const moved = crowd.devices.filter((device) => before.get(device) === HOME && device.at !== HOME);
    const there = [...before.values()].filter((region) => region === HOME).length;
    note(`${moved.length} of ${there} devices moved from ${HOME} to another region while it was gone.`);
    strike("start", `edge ${HOME}`);
    const started = Date.now();
    await cluster.restartEdge(HOME);
    await pause(0.4);
    const home = moved.filter((device) => device.at === HOME).length;
    note(
      `${home} of these were home again ${((Date.now() - started) / 1_000).toFixed(0)} s after it had returned${STEADY}.`,
    );
  },
};

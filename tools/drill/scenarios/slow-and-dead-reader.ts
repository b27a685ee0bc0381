import type { Scenario } from "./scenario.ts";

const SLOW_BYTES_PER_SECOND = 2_000;

export const slowAndDeadReader: Scenario = {
  name: "slow-and-dead-reader",
  title: "One device reads at 2 KB/s, another not at all, with its link open",
  expects: "Nobody else waits for them, and both end up with everything.",
  async act({ crowd, strike, pause }) {
    const [slow, dead] = [crowd.devices[0], crowd.devices.at(-1)];
    if (slow === undefined || dead === undefined) return;
    // They only read, so that every stall in the figures is one of somebody else.
    slow.quiet = true;
    dead.quiet = true;
    strike("slow", "one device");
    for (const link of slow.links.values()) link.throttle(SLOW_BYTES_PER_SECOND);
    strike("dead", "one device");
    for (const link of dead.links.values()) link.freeze();
    await pause(0.4);
    strike("heal", "both devices");
    for (const link of slow.links.values()) link.throttle(undefined);
    for (const link of dead.links.values()) link.thaw();
  },
};

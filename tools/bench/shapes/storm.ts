/** Everybody comes back at once, and everybody missed something. */
import { median, round, timesOf } from "../stats.ts";
import { inParallel, range } from "../targets/parts.ts";
import type { Target } from "../targets/target.ts";
import { middle } from "./load.ts";
import type { Row, Shape, Side } from "./shape.ts";

const ROOMS = 20;
const DEVICES = 50;
const MISSED = 100;
const STORMS = 3;

export const storm: Shape = {
  name: "storm",
  title: `${(ROOMS * DEVICES).toLocaleString("en")} devices reconnect, ${MISSED} missed entries each`,
  async run(bench): Promise<Row> {
    const side = async (target: Target): Promise<Side> => {
      const { name } = target.server;
      bench.progress(`${name}: sets up ${ROOMS} rooms of ${DEVICES}`);
      const rooms = await inParallel(range(ROOMS), 4, () => target.waiting(DEVICES));
      const storms: number[][] = [];
      for (const turn of range(STORMS)) {
        bench.progress(`${name}: storm ${turn + 1} of ${STORMS}`);
        await inParallel(rooms, ROOMS, (room) => room.fill(MISSED));
        // Fan-out to users who are away is over when the storm begins.
        await new Promise((resolve) => setTimeout(resolve, 500));
        const devices = rooms.flatMap(({ absent }) => absent);
        storms.push(await inParallel(devices, devices.length, (device) => device.comeBack()));
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        for (const room of rooms) await room.leave();
      }
      const rates = storms.map((times) => round((times.length / Math.max(...times)) * 1_000));
      return { value: median(rates), times: middle(storms.flatMap((times) => timesOf(times) ?? [])), slices: rates };
    };
    const floor = await side(bench.floor);
    const meridian = await side(bench.meridian);
    return { shape: storm.name, title: storm.title, unit: "devices/s", timed: "until live", floor, meridian };
  },
};

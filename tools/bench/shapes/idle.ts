/** Memory per connection that does nothing: both servers fresh, both waited for together. */
import { residentKiB } from "../proc.ts";
import { round } from "../stats.ts";
import type { Row, Shape, Side } from "./shape.ts";

const SOCKETS = 2_000;
/** The runtime hibernates an object after ten seconds of idleness; a deadline ten seconds after the upgrade wakes it once. */
const IDLE_MS = 26_000;

export const idle: Shape = {
  name: "idle",
  title: `${SOCKETS.toLocaleString("en")} idle sockets`,
  async run(bench): Promise<Row> {
    const { floor, meridian } = await bench.fresh();
    const sides = [];
    for (const target of [floor, meridian]) {
      const { pid, name } = target.server;
      if (pid === undefined) throw new Error("Memory is read from /proc, which this system does not have.");
      // The first connections load code that the others share.
      const first = await target.idle(20, () => undefined);
      const before = residentKiB(pid) ?? Number.NaN;
      const rest = await target.idle(SOCKETS, (done) => {
        if (done % 100 === 0) bench.progress(`${name}: ${done} of ${SOCKETS} connected`);
      });
      sides.push({ pid, before, awake: residentKiB(pid) ?? Number.NaN, sockets: [...first, ...rest] });
    }
    bench.progress(`waits ${IDLE_MS / 1_000} s until the objects hibernate`);
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    const [one, two] = sides.map(({ pid, before, awake }): Side => {
      const perSocket = (kib: number | undefined): number => round(((kib ?? Number.NaN) - before) / SOCKETS);
      return { value: perSocket(residentKiB(pid)), slices: [perSocket(awake)] };
    });
    for (const { sockets } of sides) for (const socket of sockets) socket.close();
    if (one === undefined || two === undefined) throw new Error("There are two sides.");
    return { shape: idle.name, title: idle.title, unit: "KiB each", timed: "", floor: one, meridian: two };
  },
};

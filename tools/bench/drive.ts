/** The closed loop: each sender keeps so many messages in flight, for so long. */
import { cpuMs } from "./proc.ts";
import { timesOf, type Times } from "./stats.ts";
import { until } from "./targets/parts.ts";
import type { Device, Room } from "./targets/target.ts";

/** After a slice: what trails behind it (acknowledgements, receipts) is part of its price. */
const TRAIL_MS = 400;

export interface Sender {
  readonly device: Device;
  readonly inFlight: number;
}

/** What one slice of load showed. */
export interface Slice {
  /** Acknowledged per second. */
  readonly rate: number;
  /** From a send to its acknowledgement. */
  readonly acknowledgement: Times | undefined;
  /** From a send to its arrival at the last device of the room. */
  readonly delivery: Times | undefined;
  /** Processor time of the server per message, in milliseconds. */
  readonly cpu: number | undefined;
  /** Share of one processor that the generator used. */
  readonly generator: number;
}

/**
 * Loads rooms for `ms` milliseconds, then waits until everything that was acknowledged is delivered to every device.
 *
 * @throws Error where something that was acknowledged is not delivered
 */
export async function drive(
  rooms: readonly Room[],
  senders: readonly Sender[],
  ms: number,
  pid: number | undefined,
): Promise<Slice> {
  for (const room of rooms) room.takeLags();
  const times: number[] = [];
  const cpuBefore = pid === undefined ? undefined : cpuMs(pid);
  const ownBefore = process.cpuUsage();
  const start = performance.now();
  const end = start + ms;
  let open = 0;
  let inTime = 0;
  const send = (device: Device): void => {
    const at = performance.now();
    open++;
    device.send(() => {
      open--;
      const now = performance.now();
      times.push(now - at);
      if (now >= end) return;
      inTime++;
      send(device);
    });
  };
  for (const { device, inFlight } of senders) for (let index = 0; index < inFlight; index++) send(device);
  await new Promise((resolve) => setTimeout(resolve, ms));
  const own = process.cpuUsage(ownBefore);
  const elapsed = performance.now() - start;

  await until("everything in flight is acknowledged", () => open === 0);
  await until("everything that was acknowledged is delivered", () =>
    rooms.every(({ devices, head }) => devices.every(({ seen }) => seen >= head)),
  );
  await new Promise((resolve) => setTimeout(resolve, TRAIL_MS));
  const cpuAfter = pid === undefined ? undefined : cpuMs(pid);
  return {
    rate: (inTime / ms) * 1_000,
    acknowledgement: timesOf(times),
    delivery: timesOf(rooms.flatMap((room) => room.takeLags())),
    cpu: cpuBefore === undefined || cpuAfter === undefined ? undefined : (cpuAfter - cpuBefore) / times.length,
    generator: (own.user + own.system) / 1_000 / elapsed,
  };
}

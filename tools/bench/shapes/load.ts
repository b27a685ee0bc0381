/** Shapes of senders in rooms: who, how many, how much in flight. */
import { drive, type Sender, type Slice } from "../drive.ts";
import { median, round, SHARES, type Times } from "../stats.ts";
import { inParallel, range } from "../targets/parts.ts";
import type { Room, Target } from "../targets/target.ts";
import type { Bench, Load, Row, Shape, Side } from "./shape.ts";

/** Slices per server, taken in turns, so that whatever else this machine does meets both. */
const SLICES = 3;
const WARM_UP_MS = 1_000;
/** Rooms set up at once. */
const SETTING_UP = 4;

export interface LoadOptions extends Load {
  readonly name: string;
  readonly title: string;
}

/** The rooms of a load, connected, and who sends. */
export interface Loaded {
  readonly open: readonly Room[];
  readonly sending: readonly Sender[];
}

/** Connects everybody. */
export async function openRooms(target: Target, { rooms, members, senders, inFlight }: Load): Promise<Loaded> {
  const open = await inParallel(range(rooms), SETTING_UP, () => target.room(members));
  const sending = open.flatMap(({ devices }): Sender[] =>
    devices.slice(0, senders).map((device) => ({ device, inFlight })),
  );
  return { open, sending };
}

/** Sends everybody away. */
export function closeRooms({ open }: Loaded): void {
  for (const { devices } of open) for (const device of devices) device.close();
}

export function load({ name, title, ...how }: LoadOptions): Shape {
  return {
    name,
    title,
    load: how,
    async run(bench: Bench): Promise<Row> {
      const sides = [];
      for (const target of [bench.floor, bench.meridian]) {
        bench.progress(`${target.server.name}: connects ${how.rooms * how.members} devices`);
        sides.push({ target, loaded: await openRooms(target, how), slices: [] as Slice[] });
      }
      const run = ({ target, loaded }: { target: Target; loaded: Loaded }, ms: number): Promise<Slice> =>
        drive(loaded.open, loaded.sending, ms, target.server.pid);
      for (const side of sides) {
        bench.progress(`${side.target.server.name}: warms up`);
        await run(side, WARM_UP_MS);
      }
      for (const turn of range(SLICES)) {
        for (const side of sides) {
          bench.progress(`${side.target.server.name}: ${turn + 1} of ${SLICES}`);
          side.slices.push(await run(side, (bench.seconds * 1_000) / SLICES));
        }
      }
      for (const { loaded } of sides) closeRooms(loaded);
      const [floor, meridian] = sides.map(({ slices }) => summary(slices));
      if (floor === undefined || meridian === undefined) throw new Error("There are two sides.");
      const generator = Math.max(...sides.flatMap(({ slices }) => slices.map((slice) => slice.generator)));
      return { shape: name, title, unit: "sends/s", timed: "acknowledgement", floor, meridian, generator };
    },
  };
}

function summary(slices: readonly Slice[]): Side {
  const cpu = slices.flatMap((slice) => slice.cpu ?? []);
  return {
    value: Math.round(median(slices.map(({ rate }) => rate))),
    times: middle(slices.flatMap(({ acknowledgement }) => acknowledgement ?? [])),
    delivery: middle(slices.flatMap(({ delivery }) => delivery ?? [])),
    ...(cpu.length === 0 ? {} : { cpu: round(median(cpu)) }),
    slices: slices.map(({ rate }) => Math.round(rate)),
  };
}

/** Medians of what the slices say, percentile by percentile. */
export function middle(all: readonly Times[]): Times | undefined {
  if (all.length === 0) return undefined;
  return {
    count: all.reduce((sum, { count }) => sum + count, 0),
    p50: round(median(all.map(({ p50 }) => p50))),
    p99: round(median(all.map(({ p99 }) => p99))),
    max: round(median(all.map(({ max }) => max))),
    curve: SHARES.map((_, index) => round(median(all.map(({ curve }) => curve[index] ?? Number.NaN)))),
  };
}

/** Every shape, in the order in which they run. */
import { history } from "./history.ts";
import { idle } from "./idle.ts";
import { load } from "./load.ts";
import { resume } from "./resume.ts";
import type { Shape } from "./shape.ts";
import { storm } from "./storm.ts";

export const shapes: readonly Shape[] = [
  load({ name: "one", title: "one at a time", rooms: 1, members: 2, senders: 1, inFlight: 1 }),
  load({ name: "hot", title: "one hot conversation, 64 in flight", rooms: 1, members: 2, senders: 2, inFlight: 32 }),
  load({ name: "pairs", title: "20 pairs, 4 in flight each", rooms: 20, members: 2, senders: 2, inFlight: 2 }),
  ...[50, 256].flatMap((members) =>
    [1, 10].map((senders) =>
      load({
        name: `group-${members}-${senders}`,
        title: `group of ${members}, ${senders} ${senders === 1 ? "sender" : "senders"} with 4 in flight`,
        rooms: 1,
        members,
        senders,
        inFlight: 4,
      }),
    ),
  ),
  idle,
  storm,
  resume,
  history,
];

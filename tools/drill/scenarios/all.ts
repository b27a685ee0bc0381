import { primaryLost, replicaLost } from "./accounts-lost.ts";
import { clockWrong } from "./clock-wrong.ts";
import { edgeCutOff } from "./edge-cut-off.ts";
import { edgeLost } from "./edge-lost.ts";
import { everythingLost } from "./everything-lost.ts";
import { objectsFrozen } from "./objects-frozen.ts";
import { objectsLost } from "./objects-lost.ts";
import { pushHanging } from "./push-hanging.ts";
import { reconnectStorm } from "./reconnect-storm.ts";
import { regionOffline } from "./region-offline.ts";
import { requestsRepeated } from "./requests-repeated.ts";
import { rollingRestart } from "./rolling-restart.ts";
import type { Scenario } from "./scenario.ts";
import { slowAndDeadReader } from "./slow-and-dead-reader.ts";

/** All scenarios, in the order in which `--all` runs them. */
export const scenarios: readonly Scenario[] = [
  edgeLost,
  edgeCutOff,
  rollingRestart,
  objectsLost,
  objectsFrozen,
  everythingLost,
  primaryLost,
  replicaLost,
  reconnectStorm,
  regionOffline,
  slowAndDeadReader,
  requestsRepeated,
  clockWrong,
  pushHanging,
];

import { objectsLost } from "./objects-lost.ts";
import type { Scenario } from "./scenario.ts";

/** All scenarios, in the order in which `--all` runs them. */
export const scenarios: readonly Scenario[] = [objectsLost];

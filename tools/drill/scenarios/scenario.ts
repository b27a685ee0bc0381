/** What a scenario is, and what it has to work with. */
import type { Cluster } from "../cluster/cluster.ts";
import type { Crowd } from "../devices/crowd.ts";
import type { Recorder } from "../../history/events.ts";
import type { Random } from "../../random.ts";

export interface Stage {
  readonly cluster: Cluster;
  readonly crowd: Crowd;
  readonly random: Random;
  readonly recorder: Recorder;
  /** How long the whole scenario is under load. */
  readonly seconds: number;
  /** Notes that something is done to the service, right before it is: a mark in the plots. */
  readonly strike: (kind: string, target: string) => void;
  /** Waits for a part of the scenario's time. */
  readonly pause: (share: number) => Promise<void>;
  /** Says something in the report. */
  readonly note: (text: string) => void;
  /** The service did what it must not: the drill fails. */
  readonly problem: (text: string) => void;
}

export interface Scenario {
  readonly name: string;
  /** One line: what happens. */
  readonly title: string;
  /** What must come of it, for people. */
  readonly expects: string;
  /** Does it, and undoes it. The devices write all the while. */
  act(stage: Stage): Promise<void>;
}

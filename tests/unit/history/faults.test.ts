import { describe, expect, it } from "vitest";
import { checkHistory } from "../../../tools/history/check.ts";
import { RULE_NAMES, type RuleName } from "../../../tools/history/findings.ts";
import type { ModelPlant } from "./model/plants.ts";
import { run, type Ran } from "./model/program.ts";
import * as spoil from "./model/spoil.ts";

/** How many histories each fault is planted in, and how many seeds may be tried for a place. */
const PLANTED = 12;
const SEEDS = 600;

interface Fault {
  readonly title: string;
  readonly rule: RuleName;
  readonly plant: ModelPlant | spoil.Spoil;
  /** Rules that may name it too, because the same harm breaks them as well. */
  readonly also?: readonly RuleName[];
  /** The fault puts one more entry into a frame, which shall not be what the window counts. */
  readonly oneMore?: true;
}

const FAULTS: readonly Fault[] = [
  { rule: "S1", title: "an acknowledged entry that is not in the log", plant: "acknowledge nothing" },
  { rule: "S1", title: "an answer that names another seq than the log", plant: spoil.acknowledgedElsewhere },
  { rule: "S1", title: "an entry with another body than was sent", plant: "garble" },
  { rule: "S2", title: "two sends of one device in the wrong order", plant: "swap sends" },
  { rule: "S3", title: "two entries swapped in a frame", plant: spoil.swapped },
  { rule: "S3", title: "a frame that comes twice", plant: spoil.repeated },
  { rule: "S3", title: "a frame that is missing from a stream", plant: spoil.streamGap },
  { rule: "S3", title: "another entry than the log has at that seq", plant: spoil.anotherEntry },
  // Whoever was told of the entry, or of the membership that it carried, is told something wrong.
  { rule: "S3", title: "a hole in the log", plant: spoil.holeInLog, also: ["S1", "V2", "D2"] },
  { rule: "S4", title: "a retry that is appended once more", plant: "append twice" },
  { rule: "S4", title: "an entry that nobody sent", plant: "invent" },
  { rule: "S5", title: "an own entry left out of a frame", plant: spoil.droppedOwn },
  { rule: "S5", title: "an own entry that never comes", plant: "withhold own" },
  { rule: "S6", title: "an entry that was refused", plant: "append refused" },
  { rule: "D1", title: "a window that is overrun", plant: "overrun" },
  { rule: "D2", title: "an entry dropped from a frame", plant: spoil.dropped },
  { rule: "D2", title: "a last entry that never comes", plant: "withhold" },
  { rule: "D2", title: "a stream that starts later than its member", plant: "join skips" },
  { rule: "D3", title: "a cursor in hello that is ignored", plant: "ignore hello" },
  { rule: "D3", title: "a resume past what was acknowledged", plant: "skip on resume" },
  { rule: "D7", title: "a right cursor answered with diverged", plant: spoil.needlesslyDiverged },
  { rule: "D7", title: "a wrong cursor answered with silence", plant: spoil.silentDivergence },
  { rule: "E1", title: "a duplicate with another seq", plant: spoil.duplicateElsewhere },
  { rule: "E1", title: "a duplicate with another time", plant: spoil.duplicateAtAnotherTime },
  { rule: "E1", title: "two answers that are both the first", plant: spoil.twoFirsts },
  { rule: "E1", title: "a retry refused as a conflict", plant: spoil.falseConflict },
  { rule: "E4", title: "a wrong chain in a frame", plant: spoil.wrongChainSeen },
  { rule: "E4", title: "a wrong chain in the log", plant: spoil.wrongChainInLog },
  { rule: "R1", title: "a receipt that moves back", plant: spoil.receiptBack },
  { rule: "R1", title: "a receipt past the head", plant: spoil.receiptPastHead },
  { rule: "R1", title: "a read mark above the delivered one", plant: spoil.readNotDelivered },
  { rule: "R1", title: "a receipt that no device gave", plant: spoil.receiptFromNowhere },
  { rule: "V2", title: "an entry shown that falls between two windows", plant: spoil.seenInAGap, oneMore: true },
  { rule: "V2", title: "an entry shown after the removal", plant: spoil.seenAfterRemoval },
  { rule: "V2", title: "a last entry in the list from outside the window", plant: spoil.seenInTheList },
  { rule: "V3", title: "an entry shown to its blocker", plant: spoil.seenAfterBlock, oneMore: true },
  { rule: "record", title: "a history without a run line", plant: spoil.noRun },
  { rule: "record", title: "a history in which nobody caught up", plant: spoil.nobodyCaughtUp },
  { rule: "record", title: "a device of nobody", plant: spoil.unknownDevice },
  { rule: "record", title: "a conversation without its final log", plant: spoil.noFinalLog, also: ["D3"] },
];

/** Valid but for the one fault; fewer than asked for where the seeds have no place for it. */
function* histories(plant: Fault["plant"]): Iterable<Ran> {
  let found = 0;
  for (let seed = 1; seed <= SEEDS && found < PLANTED; seed++) {
    const ran = typeof plant === "string" ? run({ seed, plant }) : run({ seed });
    if (typeof plant === "string" ? !ran.planted : !plant(ran)) continue;
    found++;
    yield ran;
  }
}

describe("a history with one fault planted", () => {
  it.each(FAULTS)("[$rule] $title is named, and nothing else is", ({ rule, plant, also = [], oneMore }) => {
    let planted = 0;
    for (const { history } of histories(plant)) {
      planted++;
      const { ok, violations } = checkHistory(history, { window: oneMore ? 7 : 6 });
      const named = new Set(violations.map((violation) => violation.rule));
      expect(ok).toBe(false);
      expect([...named].filter((each) => !also.includes(each))).toEqual([rule]);
      for (const violation of violations) {
        for (const line of violation.events) expect(history.events[line - 1]).toBeDefined();
      }
    }
    expect(planted).toBe(PLANTED);
  });

  it("every rule has a fault that it alone names", () => {
    const alone = new Set(FAULTS.filter(({ also }) => also === undefined).map(({ rule }) => rule));
    expect(RULE_NAMES.filter((rule) => !alone.has(rule))).toEqual([]);
  });
});

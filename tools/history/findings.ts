/**
 * What the rules find. All is counted; of each rule only the first findings are kept.
 */

export const RULES = {
  S1: "what was acknowledged is in the log, at its seq, as it was sent",
  S2: "sends of one device are appended in the order it sent them",
  S3: "everyone sees one order, and no stream has a gap",
  S4: "a retried send is one entry",
  S5: "the sender's devices receive its entries like everyone's",
  S6: "what was refused is not appended",
  D1: "no more than a window of entries is unacknowledged",
  D2: "nothing is ever skipped",
  D3: "a stream resumes exactly after its cursor",
  D7: "a wrong cursor, and only a wrong one, is answered with diverged",
  E1: "every answer to one id is the first",
  E4: "equal chains prove equal histories",
  R1: "watermarks only rise and never pass what is there",
  V2: "nobody sees an entry from outside its own time",
  V3: "nobody is shown an entry of somebody it blocked",
  record: "the history itself is complete and makes sense",
} as const;
export type RuleName = keyof typeof RULES;
export const RULE_NAMES = Object.keys(RULES) as RuleName[];

/** What a finding means for the people who wrote the messages. */
export type Harm = "lost" | "repeated" | "reordered";

export interface Violation {
  readonly rule: RuleName;
  readonly message: string;
  /** Lines of the history that show it. */
  readonly events: readonly number[];
  readonly conversation: string | null;
  readonly device: string | null;
  readonly harm?: Harm;
}

/** Where in the history something was found. */
export interface Spot {
  readonly lines: readonly number[];
  readonly conversation?: string;
  readonly device?: string;
  readonly harm?: Harm;
}

export class Findings {
  readonly #kept: number;
  readonly violations: Violation[] = [];
  readonly perRule = new Map<RuleName, number>();
  readonly perHarm: Record<Harm, number> = { lost: 0, repeated: 0, reordered: 0 };

  /** @param kept how many violations of each rule are kept in full */
  constructor(kept: number) {
    this.#kept = kept;
  }

  add(rule: RuleName, message: string, spot: Spot): void {
    const count = (this.perRule.get(rule) ?? 0) + 1;
    this.perRule.set(rule, count);
    if (spot.harm !== undefined) this.perHarm[spot.harm]++;
    if (count > this.#kept) return;
    this.violations.push({
      rule,
      message,
      events: spot.lines,
      conversation: spot.conversation ?? null,
      device: spot.device ?? null,
      ...(spot.harm === undefined ? {} : { harm: spot.harm }),
    });
  }
}

/** Which one promise a run of the model breaks, and when. */
export const MODEL_PLANTS = [
  "append twice",
  "garble",
  "overrun",
  "ignore hello",
  "skip on resume",
  "join skips",
  "swap sends",
  "acknowledge nothing",
  "invent",
  "append refused",
  "withhold",
  "withhold own",
] as const;
export type ModelPlant = (typeof MODEL_PLANTS)[number];

export class Plants {
  readonly #wanted: ModelPlant | undefined;
  #withheld: string | undefined;
  /** True once it was broken. */
  planted = false;

  constructor(wanted?: ModelPlant) {
    this.#wanted = wanted;
  }

  /** True once, at the first place where the wanted fault fits. */
  now(plant: ModelPlant): boolean {
    if (this.planted || this.#wanted !== plant) return false;
    this.planted = true;
    return true;
  }

  withhold(device: string, conversation: string): void {
    this.#withheld = `${device} ${conversation}`;
  }

  isWithheld(device: string, conversation: string): boolean {
    return this.#withheld === `${device} ${conversation}`;
  }
}

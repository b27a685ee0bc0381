/** Where things are, and how long a byte takes between them. */

export const REGIONS = ["weur", "enam", "apac"] as const;
export type Region = (typeof REGIONS)[number];

/** Where the objects and the primary of the accounts database are. */
export const HOME: Region = "weur";

/** Milliseconds one way, roughly those between Amsterdam, Virginia and Singapore. */
const ONE_WAY_MS: Readonly<Record<Region, Readonly<Record<Region, number>>>> = {
  weur: { weur: 4, enam: 40, apac: 80 },
  enam: { weur: 40, enam: 4, apac: 105 },
  apac: { weur: 80, enam: 105, apac: 4 },
};

/** @returns milliseconds one way */
export function distance(from: Region, to: Region): number {
  return ONE_WAY_MS[from][to];
}

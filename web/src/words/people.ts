/** Initials and colours of people and groups: the same on every device. */

/** How many of the `--name-…` colours there are. */
const COLOURS = 8;

/** One or two letters that stand for a name. */
export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/[\s._-]+/u)
    .filter((word) => word !== "");
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => firstOf(word ?? ""));
  return letters.join("").toLocaleUpperCase() || "?";
}

/** A number from 0 to 7 that an id always has. */
export function colourOf(id: string): number {
  let hash = 7;
  for (const character of id) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  // The lowest bits of ids with a shared prefix are alike; the upper ones are mixed better.
  return (hash >>> 13) % COLOURS;
}

/** The first letter as a person counts them. */
function firstOf(word: string): string {
  for (const { segment } of new Intl.Segmenter().segment(word)) return segment;
  return "";
}

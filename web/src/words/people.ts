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
  // FNV-1a with the last steps of MurmurHash: ids that differ in one character come out far apart.
  let hash = 0x811c9dc5;
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash >>> 16) % COLOURS;
}

/** The first letter as a person counts them. */
function firstOf(word: string): string {
  for (const { segment } of new Intl.Segmenter().segment(word)) return segment;
  return "";
}

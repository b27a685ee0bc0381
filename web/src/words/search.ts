/** Finding words in short texts. */

/** True where each wanted word begins a word of the name, or is within it. */
export function matches(name: string, wanted: string): boolean {
  const text = plain(name);
  return plain(wanted)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** The part of a text around the first wanted word. */
export function snippetOf(text: string, wanted: string): { before: string; found: string; after: string } {
  const line = text.replaceAll(/\s+/g, " ");
  const [word = ""] = wanted.trim().split(/\s+/);
  const at = line.toLowerCase().indexOf(word.toLowerCase());
  if (at === -1 || word === "") return { before: line, found: "", after: "" };
  // What was found must be within what a narrow line shows.
  const from = at > 18 ? line.lastIndexOf(" ", at - 8) + 1 : 0;
  return {
    before: `${from > 0 ? "…" : ""}${line.slice(from, at)}`,
    found: line.slice(at, at + word.length),
    after: line.slice(at + word.length),
  };
}

function plain(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** Message text as a list of pieces; nothing in it is ever taken for HTML. */
import { tokenize } from "linkifyjs";

export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string }
  | { readonly kind: "mention"; readonly text: string };

/** Longer words are no address that anyone would write. */
const MOST_LINK = 2_048;

/**
 * Splits text at its addresses and mentions.
 *
 * @param handles handles of the mentioned users, lower case
 */
export function piecesOf(text: string, handles: ReadonlySet<string>): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const token of tokenize(text)) {
    const value = token.toString();
    const href = token.isLink ? safeHref(token.toHref("https")) : null;
    if (href !== null) pieces.push({ kind: "link", text: value, href });
    else pieces.push(...splitMentions(value, handles));
  }
  return joined(pieces);
}

/** Only what opens a page or a mail; never a script. */
function safeHref(href: string): string | null {
  if (href.length > MOST_LINK || !URL.canParse(href)) return null;
  return ["https:", "http:", "mailto:"].includes(new URL(href).protocol) ? href : null;
}

function splitMentions(text: string, handles: ReadonlySet<string>): readonly Piece[] {
  if (handles.size === 0) return [{ kind: "text", text }];
  return text
    .split(/(@[A-Za-z0-9_.]{3,32})/)
    .filter((part) => part !== "")
    .flatMap((part): Piece[] => {
      if (!part.startsWith("@")) return [{ kind: "text", text: part }];
      // A full stop may end the sentence rather than the handle.
      const bare = part.replace(/\.+$/, "");
      const known = [part, bare].find((candidate) => handles.has(candidate.slice(1).toLowerCase()));
      if (known === undefined) return [{ kind: "text", text: part }];
      return [
        { kind: "mention", text: known },
        { kind: "text", text: part.slice(known.length) },
      ];
    });
}

/** Neighbouring pieces of plain text as one. */
function joined(pieces: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const before = result.at(-1);
    if (piece.kind === "text" && piece.text === "") continue;
    if (piece.kind === "text" && before?.kind === "text") {
      result[result.length - 1] = { kind: "text", text: before.text + piece.text };
    } else result.push(piece);
  }
  return result;
}

/** Made when the first text asks for it: the list of all emoji takes a browser some time. */
let onlyEmoji: RegExp | undefined;
const MOST_BIG = 3;
/** No emoji begins with a character before this one, keycaps aside, and nearly all other texts do. */
const FIRST_EMOJI = "\u{a9}";
const KEYCAP = "\u{20e3}";

/** True where the text is up to three emoji and nothing else: they are shown large. */
export function isBigEmoji(text: string): boolean {
  if (text.length > 64 || (text.trimStart() < FIRST_EMOJI && !text.includes(KEYCAP))) return false;
  onlyEmoji ??= /^(?:\p{RGI_Emoji}|\s)+$/v;
  if (!onlyEmoji.test(text)) return false;
  let count = 0;
  for (const { segment } of new Intl.Segmenter().segment(text.replaceAll(/\s/g, ""))) {
    if (segment !== "") count += 1;
  }
  return count > 0 && count <= MOST_BIG;
}

/** Where a long text is folded, or null where it is not long. */
export function foldAt(text: string): number | null {
  const MOST_CHARACTERS = 900;
  const MOST_LINES = 14;
  let end = text.length > MOST_CHARACTERS + 200 ? MOST_CHARACTERS : text.length;
  let lines = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < end; at = text.indexOf("\n", at + 1)) {
    lines += 1;
    if (lines === MOST_LINES) {
      end = at;
      break;
    }
  }
  if (end >= text.length) return null;
  // Not within a word, where one ends nearby.
  const space = text.lastIndexOf(" ", end);
  return space > end - 40 ? space : end;
}

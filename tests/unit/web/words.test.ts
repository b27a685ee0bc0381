import { describe, expect, test } from "vitest";
import { foldAt, isBigEmoji, piecesOf } from "../../../web/src/words/markup.ts";
import { colourOf, initialsOf } from "../../../web/src/words/people.ts";
import { matches, snippetOf } from "../../../web/src/words/search.ts";
import { dayOf, lastSeenWords } from "../../../web/src/words/time.ts";

const NOBODY: ReadonlySet<string> = new Set();
const links = (text: string): string[] =>
  piecesOf(text, NOBODY).flatMap((piece) => (piece.kind === "link" ? piece.href : []));

describe("text of a message", () => {
  test("addresses become links that lead only to pages and mail", () => {
    expect(links("see https://example.com/a?b=1#c, or www.example.org.")).toEqual([
      "https://example.com/a?b=1#c",
      "https://www.example.org",
    ]);
    expect(links("mail a@example.com")).toEqual(["mailto:a@example.com"]);
    for (const text of [
      "javascript:alert(1)",
      "JaVaScRiPt:alert(1)//https:",
      "data:text/html,<script>alert(1)</script>",
      "file:///etc/passwd",
      "vbscript:x",
    ]) {
      expect(links(text).filter((href) => !/^(https?|mailto):/.test(href))).toEqual([]);
    }
  });

  test("the pieces put together are the text, whatever it is", () => {
    for (const text of ["", "a https://x.com b", "@ada, @ben.", "<b>&amp;</b>", "a\n\nb", "👩‍👩‍👧‍👦 https://例え.jp/パス"]) {
      expect(
        piecesOf(text, new Set(["ada", "ben"]))
          .map((piece) => piece.text)
          .join(""),
      ).toBe(text);
    }
  });

  test("only known handles are mentions, and a full stop ends a sentence", () => {
    const found = piecesOf("hi @Ada and @ben. and @nobody", new Set(["ada", "ben"]));
    expect(found.filter((piece) => piece.kind === "mention").map((piece) => piece.text)).toEqual(["@Ada", "@ben"]);
  });

  test("up to three emoji alone are large", () => {
    expect(["🎉", " ❤️", "1️⃣", "©️", "👩‍👩‍👧‍👦 🥐", "1", "a🎉", "🎉🎉🎉🎉", ""].map(isBigEmoji)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  test("long texts fold at their length or at their lines, between words", () => {
    expect(foldAt("short")).toBeNull();
    const words = "word ".repeat(400);
    const at = foldAt(words) ?? 0;
    expect(at).toBeGreaterThan(800);
    expect(words.charAt(at)).toBe(" ");
    expect(foldAt("line\n".repeat(40))).toBe("line\n".repeat(14).length - 1);
  });
});

describe("people", () => {
  test("initials are the first letters of the first and the last word", () => {
    expect(["Ada Moreau", "ada", "Jean de la Tour", "  ", "🦊 fox", "élodie_b"].map(initialsOf)).toEqual([
      "AM",
      "A",
      "JT",
      "?",
      "🦊F",
      "ÉB",
    ]);
  });

  test("a colour is always the same, and ids are spread over all of them", () => {
    expect(colourOf("u_1")).toBe(colourOf("u_1"));
    const seen = new Set(Array.from({ length: 200 }, (_, index) => colourOf(`u_${index}`)));
    expect(seen.size).toBe(8);
  });
});

describe("times", () => {
  const now = new Date(2026, 4, 14, 15, 30).getTime();
  const minutes = (count: number): number => now - count * 60_000;

  test("last seen in words", () => {
    expect(lastSeenWords(minutes(0.5), now)).toBe("last seen just now");
    expect(lastSeenWords(minutes(1), now)).toBe("last seen 1 minute ago");
    expect(lastSeenWords(minutes(59), now)).toBe("last seen 59 minutes ago");
    expect(lastSeenWords(minutes(180), now)).toMatch(/^last seen today at 12:30/);
    expect(lastSeenWords(minutes(24 * 60), now)).toMatch(/^last seen yesterday at /);
    expect(lastSeenWords(minutes(3 * 24 * 60), now)).toMatch(/^last seen on Monday at /);
    expect(lastSeenWords(new Date(2025, 1, 3).getTime(), now)).toContain("2025");
  });

  test("days by the calendar, not by 24 hours", () => {
    expect(dayOf(new Date(2026, 4, 14, 0, 1).getTime(), now)).toBe("Today");
    expect(dayOf(new Date(2026, 4, 13, 23, 59).getTime(), now)).toBe("Yesterday");
    expect(dayOf(new Date(2026, 4, 10).getTime(), now)).toBe("Sunday");
    expect(dayOf(new Date(2026, 1, 3).getTime(), now)).toMatch(/February/);
  });
});

describe("search", () => {
  test("all words, whatever their case and accents", () => {
    expect(matches("Élodie Brün", "elo brun")).toBe(true);
    expect(matches("Élodie Brün", "elo x")).toBe(false);
  });

  test("what was found is within the first words shown", () => {
    const { before, found, after } = snippetOf(`${"far away ".repeat(20)}the Heron stands`, "heron");
    expect(found).toBe("Heron");
    expect(before.length).toBeLessThan(20);
    expect(after).toBe(" stands");
  });
});

import { describe, expect, it } from "vitest";
import { costFrom, DEFAULT_COST, hashPassword, verifyPassword, type Cost } from "../../../worker/accounts/password.ts";

const cheap: Cost = { N: 1024, r: 8, p: 1 };

describe("passwords", () => {
  it("a hash carries its parameters and a salt of its own", async () => {
    const [one, two] = await Promise.all([hashPassword("same password", cheap), hashPassword("same password", cheap)]);
    expect(one).toMatch(/^\$scrypt\$ln=10,r=8,p=1\$[\w-]{22}\$[\w-]{43}$/);
    expect(two).not.toBe(one);
  });

  it("matches its password and no other", async () => {
    const stored = await hashPassword("correct horse", cheap);
    expect(await verifyPassword("correct horse", stored, cheap)).toStrictEqual({ matches: true, stale: false });
    for (const wrong of ["correct horsf", "", "Correct horse", "correct horse "]) {
      expect((await verifyPassword(wrong, stored, cheap)).matches).toBe(false);
    }
  });

  it("is known however the keyboard composed its letters", async () => {
    const stored = await hashPassword("caf\u00e9 creme", cheap);
    expect((await verifyPassword("cafe\u0301 creme", stored, cheap)).matches).toBe(true);
  });

  it("verifies at the cost it was made with, and says when that is not today's", async () => {
    const stored = await hashPassword("correct horse", cheap);
    expect(await verifyPassword("correct horse", stored, { ...cheap, p: 2 })).toStrictEqual({
      matches: true,
      stale: true,
    });
  });

  it("[A4] no account: never a match, whatever the password", async () => {
    expect(await verifyPassword("anything at all", undefined, cheap)).toStrictEqual({ matches: false, stale: false });
  });

  it.each(["", "plain", "$scrypt$ln=10,r=8,p=1$c2FsdA", "$scrypt$ln=60,r=8,p=1$c2FsdA$aGFzaA", "$argon2id$v=19$x$y"])(
    "refuses to compare with %j",
    async (stored) => {
      await expect(verifyPassword("x", stored, cheap)).rejects.toThrow(RangeError);
    },
  );

  it("reads its cost from the setting and falls back to the default", () => {
    expect(costFrom("1024,8,1")).toStrictEqual(cheap);
    for (const bad of [undefined, "", "1024", "1000,8,1", "1024,8,1,1", "1024,8,0", "1048576,8,16", "x,y,z"]) {
      expect(costFrom(bad)).toStrictEqual(DEFAULT_COST);
    }
  });
});

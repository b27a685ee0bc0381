import { describe, expect, it } from "vitest";
import { bearerOf, offerOf } from "../../../worker/auth/bearer.ts";

describe("where an access token is found", () => {
  it.each([
    ["Bearer abc.def-_", "abc.def-_"],
    ["bearer abc", "abc"],
    ["BEARER   abc ", "abc"],
  ])("[H3] %j", (header, token) => expect(bearerOf(header)).toBe(token));

  it.each([undefined, null, "", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "abc", "Bearer a,b"])(
    "[H3] not in %j",
    (header) => expect(bearerOf(header)).toBeUndefined(),
  );

  it("[W1] the second offered subprotocol carries it", () => {
    expect(offerOf("meridian.v1, bearer.a.b.c")).toStrictEqual({ speaksMeridian: true, token: "a.b.c" });
    expect(offerOf("bearer.a.b.c,meridian.v1")).toStrictEqual({ speaksMeridian: true, token: "a.b.c" });
  });

  it("[W1] only meridian.v1 is meridian.v1", () => {
    for (const header of [undefined, "", "meridian.v2", "meridian.v1.x", "chat, bearer.a", "Meridian.v1"]) {
      expect(offerOf(header).speaksMeridian).toBe(false);
    }
  });
});

import { createClient } from "@libsql/client/web";
import { DrizzleQueryError } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { isOutage } from "../../../worker/accounts/outage.ts";

/** What the query builder throws for an error of the driver. */
const wrapped = (cause: object) => new DrizzleQueryError("insert …", [], Object.assign(new Error("driver"), cause));

describe("what opens the breaker", () => {
  it.each(["SQLITE_CONSTRAINT", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_MISMATCH", "SQLITE_TOOBIG"])(
    "[A6] %s is the statement's fault",
    (code) => expect(isOutage(wrapped({ code }))).toBe(false),
  );

  it.each(["SQLITE_BUSY", "SQLITE_ERROR", "SQLITE_IOERR", "SERVER_ERROR", "HRANA_CLOSED_ERROR", "UNKNOWN"])(
    "[A6] %s is the database's",
    (code) => expect(isOutage(wrapped({ code }))).toBe(true),
  );

  it("[A6] a request that it cannot read is the request's fault, a refused token is not", () => {
    const answered = (status: number) =>
      wrapped({ code: "SERVER_ERROR", cause: Object.assign(new Error(), { status }) });
    expect(isOutage(answered(400))).toBe(false);
    for (const status of [401, 404, 429, 500, 502, 503]) expect(isOutage(answered(status))).toBe(true);
  });

  it("[A6] nobody at the address is an outage", async () => {
    // Port 9 is refused everywhere but where somebody runs a discard service.
    const refused = createClient({ url: "http://127.0.0.1:9" })
      .execute("SELECT 1")
      .catch((error: unknown) => error);
    expect(isOutage(await refused)).toBe(true);
    expect(isOutage(new TypeError("fetch failed"))).toBe(true);
    expect(isOutage("anything")).toBe(true);
  });
});

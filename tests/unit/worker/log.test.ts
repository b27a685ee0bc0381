import { describe, expect, it } from "vitest";
import { log, traceOf } from "../../../worker/log.ts";

describe("the log", () => {
  it("writes one line of JSON per event", () => {
    const lines: [string, string][] = [];
    log("warn", "request", { status: 200, route: "/v1/me", user: undefined }, (level, line) =>
      lines.push([level, line]),
    );
    expect(lines).toHaveLength(1);
    const [level, line] = lines[0] ?? ["", ""];
    expect(level).toBe("warn");
    expect(JSON.parse(line)).toStrictEqual({ level: "warn", event: "request", status: 200, route: "/v1/me" });
  });

  it("tells where an error came from and never what it said", () => {
    const error = Object.assign(new TypeError("password hunter2\nsecond line hunter2"), { code: "E_BAD" });
    const trace = traceOf(error);
    expect(trace).toMatchObject({ error: "TypeError", code: "E_BAD" });
    expect(trace.frames?.length).toBeGreaterThan(0);
    expect(JSON.stringify(trace)).not.toContain("hunter2");
  });

  it("takes whatever was thrown", () => {
    expect(traceOf("hunter2")).toStrictEqual({ error: "string" });
    expect(traceOf(null)).toStrictEqual({ error: "object" });
  });
});

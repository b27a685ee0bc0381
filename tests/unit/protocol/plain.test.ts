import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ClientFrame, isPlain, parseContent, plainFrame } from "../../../protocol/index.ts";

const send = { type: "send", conversation: "d_1", id: "a-1", kind: "message", body: { text: "hi" } };
const received = { type: "received", conversation: "d_1", seq: 7 };

describe("frames that are told without their schemas", () => {
  test("are sends of a plain text, and received", () => {
    expect(plainFrame(send)).toEqual(send);
    expect(plainFrame(received)).toEqual(received);
    expect(plainFrame({ ...received, later: "unknown fields are ignored" })).toEqual(received);
  });

  test.each([
    { ...send, kind: "edit" },
    { ...send, body: { text: "" } },
    { ...send, body: { text: "hi", mentions: [] } },
    { ...send, body: { text: "x".repeat(4_001) } },
    { ...send, body: JSON.parse('{"text":"hi","__proto__":{}}') as object },
    { ...send, body: ["hi"] },
    { ...send, id: "no id" },
    { ...send, conversation: undefined },
    { ...received, seq: -1 },
    { ...received, seq: 1.5 },
    { ...received, seq: 2 ** 53 },
    { ...received, type: "read" },
    [],
    null,
    "received",
  ])("leave %j to the schema", (frame) => {
    expect(plainFrame(frame)).toBeUndefined();
  });

  test("are what the schemas would have made of them, whatever comes", () => {
    const id = fc.oneof({ weight: 5, arbitrary: fc.stringMatching(/^[A-Za-z0-9_-]{1,80}$/) }, fc.string());
    const body = fc.oneof(
      fc.record({ text: fc.string({ unit: "binary" }) }),
      fc.record({ text: fc.string(), mentions: fc.jsonValue() }, { requiredKeys: [] }),
      fc.jsonValue(),
    );
    const frame = fc.record(
      {
        type: fc.constantFrom("send", "send", "received", "read"),
        conversation: id,
        id,
        kind: fc.constantFrom("message", "message", "edit", "sealed"),
        body,
        seq: fc.oneof(fc.nat(), fc.double(), fc.jsonValue()),
      },
      { requiredKeys: ["type", "conversation", "id", "kind", "body", "seq"] },
    );
    let recognised = 0;
    fc.assert(
      fc.property(frame, (value) => {
        let json: unknown;
        try {
          json = JSON.parse(JSON.stringify(value));
        } catch {
          return;
        }
        const plain = plainFrame(json);
        if (plain === undefined) return;
        recognised++;
        expect(ClientFrame.parse(json)).toEqual(plain);
        if (plain.type !== "send") return;
        const { kind, body: its } = plain;
        expect(kind === "message" && isPlain(its)).toBe(true);
        expect(parseContent(kind, its)).toEqual({ kind, body: its });
      }),
      { numRuns: 500 },
    );
    expect(recognised).toBeGreaterThan(20);
  });
});

import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  base64url,
  digestOf,
  fromBase64url,
  GENESIS_CHAIN,
  jcs,
  nextChain,
  parseContent,
} from "../../../protocol/index.ts";

describe("digests and chains", () => {
  it("[E4] the chain is the first 16 bytes of SHA-256 over the chain before and the canonical fields", () => {
    const fields = {
      seq: 1,
      id: '0192-ä"\\',
      sender: { user: "u_1" as never, device: "dev_1" as never },
      at: 1_700_000_000_000,
      kind: "message" as const,
      digest: digestOf(jcs({ text: "hi", mentions: [] })),
    };
    const expected = createHash("sha256").update(Buffer.alloc(16)).update(jcs(fields)).digest().subarray(0, 16);
    expect(nextChain(GENESIS_CHAIN, fields)).toBe(expected.toString("base64url"));
    const system = { ...fields, sender: { user: "u_1" as never, device: null } };
    const second = createHash("sha256").update(expected).update(jcs(system)).digest().subarray(0, 16);
    expect(nextChain(expected.toString("base64url"), system)).toBe(second.toString("base64url"));
  });

  it("[E4] the canonical form does not depend on the order of keys (RFC 8785)", () => {
    expect(jcs({ b: 1, a: [true, null, 1.5, "é"] })).toBe('{"a":[true,null,1.5,"é"],"b":1}');
    expect(digestOf(jcs({ text: "x", replyTo: "y" }))).toBe(digestOf(jcs({ replyTo: "y", text: "x" })));
  });

  it("base64url comes back as the bytes it was made of", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        expect(base64url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
        expect([...fromBase64url(base64url(bytes))]).toEqual([...bytes]);
      }),
    );
    expect(() => fromBase64url("a+b")).toThrow(RangeError);
  });
});

describe("content", () => {
  it("[E5] is checked with the code that fits the fault", () => {
    expect(parseContent("message", { text: "hi" })).toEqual({ kind: "message", body: { text: "hi" } });
    const code = (kind: Parameters<typeof parseContent>[0], body: unknown): string => {
      try {
        parseContent(kind, body);
        return "fine";
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(code("message", { text: "x".repeat(8_193) })).toBe("payload_too_large");
    expect(code("edit", { target: "a", text: "x".repeat(8_193) })).toBe("payload_too_large");
    expect(code("sealed", { ciphertext: "A".repeat(262_144) })).toBe("payload_too_large");
    expect(code("message", {})).toBe("invalid_request");
    expect(code("message", { text: "" })).toBe("invalid_request");
    expect(code("message", null)).toBe("invalid_request");
    expect(code("sealed", { ciphertext: "not base64url!" })).toBe("invalid_request");
    expect(code("reaction", { target: "a", emoji: "" })).toBe("invalid_request");
    expect(code("delete", { target: "no such id!" })).toBe("invalid_request");
  });
});

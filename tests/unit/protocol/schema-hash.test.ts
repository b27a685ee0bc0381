/**
 * Any change of what goes over the wire changes this hash: the test fails until the changelog of docs/protocol.md says
 * what changed, under the new hash.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import * as protocol from "../../../protocol/index.ts";

function wireHash(): string {
  const schemas = Object.entries<unknown>(protocol)
    .flatMap(([name, value]) => (value instanceof z.ZodType ? [{ name, schema: value }] : []))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, schema }) => [name, z.toJSONSchema(schema, { io: "input", unrepresentable: "any" })]);
  return createHash("sha256").update(JSON.stringify(schemas)).digest("hex").slice(0, 16);
}

describe("the wire contract", () => {
  it("changes only together with its changelog", () => {
    const page = readFileSync(new URL("../../../docs/protocol.md", import.meta.url), "utf8");
    const newest = /\| `([0-9a-f]{16})` \|/.exec(page.slice(page.indexOf("## Changelog")))?.[1];
    expect(newest, "write the change and this hash as the first line of the changelog in docs/protocol.md").toBe(
      wireHash(),
    );
  });
});

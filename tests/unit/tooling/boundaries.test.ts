import { describe, expect, test } from "vitest";
import { violations } from "../../../tools/test/boundaries.ts";

const from = (file: string, specifier: string, words = "import { x }") =>
  violations(file, `${words} from "${specifier}";\n`);

describe("the dependency rule between folders", () => {
  test.each([
    ["protocol/entry.ts", "./ids.ts"],
    ["worker/routes/socket.ts", "../../protocol/index.ts"],
    ["worker/routes/socket.ts", "../../durable-objects/rpc/user.ts"],
    ["worker/index.ts", "../durable-objects/user/object.ts"],
    ["durable-objects/user/object.ts", "../shared/sql.ts"],
    ["durable-objects/user/object.ts", "../../migrations/objects/user.ts"],
    ["client/sync/a.ts", "../../protocol/index.ts"],
    ["web/src/app.tsx", "../../client/index.ts"],
    ["tools/drill/run.ts", "../../worker/index.ts"],
    ["tests/unit/a.test.ts", "../../durable-objects/user/inbox.ts"],
    ["worker/app.ts", "hono"],
    ["worker/accounts/password.ts", "node:crypto"],
  ])("%s may import %s", (file, specifier) => {
    expect(from(file, specifier)).toEqual([]);
  });

  test.each([
    ["protocol/entry.ts", "../client/index.ts"],
    ["worker/app.ts", "../client/index.ts"],
    ["worker/app.ts", "../durable-objects/user/inbox.ts"],
    ["durable-objects/user/object.ts", "../conversation/sequencer.ts"],
    ["durable-objects/conversation/object.ts", "../../worker/log.ts"],
    ["durable-objects/shared/sql.ts", "../user/object.ts"],
    ["client/sync/a.ts", "../../worker/app.ts"],
    ["web/src/app.tsx", "../../durable-objects/rpc/user.ts"],
    ["web/src/app.tsx", "../../tools/dev/options.ts"],
    ["migrations/objects/user.ts", "../../protocol/ids.ts"],
    ["client/a.ts", "node:fs"],
    ["protocol/a.ts", "node:crypto"],
    ["durable-objects/user/a.ts", "node:buffer"],
  ])("%s may not import %s", (file, specifier) => {
    expect(from(file, specifier)).toHaveLength(1);
  });

  test("types of the objects are the edge's to know, their code is not", () => {
    const target = "../durable-objects/limiter/bucket.ts";
    expect(from("worker/limits.ts", target, "import type { Allowance }")).toEqual([]);
    expect(from("worker/limits.ts", target, "import { take }")).toHaveLength(1);
    expect(from("worker/limits.ts", target, "import { type Allowance, take }")).toHaveLength(1);
  });

  test("every way to import is seen, an example in a comment is none", () => {
    const source = [
      'import {\n  a,\n  b,\n} from "../worker/a.ts";',
      'import "../worker/b.ts";',
      'export * from "../worker/c.ts";',
      'export { d } from "../worker/d.ts";',
      'const e = await import("../worker/e.ts");',
      '/** @example\n * import { f } from "../worker/f.ts";\n */',
      '// import { g } from "../worker/g.ts";',
    ].join("\n");
    const names = violations("client/x.ts", source).map((line) => /worker\/(\w)/.exec(line)?.[1] ?? "");
    expect(names.toSorted()).toEqual(["a", "b", "c", "d", "e"]);
  });
});

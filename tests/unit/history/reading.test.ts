import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkHistory } from "../../../tools/history/check.ts";
import { main } from "../../../tools/history/cli.ts";
import { HistoryFile, HistoryFormatError, HistoryWriter, MAX_LINE_BYTES } from "../../../tools/history/file.ts";
import { recordedEntry } from "../../../tools/history/record.ts";
import { digestOf, jcs, Entry } from "../../../protocol/index.ts";
import { run } from "./model/program.ts";
import { receiptBack } from "./model/spoil.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "history-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function written(name: string, ran = run({ seed: 7, window: 6 })): string {
  const path = join(folder, name);
  const writer = new HistoryWriter(path);
  for (const event of ran.history.events) writer.write(event);
  writer.close();
  return path;
}

function command(...args: string[]): { code: number; out: string; err: string } {
  let out = "";
  let err = "";
  const code = main(
    args,
    (text) => (out += text),
    (text) => (err += text),
  );
  return { code, out, err };
}

describe("a history on disk", () => {
  it("reads back as it was written, and is judged the same", () => {
    const ran = run({ seed: 11, steps: 3000, window: 6 });
    const file = new HistoryFile(written("same.ndjson", ran));
    expect([...file.read()].map(({ event }) => event)).toEqual(ran.history.events);
    expect(checkHistory(file, { window: 6 })).toEqual(checkHistory(ran.history, { window: 6 }));
  });

  it("gives each event its line, also where only some types are read", () => {
    const ran = run({ seed: 11 });
    const file = new HistoryFile(written("lines.ndjson", ran));
    const logs = [...file.read(new Set(["log", "block"] as const))];
    expect(logs.length).toBeGreaterThan(0);
    for (const { line, event } of logs) expect(ran.history.events[line - 1]).toEqual(event);
  });

  it("is refused where a line was cut off, with its number", () => {
    const path = join(folder, "cut.ndjson");
    writeFileSync(path, '{"type":"fault","kind":"kill","target":"weur","t":1}\n{"type":"fault","kind":');
    expect(() => [...new HistoryFile(path).read()]).toThrow(new HistoryFormatError(2, "not JSON"));
  });

  it("is refused where a line is no event", () => {
    const path = join(folder, "wrong.ndjson");
    writeFileSync(path, '{"type":"received","device":"dev_a","session":1,"conversation":"d_a","seq":-1,"t":1}\n');
    expect(() => [...new HistoryFile(path).read()]).toThrow(/line 1: seq/);
  });

  it("does not grow without bound on a line without an end", () => {
    const path = join(folder, "endless.ndjson");
    writeFileSync(path, "x".repeat(MAX_LINE_BYTES + 2 ** 21));
    expect(() => [...new HistoryFile(path).read()]).toThrow(/longer than/);
  });
});

describe("the command", () => {
  it("exits 0 and prints the figures where no rule is broken", () => {
    const { code, out } = command("check", written("good.ndjson"), "--window", "6");
    expect(code).toBe(0);
    expect(out).toContain("lost 0, repeated 0, reordered 0");
    expect(out).toContain("No rule is broken.");
  });

  it("exits 1 and names rule and lines where one is", () => {
    const ran = run({ seed: 7, window: 6 });
    expect(receiptBack(ran)).toBe(true);
    const { code, out } = command("check", written("bad.ndjson", ran), "--window", "6");
    expect(code).toBe(1);
    expect(out).toMatch(/\[R1\] .*; lines \d+/);
  });

  it("prints the report as JSON", () => {
    const { out } = command("check", written("json.ndjson"), "--json", "--window", "6");
    expect(JSON.parse(out)).toMatchObject({ ok: true, run: { seed: 7 }, figures: { lost: 0 }, violations: [] });
  });

  it("prints only the first violations of each rule, and counts all", () => {
    const path = written("window.ndjson", run({ seed: 7, window: 6, steps: 600 }));
    const report = JSON.parse(command("check", path, "--json", "--window", "1", "--kept", "2").out);
    expect(report.violations).toHaveLength(2);
    expect(report.figures.violations.D1).toBeGreaterThan(2);
  });

  it("explains itself, and exits 2 where it cannot judge", () => {
    expect(command("--help").out).toContain("Exit code");
    expect(command("--help").code).toBe(0);
    expect(command("check").code).toBe(2);
    expect(command("check", join(folder, "missing.ndjson"))).toMatchObject({ code: 2, out: "" });
    expect(command("check", written("x.ndjson"), "--window", "many").err).toContain("--window wants a number");
    expect(command("check", written("x.ndjson"), "--whatever").code).toBe(2);
  });
});

describe("recording", () => {
  const wire = {
    seq: 2,
    id: "e_1",
    sender: { user: "u_a", device: "dev_a" },
    at: 5,
    chain: "chain",
    kind: "message",
    body: { text: "a secret" },
  };

  it("keeps no text of a message, only its digest", () => {
    const entry = recordedEntry(Entry.parse(wire), "make");
    expect(JSON.stringify(entry)).not.toContain("secret");
    expect(entry.digest).toBe(digestOf(jcs({ text: "a secret" })));
  });

  it("[V2] tells whom a membership entry is about", () => {
    const system = { ...wire, sender: { user: "u_a", device: null } };
    const added = { ...system, kind: "member_added", body: { user: "u_b", role: "member" } };
    const created = { ...system, kind: "group_created", body: { title: "t", members: ["u_b", "u_c"] } };
    expect(recordedEntry(Entry.parse(added), "asIs").about).toEqual(["u_b"]);
    expect(recordedEntry(Entry.parse(created), "asIs").about).toEqual(["u_b", "u_c"]);
  });

  it("[E3] keeps the digest of an erased entry", () => {
    const erased = { ...wire, body: null, deleted: true, digest: "kept" };
    expect(recordedEntry(Entry.parse(erased), "asIs").digest).toBe("kept");
  });
});

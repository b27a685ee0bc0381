import { expect, test } from "vitest";
import { readOptions, usage } from "../../../tools/drill/options.ts";

const scenarios = [
  { name: "edge-lost", title: "An edge is lost" },
  { name: "objects-lost", title: "The objects are lost" },
  { name: "edge-cut-off", title: "An edge is cut off" },
];
const known = scenarios.map(({ name }) => name);

test("--all is every scenario, --scenario those that are named", () => {
  expect(readOptions(["--all"], known).scenarios).toEqual(known);
  expect(readOptions(["--scenario", "edge-lost,objects-lost"], known).scenarios).toEqual(["edge-lost", "objects-lost"]);
});

test.each([[[]], [["--scenario", "nothing"]], [["--all", "--seconds", "0"]], [["--all", "--rate", "x"]], [["--what"]]])(
  "%j is refused in one line",
  (args) => {
    expect(() => readOptions(args, known)).toThrowError(/^[^\n]+$/);
  },
);

test("the help names every scenario once", () => {
  const text = usage(scenarios);
  for (const name of known) expect(text.split(new RegExp(`^  ${name} `, "m"))).toHaveLength(2);
});

/** One reader turns pages, one at a time, all over a log. */
import { median, round, timesOf } from "../stats.ts";
import { range } from "../targets/parts.ts";
import type { History, Target } from "../targets/target.ts";
import { middle } from "./load.ts";
import type { Row, Shape, Side } from "./shape.ts";

const ENTRIES = 5_000;
const PAGE = 50;
const SLICES = 3;

export const history: Shape = {
  name: "history",
  title: `history, pages of ${PAGE} from ${ENTRIES.toLocaleString("en")} entries`,
  async run(bench): Promise<Row> {
    const sides: { target: Target; reader: History; slices: number[][] }[] = [];
    for (const target of [bench.floor, bench.meridian]) {
      bench.progress(`${target.server.name}: writes ${ENTRIES} entries`);
      sides.push({ target, reader: await target.history(ENTRIES), slices: [] });
    }
    for (const { reader } of sides) await turnPages(reader, 500);
    for (const turn of range(SLICES)) {
      for (const { target, reader, slices } of sides) {
        bench.progress(`${target.server.name}: ${turn + 1} of ${SLICES}`);
        slices.push(await turnPages(reader, (bench.seconds * 500) / SLICES));
      }
    }
    const [floor, meridian] = sides.map(({ slices }): Side => {
      const rates = slices.map((times) => round((times.length / times.reduce((sum, ms) => sum + ms, 0)) * 1_000));
      return { value: median(rates), times: middle(slices.flatMap((times) => timesOf(times) ?? [])), slices: rates };
    });
    for (const { reader } of sides) reader.close();
    if (floor === undefined || meridian === undefined) throw new Error("There are two sides.");
    return { shape: history.name, title: history.title, unit: "pages/s", timed: "page", floor, meridian };
  },
};

/** Backwards from the end, and again from the end. @returns how long each page took, in milliseconds */
async function turnPages(reader: History, ms: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + ms;
  for (let before = ENTRIES + 1; performance.now() < end; before = before > 2 * PAGE ? before - PAGE : ENTRIES + 1) {
    const start = performance.now();
    await reader.page(before, PAGE);
    times.push(performance.now() - start);
  }
  return times;
}

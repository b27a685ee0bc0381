/** A user with many conversations comes back when few of them changed. */
import { median, round, timesOf } from "../stats.ts";
import { range } from "../targets/parts.ts";
import type { Target } from "../targets/target.ts";
import type { Row, Shape, Side } from "./shape.ts";

const CONVERSATIONS = 1_000;
const CHANGED = 10;
const WARM_UP = 5;
const TIMES = 40;

export const resume: Shape = {
  name: "resume",
  title: `resume with ${CONVERSATIONS.toLocaleString("en")} conversations, ${CHANGED} of them changed`,
  async run(bench): Promise<Row> {
    const side = async (target: Target): Promise<Side> => {
      const { name } = target.server;
      bench.progress(`${name}: sets up ${CONVERSATIONS} conversations`);
      const resumer = await target.resumer(CONVERSATIONS);
      const times: number[] = [];
      for (const turn of range(WARM_UP + TIMES)) {
        bench.progress(`${name}: ${turn + 1} of ${WARM_UP + TIMES}`);
        const ms = await resumer.resume(CHANGED);
        if (turn >= WARM_UP) times.push(ms);
      }
      const rate = round(1_000 / median(times));
      return { value: rate, times: timesOf(times), slices: [rate] };
    };
    const floor = await side(bench.floor);
    const meridian = await side(bench.meridian);
    return { shape: resume.name, title: resume.title, unit: "resumes/s", timed: "until ready", floor, meridian };
  },
};

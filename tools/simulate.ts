/**
 * `npm run simulate -- --seeds 10000`: random programs against the objects inside workerd, judged by the history checker.
 */
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    first: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
});
const whole = (text: string): boolean => /^[1-9]\d{0,8}$/.test(text);

if (values.help || !whole(values.seeds) || !whole(values.first)) {
  console.log(`npm run simulate -- [--seeds N] [--first N]

Runs N random programs (1000) from seed --first (1) on: users and devices that send, leave and return, with cut sockets,
lost answers, hibernation, aborted objects and repeated fan-out, then a full catch-up and the history checker. A seed that
fails prints itself and the command that runs it again.`);
  process.exit(values.help ? 0 : 1);
}
const run = spawn("vitest", ["run", "--project", "simulation"], {
  stdio: "inherit",
  env: { ...process.env, SIMULATION_SEEDS: values.seeds, SIMULATION_FIRST: values.first },
});
run.on("exit", (code) => process.exit(code ?? 1));

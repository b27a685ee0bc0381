/** After the load: everything on its way arrives, and everybody is asked what they hold. */
import type { Recorder } from "../../history/events.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { HOME } from "../cluster/geography.ts";
import type { Crowd } from "../devices/crowd.ts";
import { until } from "../patience.ts";
import { dumpLog, readHeads } from "./witness.ts";

const CATCH_UP_MS = 60_000;

/**
 * Waits until all devices have caught up, writes the final logs to the history, and compares them with what the SDK of each
 * device holds.
 *
 * @returns what is wrong, beside what the history will tell
 */
export async function settle(cluster: Cluster, crowd: Crowd, recorder: Recorder): Promise<string[]> {
  const url = cluster.url(HOME);
  const { devices, conversations } = crowd;
  const problems: string[] = [];
  await until(
    async () => {
      if (devices.some(({ idle }) => !idle)) return false;
      const heads = await readHeads(url, conversations);
      return devices.every((device) => device.isCaughtUp(heads));
    },
    CATCH_UP_MS,
    "not all devices have caught up",
  ).catch((error: Error) => problems.push(error.message));
  const heads = await readHeads(url, conversations);
  for (const device of devices) {
    if (device.isCaughtUp(heads)) {
      recorder.write({ type: "caughtUp", device: device.tape.device, t: Date.now() });
    } else problems.push(`${device.tape.device} in ${device.region} has not caught up`);
    for (const problem of device.problems) problems.push(`${device.tape.device} in ${device.region} ${problem}`);
  }
  for (const conversation of conversations) {
    const log = await dumpLog(url, conversation, recorder);
    for (const device of devices) {
      if (!device.conversations.includes(conversation.id)) continue;
      const wrong = differs(await device.held(conversation.id), log);
      if (wrong !== undefined) problems.push(`${device.tape.device} holds ${conversation.id} wrongly: ${wrong}`);
    }
  }
  return problems;
}

/** What a device holds must be the end of the log, whole: it may have begun after the start of it [D3]. */
function differs(held: readonly { seq: number; id: string }[], log: ReadonlyMap<number, string>): string | undefined {
  const [first] = held;
  if (first === undefined) return log.size === 0 ? undefined : "it holds nothing";
  for (const [index, { seq, id }] of held.entries()) {
    if (seq !== first.seq + index) return `${first.seq + index} is missing`;
    if (log.get(seq) !== id) return `${seq} is another entry`;
  }
  const last = first.seq + held.length - 1;
  return last === Math.max(...log.keys()) ? undefined : `it ends at ${last}`;
}

/** A CPU profile of a running Workers runtime, through its inspector. */

/** As the inspector answers it and as DevTools read it from a `.cpuprofile` file. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly startTime: number;
  readonly endTime: number;
  /** Ids of nodes. */
  readonly samples: readonly number[];
  /** Microseconds from each sample to the one before it. */
  readonly timeDeltas: readonly number[];
}

export interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    /** Both from 0. */
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  readonly children?: readonly number[];
}

/** One sample every so many microseconds: finer ones slow down what they measure. */
const INTERVAL_US = 250;
const ANSWER_MS = 30_000;

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/**
 * Profiles the Worker while `work` runs.
 *
 * @throws Error where the inspector does not answer
 * @example
 * const { profile } = await profiled(new URL("ws://127.0.0.1:9229"), () => drive(rooms, senders, 5_000, pid));
 */
export async function profiled<Result>(
  inspector: URL,
  work: () => Promise<Result>,
): Promise<{ profile: CpuProfile; result: Result }> {
  const socket = new WebSocket(await targetOf(inspector));
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  let id = 0;
  const ask = (method: string, params: object = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      id += 1;
      waiting.set(id, { resolve, reject });
      setTimeout(() => reject(new Error(`The inspector does not answer ${method}.`)), ANSWER_MS).unref();
      socket.send(JSON.stringify({ id, method, params }));
    });
  socket.addEventListener("message", ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer;
    const asked = answer.id === undefined ? undefined : waiting.get(answer.id);
    if (answer.error === undefined) asked?.resolve(answer.result);
    else asked?.reject(new Error(`The inspector refuses: ${answer.error.message}`));
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", () => reject(new Error("The inspector cannot be reached.")));
  });
  try {
    await ask("Profiler.enable");
    await ask("Profiler.setSamplingInterval", { interval: INTERVAL_US });
    await ask("Profiler.start");
    const result = await work();
    const { profile } = (await ask("Profiler.stop")) as { profile: CpuProfile };
    return { profile, result };
  } finally {
    socket.close();
  }
}

/** The inspector of the Worker itself: the runtime has others, of its own services. */
async function targetOf(inspector: URL): Promise<string> {
  const list = new URL("/json/list", inspector);
  list.protocol = "http:";
  const targets = (await (await fetch(list)).json()) as { id: string; webSocketDebuggerUrl: string }[];
  const target = targets.find((one) => one.id.includes("meridian"));
  if (target === undefined) throw new Error(`The inspector lists no Worker: ${JSON.stringify(targets)}`);
  return target.webSocketDebuggerUrl;
}

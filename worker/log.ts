/**
 * One line of JSON per event. Callers hand over ids, codes and numbers only: never tokens, passwords, request bodies
 * or error messages, which may quote any of them.
 */
export type Level = "info" | "warn" | "error";
export type Fields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** Writes a line; replaced in tests. */
export type Sink = (level: Level, line: string) => void;

const toConsole: Sink = (level, line) => {
  // oxlint-disable-next-line no-console -- the console is where the platform collects logs
  console[level](line);
};

/**
 * Logs an event.
 *
 * @example
 * log("info", "request", { requestId, route: "/v1/me", status: 200, ms: 12 });
 */
export function log(level: Level, event: string, fields: Fields, sink: Sink = toConsole): void {
  sink(level, JSON.stringify({ level, event, ...fields }));
}

/**
 * What may be told of an unexpected error: its name, its code and where it came from. The first lines of a stack
 * repeat the message, so only the frames are kept.
 */
export function traceOf(error: unknown): { error: string; code?: string; frames?: string[] } {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = (error as { code?: unknown }).code;
  const frames = (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .map((line) => line.trim());
  return { error: error.name, ...(typeof code === "string" ? { code } : {}), frames };
}

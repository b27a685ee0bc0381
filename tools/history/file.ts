/**
 * Histories on disk: NDJSON, written and read with a bounded buffer.
 */
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { HistoryEvent, type EventType, type History, type Recorded, type Recorder } from "./events.ts";

const WRITE_AT_CHARS = 64 * 1024;
const READ_BYTES = 1024 * 1024;
/** No line is longer: a log is written in parts, and a frame is at most 512 KiB [W2]. */
export const MAX_LINE_BYTES = 8 * 1024 * 1024;

/** A line that is no event: the history cannot be judged. */
export class HistoryFormatError extends Error {
  override readonly name = "HistoryFormatError";
  readonly line: number;

  constructor(line: number, detail: string) {
    super(`line ${line}: ${detail}`);
    this.line = line;
  }
}

/**
 * Writes a history. Lines are buffered up to 64 KiB and then written synchronously, so that nothing piles up in memory
 * however fast events come; `close` writes the rest.
 *
 * @example
 * const history = new HistoryWriter("history.ndjson");
 * history.write({ type: "fault", kind: "kill", target: "weur", t: Date.now() });
 * history.close();
 */
export class HistoryWriter implements Recorder {
  readonly #file: number;
  #pending = "";

  constructor(path: string) {
    this.#file = openSync(path, "w");
  }

  write(event: HistoryEvent): void {
    this.#pending += `${JSON.stringify(event)}\n`;
    if (this.#pending.length >= WRITE_AT_CHARS) this.flush();
  }

  flush(): void {
    const bytes = Buffer.from(this.#pending);
    this.#pending = "";
    for (let from = 0; from < bytes.length;) from += writeSync(this.#file, bytes, from);
  }

  close(): void {
    this.flush();
    closeSync(this.#file);
  }
}

/** Reads a history, line by line. Throws {@link HistoryFormatError} at the first line that is no event. */
export class HistoryFile implements History {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  *read(only?: ReadonlySet<EventType>): Iterable<Recorded> {
    // Most lines are not wanted by the first of the two readings: a look at the text spares parsing them.
    const hint = only === undefined ? undefined : new RegExp(`"type"\\s*:\\s*"(?:${[...only].join("|")})"`);
    let line = 0;
    for (const text of this.#lines()) {
      line++;
      if (hint !== undefined && !hint.test(text)) continue;
      const event = parseEvent(text, line);
      if (only === undefined || only.has(event.type)) yield { line, event };
    }
  }

  *#lines(): Iterable<string> {
    const file = openSync(this.#path, "r");
    try {
      const chunk = Buffer.allocUnsafe(READ_BYTES);
      let rest: Buffer = Buffer.alloc(0);
      let line = 1;
      for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
        const bytes = Buffer.concat([rest, chunk.subarray(0, read)]);
        let from = 0;
        for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
          yield bytes.toString("utf8", from, end);
          line++;
          from = end + 1;
        }
        rest = bytes.subarray(from);
        if (rest.length > MAX_LINE_BYTES) throw new HistoryFormatError(line, `longer than ${MAX_LINE_BYTES} bytes`);
      }
      // A line that was cut off is yielded too: it fails to parse, and a cut history must not pass.
      if (rest.length > 0) yield rest.toString("utf8");
    } finally {
      closeSync(file);
    }
  }
}

/** @throws HistoryFormatError where the text is no event */
export function parseEvent(text: string, line: number): HistoryEvent {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HistoryFormatError(line, "not JSON");
  }
  const parsed = HistoryEvent.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new HistoryFormatError(line, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not an event"}`);
}

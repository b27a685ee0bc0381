/** Calls of the HTTP API, patient with its limits. */
import { setTimeout as pause } from "node:timers/promises";

export interface Caller {
  readonly url: string;
}

interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly token?: string;
  readonly body?: unknown;
}

export class CallError extends Error {
  override readonly name = "CallError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const TRIES = 5;
const LONGEST_MS = 10_000;

/**
 * The answer to a call, as the contract says that it looks.
 *
 * @throws CallError what the service refused it with
 */
export async function call<T>(caller: Caller, { method, path, token, body }: Call): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const response = await fetch(new URL(path, caller.url), {
      method,
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer: unknown = text === "" ? undefined : JSON.parse(text);
    if (response.ok) return answer as T;
    const { code = "internal", detail, title, retryAfterMs } = answer as Partial<Record<string, string & number>>;
    if (response.status !== 429 || tries === TRIES) {
      throw new CallError(code, `${method} ${path}: ${detail ?? title ?? response.status}`);
    }
    await pause(Math.min(retryAfterMs ?? 1_000, LONGEST_MS));
  }
}

import { codeOf, MeridianError } from "../../protocol/index.ts";
import { metrics } from "./metrics.ts";
import type { Stubs } from "./stubs.ts";

const BASE_MS = 50;
const CAP_MS = 1_000;

/** What the platform says of an error that crossed an object boundary. */
interface PlatformError {
  readonly remote?: boolean;
  readonly retryable?: boolean;
  readonly overloaded?: boolean;
  readonly durableObjectReset?: boolean;
}

/**
 * Calls another object, with a fresh stub after an attempt that failed. Only for calls that may run twice: everything that objects ask of each other carries its own idempotency.
 *
 * @param name of the object
 * @param method the call
 * @param attempts how often to try in all; an overloaded object is never asked again
 * @throws MeridianError as the callee threw it, or `unavailable` where the object could not be reached
 */
export async function call<Stub, Result>(
  stubs: Stubs<Stub>,
  name: string,
  method: (stub: Stub) => Promise<Result>,
  attempts = 4,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return release(await method(stubs.get(name)));
    } catch (error) {
      const code = codeOf(error);
      if (code !== "internal") throw error;
      stubs.drop(name);
      const { retryable, overloaded, durableObjectReset, remote } = error as PlatformError;
      const again = (retryable === true || durableObjectReset === true || remote !== true) && overloaded !== true;
      if (!again || attempt >= attempts) {
        if (remote === true && retryable !== true && durableObjectReset !== true) throw error;
        metrics.count("errors", { where: "call", code: "unavailable" });
        throw new MeridianError("unavailable", "A part of the service cannot be reached right now.", {
          retryAfterMs: CAP_MS,
        });
      }
      metrics.count("retries", { what: "call" });
      await pause(Math.random() * Math.min(CAP_MS, BASE_MS * 2 ** attempt));
    }
  }
}

/**
 * Lets go of the session behind an RPC result. The platform keeps the callee referenced until the result is disposed of or
 * collected, which would keep an idle object from hibernating; plain data outlives its session.
 */
export function release<Result>(result: Result): Result {
  if (typeof result !== "object" || result === null) return result;
  const disposable = result as Partial<Disposable>;
  disposable[Symbol.dispose]?.();
  // Handed on with the result, the disposer would travel as a stub and hold the next session open.
  delete disposable[Symbol.dispose];
  return result;
}

/** Waits; short enough never to matter for hibernation. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Sending bytes to a signed address. Where there is `XMLHttpRequest` (browsers) with progress, elsewhere without.
 */
import type { Clock } from "../clock.ts";
import { problemOf } from "../engine/http.ts";
import { errorOf, MeridianError } from "../errors.ts";
import type { Fetch } from "../types/options.ts";

/** Without a byte of progress for so long the link is taken for dead. */
const STALLED_MS = 60_000;

/** Sends a body; `onProgress` is called with the bytes that went out, where the runtime knows. */
export type Transfer = (
  url: string,
  body: Blob,
  onProgress: (sent: number) => void,
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly text: string }>;

/** The best that this runtime has. */
export function transferOf(fetch: Fetch, clock: Clock): Transfer {
  return typeof XMLHttpRequest === "undefined" ? fetchTransfer(fetch) : requestTransfer(clock);
}

/** Says nothing until the whole body is through. */
export function fetchTransfer(fetch: Fetch): Transfer {
  return async (url, body, onProgress, signal) => {
    const response = await fetch(url, { method: "PUT", body, signal });
    const text = await response.text();
    onProgress(body.size);
    return { status: response.status, text };
  };
}

function requestTransfer(clock: Clock): Transfer {
  return (url, body, onProgress, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const request = new XMLHttpRequest();
      let stalled = clock.after(STALLED_MS, () => request.abort());
      const abort = (): void => request.abort();
      const end = (settle: () => void): void => {
        stalled();
        signal.removeEventListener("abort", abort);
        settle();
      };
      request.open("PUT", url);
      request.upload.addEventListener("progress", ({ loaded }) => {
        stalled();
        stalled = clock.after(STALLED_MS, () => request.abort());
        onProgress(loaded);
      });
      request.addEventListener("load", () =>
        end(() => resolve({ status: request.status, text: request.responseText })),
      );
      request.addEventListener("error", () => end(() => reject(new Error("the request failed"))));
      request.addEventListener("abort", () => end(() => reject(new Error("the request was aborted"))));
      signal.addEventListener("abort", abort);
      request.send(body);
    });
}

/**
 * Waits for an answer of a signed address.
 *
 * @returns its text
 * @throws MeridianError as the server says, or `offline`
 */
export async function answered(answer: Promise<{ readonly status: number; readonly text: string }>): Promise<string> {
  try {
    const { status, text } = await answer;
    if (status >= 400) throw problemOf(status, text);
    return text;
  } catch (error) {
    if (error instanceof MeridianError) throw error;
    throw errorOf("offline", "The server could not be reached.", { cause: error });
  }
}

const POLL_MS = 50;

/**
 * Waits until a service says that it is ready.
 *
 * @param url of the service
 * @param patience milliseconds
 * @param failed tells whether waiting has become pointless
 * @returns what was wrong last, or undefined once it is ready
 */
export async function untilReady(url: string, patience: number, failed: () => boolean): Promise<string | undefined> {
  const deadline = Date.now() + patience;
  let last = "no answer";
  while (!failed() && Date.now() < deadline) {
    try {
      const response = await fetch(new URL("/readyz", url), { signal: AbortSignal.timeout(5_000) });
      const body = await response.text();
      if (response.status === 200) return undefined;
      last = `${response.status} ${body.slice(0, 300)}`;
    } catch (error) {
      last = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return last;
}

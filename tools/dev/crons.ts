/** Runs the scheduled jobs of wrangler.toml on this machine, where the platform does not. */

/**
 * Calls the Worker's scheduled handler whenever one of its crons is due. Understands minutes only, `*` and every-N.
 *
 * @returns stops it
 */
export function runCrons(url: string, crons: readonly string[], onError: (line: string) => void): () => void {
  const timers = crons.map((cron) => {
    const trigger = new URL("/cdn-cgi/local/scheduled", url);
    trigger.searchParams.set("cron", cron);
    return setInterval(
      () => {
        fetch(trigger, { signal: AbortSignal.timeout(600_000) }).then(
          (response) => response.text(),
          (error: unknown) => onError(`The scheduled job ${cron} failed: ${String(error)}`),
        );
      },
      everyMinutes(cron) * 60_000,
    ).unref();
  });
  return () => timers.forEach(clearInterval);
}

function everyMinutes(cron: string): number {
  const minutes = /^(?:\*|\*\/(\d+)) \* \* \* \*$/.exec(cron);
  if (minutes === null) throw new Error(`Not a cron that runs on this machine: ${cron}`);
  return Number(minutes[1] ?? 1);
}

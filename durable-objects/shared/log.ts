/**
 * What objects log: one line of JSON per event, for what an operator may have to act on. Ids, codes and numbers only:
 * never bodies, titles or tokens, nor the messages of errors, which may quote them.
 */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Lines of one event in one second at most: a storm of errors must not become a storm of lines. */
const PER_SECOND = 20;
const counts = new Map<string, { second: number; lines: number }>();

/**
 * Logs an event, unless it was logged too often in this second.
 *
 * @param event a constant of the code, snake_case
 * @example
 * warn("fanout_retry", { conversation: id, user, attempts, code: "unavailable" });
 */
export function warn(event: string, fields: Fields, now: number = Date.now()): void {
  const second = Math.floor(now / 1_000);
  const seen = counts.get(event);
  if (seen?.second === second && seen.lines >= PER_SECOND) return;
  counts.set(event, { second, lines: seen?.second === second ? seen.lines + 1 : 1 });
  // oxlint-disable-next-line no-console -- the console is where the platform collects logs
  console.warn(JSON.stringify({ level: "warn", event, ...fields }));
}

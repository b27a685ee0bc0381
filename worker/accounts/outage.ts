/** Statements that the database refuses because of what is in them, by SQLite's result codes. */
const REFUSED_STATEMENT = /^SQLITE_(?:CONSTRAINT|MISMATCH|TOOBIG|RANGE)/;
/** Requests that it refuses because of what is in them. */
const REFUSED_REQUEST = [400, 413, 422];
const MAX_CAUSES = 5;

/**
 * Tells a database that cannot serve from one that refuses a single statement. Only the former may open the circuit
 * breaker: otherwise one caller with an odd request, three times in a row, would close the doors to everybody.
 *
 * @param error as the query builder threw it, with the driver's error among its causes
 */
export function isOutage(error: unknown): boolean {
  let cause: unknown = error;
  for (let depth = 0; depth < MAX_CAUSES && cause instanceof Error; depth++) {
    const { code, status } = cause as { code?: unknown; status?: unknown };
    if (typeof code === "string" && REFUSED_STATEMENT.test(code)) return false;
    if (typeof status === "number" && REFUSED_REQUEST.includes(status)) return false;
    ({ cause } = cause);
  }
  return true;
}

/** What the plain modules need of an object's SQLite: synchronous statements, and transactions that undo on a throw. */
export type Sql = SqlStorage;

/** Runs a callback in a transaction that is undone if it throws. The callback must not await. */
export type Transact = <T>(body: () => T) => T;

/** Milliseconds since the epoch; injected so that tests own the time. */
export type Clock = () => number;

import type { Sql } from "./sql.ts";

/**
 * Brings an object's database up to date. `PRAGMA user_version` is refused in an object, so a table counts instead.
 *
 * @param migrations one statement list per version, oldest first
 */
export function migrate(sql: Sql, migrations: readonly string[]): void {
  sql.exec("CREATE TABLE IF NOT EXISTS _migrations (version INTEGER PRIMARY KEY)");
  const { done } = sql.exec<{ done: number }>("SELECT coalesce(max(version), 0) AS done FROM _migrations").one();
  for (const [index, statements] of migrations.entries()) {
    if (index < done) continue;
    sql.exec(statements);
    sql.exec("INSERT INTO _migrations (version) VALUES (?)", index + 1);
  }
}

/** True where the object has ever been written to: a probe of an unknown id must not leave a database behind. */
export function isInitialised(sql: Sql): boolean {
  return sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_migrations'").toArray().length > 0;
}

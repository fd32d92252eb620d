import type { ISql, Row, TransactionSql } from "postgres";

/** What the last select of a SQL file returned; also what a task reports. */
export type Metrics = Readonly<Record<string, number | string | null>>;

/** Becomes `set_config('rental.<name>', value, true)`: read it with `current_setting('rental.<name>')`. */
export type SqlParameters = Readonly<Record<string, string>>;

/** A SQL file failed; the message has file, line, column, the line itself and a caret. */
export class SqlFileError extends Error {
  override readonly name = "SqlFileError";
}

/** Runs a file below sql/ and returns the row of its last statement as metrics. */
export function runSqlFile(
  _tx: TransactionSql,
  _path: string,
  _parameters: SqlParameters = {},
): Promise<Metrics> {
  throw new Error("Not there yet");
}

/** Runs a file of one statement with `$1…`. */
export function runSqlStatement(
  _tx: TransactionSql,
  _path: string,
  _values: readonly (string | number | null)[],
): Promise<Metrics> {
  throw new Error("Not there yet");
}

export type { ISql, Row };

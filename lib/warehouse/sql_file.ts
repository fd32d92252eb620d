import { Buffer } from "node:buffer";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { ISql, Row, RowList, Sql, TransactionSql } from "postgres";

/** What the last select of a SQL file returned; also what a task reports. */
export type Metrics = Readonly<Record<string, number | string | null>>;

/** Becomes `set_config('rental.<name>', value, true)`: read it with `current_setting('rental.<name>')`. */
export type SqlParameters = Readonly<Record<string, string>>;

/** Values for `$1…`; a text that meets a json, date or time parameter is sent as it is. */
export type SqlValues = readonly (string | number | null)[];

/** A SQL file failed: the message has file, line, column, the line itself and a caret. */
export class SqlFileError extends Error {
  override readonly name = "SqlFileError";

  // No `cause`: the driver's error carries `detail`, `where` and parameters, which hold personal data.
  constructor(message: string, readonly sqlState: string | null = null) {
    super(message);
  }
}

/** The folder of all SQL files, also inside a compiled binary. */
export const SQL_DIR = join(import.meta.dirname ?? ".", "..", "..", "sql");

const NUMERIC_TYPE = 1700;
const ROW_RETURNING_COMMAND = "SELECT";
const DATA_EXCEPTION_CLASS = "22";

/**
 * Runs a file of one or more statements and returns the row of its last one as metrics.
 *
 * `path` is relative to sql/, e.g. "ods/merge_ods_leads.sql". The parameters last until the end of the
 * transaction. Throws `SqlFileError`, also when the last statement is not a select of exactly one row.
 */
export async function runSqlFile(
  tx: TransactionSql,
  path: string,
  parameters: SqlParameters = {},
): Promise<Metrics> {
  return await runSqlFiles(tx, [path], parameters);
}

/**
 * Runs files one after the other, each as `runSqlFile` does, and returns the metrics of all of them. All are sent at
 * once: a server far away has the next one when it is done with one, and those after one that failed fail too.
 *
 * A file whose header says `-- If: leads_derived` is passed over, and has no metrics, where the files before it count 0
 * under that name; only for that is waited.
 */
export async function runSqlFiles(
  tx: TransactionSql,
  paths: readonly string[],
  parameters: SqlParameters = {},
): Promise<Metrics> {
  const files = await Promise.all(
    paths.map(async (path) => ({ path, text: await readSqlFile(path) })),
  );
  // Once for all files: they last until the end of the transaction.
  const sent = setParameters(tx, parameters);
  const metrics: Record<string, Metrics[string]> = {};
  for (const [condition, together] of groupByCondition(files)) {
    if (condition !== null && metrics[condition] === 0) continue;
    const results = together.map(async ({ path, text }) => {
      const result = await execute(path, text, () => tx.unsafe(text).execute());
      return toMetrics(path, lastResult(result));
    });
    const [, ...counted] = await Promise.all([sent, ...results]);
    Object.assign(metrics, ...counted);
  }
  await sent;
  return metrics;
}

interface SqlFile {
  readonly path: string;
  readonly text: string;
}

/** Files that follow one another and have the same condition, and that: the name of a metric, null for none. */
function groupByCondition(files: readonly SqlFile[]): [string | null, SqlFile[]][] {
  const groups: [string | null, SqlFile[]][] = [];
  for (const file of files) {
    const condition = /^-- If: +(\w+)/m.exec(file.text)?.[1] ?? null;
    const last = groups.at(-1);
    if (last?.[0] === condition) last[1].push(file);
    else groups.push([condition, [file]]);
  }
  return groups;
}

/** Runs a file of one statement with `$1…` that returns exactly one row, and returns that as metrics. */
export async function runSqlStatement(
  tx: TransactionSql,
  path: string,
  values: SqlValues,
): Promise<Metrics> {
  const text = await readSqlFile(path);
  const result = await execute(path, text, () => tx.unsafe(text, [...values]));
  return toMetrics(path, result, "any command");
}

/**
 * Runs a file of one statement with `$1…` and returns its rows, which the caller has to parse. Given a pool, in a
 * transaction of its own: outside of one, nothing of what a session presets would be pinned.
 */
export async function querySqlFile(
  sql: ISql,
  path: string,
  values: SqlValues,
): Promise<readonly Row[]> {
  const text = await readSqlFile(path);
  const run = (one: ISql) => one.unsafe(text, [...values]);
  return await execute(
    path,
    text,
    () => isPool(sql) && !presetPools.has(sql) ? sql.begin(async (tx) => await run(tx)) : run(sql),
  );
}

/**
 * Runs a file of one `copy … from stdin` with these pieces of lines. Throws `SqlFileError`. Only in
 * `copyingTransactions`.
 */
export async function copyIntoSqlFile(
  tx: TransactionSql,
  path: string,
  lines: Iterable<Uint8Array>,
): Promise<void> {
  const text = await readSqlFile(path);
  await execute(path, text, async () => {
    const query = tx.unsafe(text);
    const failed = failureOf(query);
    const stream = await Promise.race([query.writable(), failed]);
    await Promise.race([pipeline(lines, stream), failed]);
  });
}

/**
 * Rejects when a query fails. A promise that has given its stream cannot, and postgres.js 3.4.9 tells nobody else of
 * what goes wrong after the last line, e.g. a constraint or a server that is stopped.
 */
function failureOf(query: object): Promise<never> {
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {});
  const reject: unknown = Reflect.get(query, "reject");
  Reflect.set(query, "reject", (error: unknown) => {
    if (typeof reject === "function") Reflect.apply(reject, query, [error]);
    failure.reject(error);
  });
  return failure.promise;
}

/** Transactions of servers, which take COPY: the embedded warehouse hangs up. */
export const copyingTransactions = new WeakSet<TransactionSql>();

/** Pools whose sessions nobody can preset otherwise, so that a single query needs no transaction around it. */
export const presetPools = new WeakSet<Sql>();

function isPool(sql: ISql): sql is Sql {
  return "begin" in sql;
}

const texts = new Map<string, string>();

/** The text of a file below sql/, which is read once: a day of all DAGs asks for over a thousand. */
export async function readSqlFile(path: string): Promise<string> {
  const known = texts.get(path);
  if (known !== undefined) return known;
  const text = await Deno.readTextFile(join(SQL_DIR, path));
  texts.set(path, text);
  return text;
}

/** Names the place of an error in `text`, the content of sql/`path`; other errors come back as they are. */
export function toSqlFileError(error: unknown, path: string, text: string): unknown {
  if (!isServerError(error)) return error;
  const place = findPlace(text, Number(error.position));
  const where = place ? `:${place.line}:${place.column}` : "";
  const headline = `sql/${path}${where}: ${describeServerError(error)}${
    adviseOnRights(error, path)
  }`;
  const excerpt = place ? `\n${place.text}\n${" ".repeat(place.column - 1)}^` : "";
  return new SqlFileError(headline + excerpt, error.code);
}

const INSUFFICIENT_PRIVILEGE = "42501";

/** The grant that is missing: the server names the table alone, and in its own language. */
function adviseOnRights({ code }: ServerError, path: string): string {
  if (code !== INSUFFICIENT_PRIVILEGE) return "";
  return path.startsWith("migrations/") || path === "ops/create_schema_migration.sql"
    ? ": run deno task migrate as the owner of the warehouse; to make a new one, an administrator runs " +
      'grant create on database "<PG_DATABASE>" to "<PG_USER>"'
    : ': an administrator runs grant rental_etl to "<PG_USER>"';
}

async function execute<T>(path: string, text: string, run: () => PromiseLike<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw toSqlFileError(error, path, text);
  }
}

/**
 * Sets parameters until the end of the transaction, for files that are run without any of their own. They are sent when
 * this is called, so that what follows need not wait.
 *
 * As the text of one statement: of values beside a statement the driver asks for the types first, and holds back
 * meanwhile what follows. In hexadecimal digits no value can end the text that it is in.
 */
export async function setParameters(
  tx: TransactionSql,
  parameters: SqlParameters,
): Promise<void> {
  if (Object.keys(parameters).length === 0) return;
  const digits = Buffer.from(JSON.stringify(parameters)).toString("hex");
  await tx.unsafe(`
    select set_config('rental.' || name, value, true)
    from json_each_text(convert_from(decode('${digits}', 'hex'), 'UTF8')::json) as parameters (name, value)
  `).execute();
}

/** The metrics of a file that need not have any: those of its last statement, when that is a select of one row. */
export function metricsOf(path: string, result: Result | readonly Result[]): Metrics | null {
  const last = lastResult(result);
  return last.command === ROW_RETURNING_COMMAND && last.length === 1 ? toMetrics(path, last) : null;
}

type Result = RowList<Row[]>;

/** The driver gives one result for one statement, and a list of results for several. */
function lastResult(result: Result | readonly Result[]): Result {
  if ("command" in result) return result;
  const last = result.at(-1);
  if (last) return last;
  throw new Error(
    "Cannot read the result of a SQL file: the driver gave none, expected at least one",
  );
}

function toMetrics(path: string, result: Result, allowed = ROW_RETURNING_COMMAND): Metrics {
  const [row] = result;
  // A statement without rows after the select leaves the select's rows but renames the command.
  const isSelect = allowed !== ROW_RETURNING_COMMAND || result.command === ROW_RETURNING_COMMAND;
  if (!row || result.length !== 1 || !isSelect) {
    throw new SqlFileError(
      `sql/${path}: the last statement is ${result.command} with ${result.length} rows, ` +
        "expected one select of exactly one row: end the file with its metrics",
    );
  }
  const numeric = new Set(
    result.columns.filter((column) => column.type === NUMERIC_TYPE).map((column) => column.name),
  );
  return Object.fromEntries(
    Object.entries(row).map((
      [name, value],
    ) => [name, toMetric(numeric.has(name) ? Number(value) : value)]),
  );
}

function toMetric(value: unknown): number | string | null {
  if (value === null || typeof value === "number" || typeof value === "string") return value;
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export interface ServerError {
  readonly message: string;
  readonly code: string;
  readonly position?: string;
  readonly constraint_name?: string;
}

export function isServerError(error: unknown): error is Error & ServerError {
  return error instanceof Error && error.name === "PostgresError" && "code" in error;
}

/** The server's message without values: class 22 (data exceptions) quotes the data, the others only names. */
export function describeServerError(error: ServerError): string {
  const message = error.code.startsWith(DATA_EXCEPTION_CLASS)
    ? error.message.replace(/["«].*["»]/s, '"…"')
    : error.message;
  return `${message} (SQLSTATE ${error.code})`;
}

/** `position` counts characters (not UTF-16 units) from 1, over the whole text. */
function findPlace(text: string, position: number) {
  if (!Number.isInteger(position) || position < 1) return null;
  const before = [...text].slice(0, position - 1).join("").split("\n");
  const line = before.length;
  return {
    line,
    column: [...(before.at(-1) ?? "")].length + 1,
    text: text.split("\n")[line - 1] ?? "",
  };
}

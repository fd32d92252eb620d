import type { Sql, TransactionSql } from "postgres";
import { querySqlFile } from "../../lib/warehouse/sql_file.ts";

/** A column of an answer. */
export interface AnswerColumn {
  readonly name: string;
  /** The OID of its type, e.g. 23 for integer. */
  readonly type: number;
}

/** What a query gave: texts as PostgreSQL writes them, null for null. */
export interface Answer {
  readonly columns: readonly AnswerColumn[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** More rows were there than asked for. */
  readonly isCut: boolean;
}

/** Rows that a portal hands over at once. */
const ROWS_AT_ONCE = 500;

/**
 * Runs one statement in a transaction of its own that can only read, with times in `timeZone`, and returns at
 * most `limit` rows (0: all). Throws what the warehouse throws, e.g. 25006 for a statement that writes.
 */
export async function ask(
  sql: Sql,
  statement: string,
  { timeZone, limit }: { readonly timeZone: string; readonly limit: number },
): Promise<Answer> {
  if (/^\s*copy\b/i.test(statement)) {
    // A read-only transaction lets it write files of the server, and run programs there.
    throw new Error("copy can write on the server's machine, expected a query: use --format csv");
  }
  return await sql.begin("isolation level repeatable read read only", async (tx) => {
    await querySqlFile(tx, "ops/look_only.sql", [timeZone]);
    return await read(tx, statement, limit);
  });
}

async function read(tx: TransactionSql, statement: string, limit: number): Promise<Answer> {
  const rows: (string | null)[][] = [];
  let columns: readonly AnswerColumn[] = [];
  // A portal, not the simple protocol, which would take several statements at once, and a `commit` among them.
  const query = tx.unsafe(statement);
  query.raw();
  for await (const batch of query.cursor(ROWS_AT_ONCE)) {
    columns = readColumns(batch);
    rows.push(...batch.map(readRow));
    if (limit > 0 && rows.length > limit) break;
  }
  const isCut = limit > 0 && rows.length > limit;
  return { columns, rows: isCut ? rows.slice(0, limit) : rows, isCut };
}

/** postgres.js puts the columns on the result and does not say so in its types of raw rows. */
function readColumns(batch: object): AnswerColumn[] {
  const found: unknown = "columns" in batch ? batch.columns : null;
  if (!Array.isArray(found)) return [];
  return found.map(({ name, type }: { name: unknown; type: unknown }) => ({
    name: String(name),
    type: Number(type),
  }));
}

const decoder = new TextDecoder();

function readRow(row: unknown): (string | null)[] {
  if (!Array.isArray(row)) throw new TypeError("Cannot read a row: expected a list of values");
  return row.map((value: unknown) =>
    value === null ? null : value instanceof Uint8Array ? decoder.decode(value) : String(value)
  );
}

import type { TransactionSql } from "postgres";
import { z } from "zod";
import type { Entity } from "../amocrm/wanted_fields.ts";
import { copyIntoSqlFile, querySqlFile, readSqlFile } from "../warehouse/sql_file.ts";
import type { StgRow } from "./records/record.ts";
import { landTexts, type LoadRun, type RowText } from "./staging_batch.ts";

/** A row of STG without its payload. */
export type TypedRow = Omit<StgRow, "payload">;

/** A way of rows into STG. */
export interface RowLanding<Prepared> {
  /** How many records, or a few more, land together. */
  readonly batchRecords: number;
  /** Makes of a row, and of its payload as JSON of one line, what is sent. */
  prepare(row: TypedRow, payload: string): Prepared;
  /** Lands what differs from the row before it, and returns how many rows that are. */
  land(rows: readonly Prepared[]): Promise<number>;
}

// Large enough that a statement's own cost does not count, small enough that the server keeps the memory of one for
// the next: with 1,000 a third of its time went into pages that it gave back and got anew.
const JSON_RECORDS = 400;
// COPY needs no such memory.
const COPY_RECORDS = 1_000;

/** As JSON in a parameter, which every warehouse takes. */
export function landAsJson(
  tx: TransactionSql,
  entity: Entity,
  run: LoadRun,
): RowLanding<RowText> {
  return {
    batchRecords: JSON_RECORDS,
    prepare: (row, payload) => ({ typed: JSON.stringify(row), payload }),
    land: (rows) => landTexts(tx, entity, rows, run),
  };
}

/** What decides whether a row lands, as JSON, and the row as a line of COPY. */
export interface CopyLine {
  readonly sight: string;
  readonly line: string;
}

const placesShape = z.tuple([z.object({ places: z.array(z.number()) })]);

/**
 * By COPY, in half the processor time: the driver copies a parameter of this size five times over, and the server
 * reads JSON slower than lines. Only servers take it. What does not land is not sent.
 */
export async function landByCopy(
  tx: TransactionSql,
  entity: Entity,
  run: LoadRun,
): Promise<RowLanding<CopyLine>> {
  const path = `stg/copy_${entity}.sql`;
  const columns = columnsOf(await readSqlFile(path));
  const given: Readonly<Record<string, string>> = { run_id: run.runId, load_date: run.loadDate };
  return {
    batchRecords: COPY_RECORDS,
    prepare(row, payload) {
      const { id, is_deleted, observed_at, updated_at, row_hash } = row;
      const cells = columns.map((column) =>
        toCell(column === "payload" ? payload : given[column] ?? row[column] ?? null)
      );
      return {
        sight: JSON.stringify({ id, is_deleted, observed_at, updated_at, row_hash }),
        line: `${cells.join("\t")}\n`,
      };
    },
    async land(rows) {
      if (rows.length === 0) return 0;
      const sights = `[${rows.map(({ sight }) => sight).join()}]`;
      const [{ places }] = placesShape.parse([
        ...await querySqlFile(tx, "stg/choose_copies.sql", [entity, sights]),
      ]);
      if (places.length === 0) return 0;
      await copyIntoSqlFile(tx, path, places.map((place) => rows[place - 1]?.line ?? ""));
      return places.length;
    },
  };
}

/** The columns between the first brackets. */
function columnsOf(text: string): string[] {
  const [, list = ""] = /^copy [^(]*\(([^)]*)\)/m.exec(text) ?? [];
  return list.split(",").map((column) => column.trim());
}

const NEEDS_ESCAPE = /[\\\t\n\r]/;

/** A value as COPY reads it; the JSON of a payload may have backslashes too. */
function toCell(value: StgRow[string]): string {
  if (value === null) return String.raw`\N`;
  const text = String(value);
  return NEEDS_ESCAPE.test(text) ? escape(text) : text;
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\t", "\\t")
    .replaceAll("\n", "\\n").replaceAll("\r", "\\r");
}

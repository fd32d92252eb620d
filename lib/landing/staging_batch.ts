import type { TransactionSql } from "postgres";
import type { Entity } from "../amocrm/wanted_fields.ts";
import { runSqlStatement } from "../warehouse/sql_file.ts";
import type { ParsedRecord, RejectedRecord, StgRow } from "./records/record.ts";
import { hashText } from "./records/row_hash.ts";
import type { Rejectable } from "./reject_counts.ts";

/** Rows for STG and values that did not parse, collected until there are enough for one statement each. */
export interface StagingBatch {
  readonly rows: StgRow[];
  readonly rejected: RejectedRow[];
}

/** What can have values that do not parse. */
type Rejecting = Entity | "lead_events";

/** A row for `stg.rejected`; `field` is null when the whole record could not land. */
interface RejectedRow {
  readonly entity: Rejecting;
  readonly entity_id: number | null;
  readonly field: string | null;
  readonly raw: string;
  readonly reason: string;
  readonly raw_hash: string;
}

/** Adds a parsed record, or one that cannot land. */
export function addToBatch(
  batch: StagingBatch,
  entity: Entity,
  record: ParsedRecord | RejectedRecord,
): void {
  reject(batch, entity, record);
  if (record.row !== null) batch.rows.push(record.row);
}

/** Keeps what of a record did not parse, the whole record when it cannot land. */
export function reject(batch: StagingBatch, entity: Rejecting, record: Rejectable): void {
  const add = (field: string | null, raw: string, reason: string) =>
    batch.rejected.push({
      entity,
      entity_id: record.id,
      field,
      raw,
      reason,
      raw_hash: hashText(raw),
    });
  if (record.row === null) add(null, record.raw, record.reason);
  else for (const { field, raw, reason } of record.rejected) add(field, raw, reason);
}

/** Writes down what did not parse. */
export async function keepRejected(
  tx: TransactionSql,
  { rejected }: StagingBatch,
  runId: string,
): Promise<void> {
  if (rejected.length === 0) return;
  await runSqlStatement(tx, "stg/reject.sql", [JSON.stringify(rejected), runId]);
}

/** What every row of a load says of it. */
export interface LoadRun {
  readonly runId: string;
  readonly loadDate: string;
}

/** Writes a batch, one JSON parameter per statement, and returns how many rows were new. */
export async function landBatch(
  tx: TransactionSql,
  entity: Entity,
  batch: StagingBatch,
  run: LoadRun,
): Promise<number> {
  await keepRejected(tx, batch, run.runId);
  const texts = batch.rows.map(({ payload, ...typed }) => ({
    typed: JSON.stringify(typed),
    payload: JSON.stringify(payload),
  }));
  return await landTexts(tx, entity, texts, run);
}

/** A row as JSON without its payload, and that as JSON of one line. */
export interface RowText {
  readonly typed: string;
  readonly payload: string;
}

/** Lands rows that are JSON already, and returns how many were new. */
export async function landTexts(
  tx: TransactionSql,
  entity: Entity,
  rows: readonly RowText[],
  run: LoadRun,
): Promise<number> {
  if (rows.length === 0) return 0;
  const { rows_landed: landed } = await runSqlStatement(tx, `stg/load_${entity}.sql`, [
    `[${rows.map(({ typed }) => typed).join()}]`,
    run.runId,
    run.loadDate,
    rows.map(({ payload }) => payload).join("\n"),
  ]);
  return Number(landed);
}

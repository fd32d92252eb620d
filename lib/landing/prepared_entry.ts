import { z } from "zod";
import type { EmptiedColumns, FilledColumns } from "./emptied_columns.ts";
import { type Acceptance, type Entry, placeOf } from "./followed_leads.ts";
import { remembered } from "./records/remembered.ts";
import type { Payload, RowBatch } from "./row_landing.ts";
import type { ParsedRecord, RecordParser, RejectedRecord } from "./records/record.ts";
import type { SnapshotLine } from "./snapshot_reader.ts";

/** A record with what it becomes in STG. */
export interface PreparedEntry<Row> extends Entry {
  prepare(): Prepared<Row>;
}

/** `row` is null when there is none. */
export interface Prepared<Row> {
  readonly parsed: ParsedRow | RejectedRecord;
  readonly row: Row | null;
}

/** A parsed record without its row, of which a batch would fill the memory. */
export interface ParsedRow extends Omit<ParsedRecord, "row"> {
  readonly row: FilledColumns;
}

/** What makes rows of records. */
export interface Preparation {
  readonly parse: RecordParser;
  readonly accept: Acceptance;
  readonly columns: Pick<EmptiedColumns, "lookAt">;
}

const lineShape = z.object({ observed_at: z.string(), record: z.unknown() });

/**
 * Makes an entry of a line of a snapshot, with its row as it lands with the others of `batch`. What is sure to be
 * accepted is parsed at once, while the batch before is on its way; the rest when it is asked for, since most leads
 * of other pipelines never are.
 */
export function prepareEntry<Row>(
  preparation: Preparation,
  batch: RowBatch<Row>,
  { text, bytes }: SnapshotLine,
): PreparedEntry<Row> {
  const { observed_at: observedAt, record } = lineShape.parse(JSON.parse(text));
  const entry = { observedAt, record };
  if (!preparation.accept.isSure(entry)) {
    // Its bytes will be gone by then.
    return { ...entry, prepare: () => prepare(preparation, batch, entry, { text, bytes: null }) };
  }
  return toPrepared(prepare(preparation, batch, entry, { text, bytes }), entry);
}

/** Outside of the function that made it, whose line and record would stay in memory with it. */
function toPrepared<Row>(
  prepared: Prepared<Row>,
  { observedAt, record }: Entry,
): PreparedEntry<Row> {
  const { id, pipeline } = placeOf(record);
  return { observedAt, record: { id, pipeline_id: pipeline }, prepare: () => prepared };
}

interface Line {
  readonly text: string;
  readonly bytes: Uint8Array | null;
}

function prepare<Row>(
  { parse, columns }: Preparation,
  batch: RowBatch<Row>,
  { observedAt, record }: Entry,
  line: Line,
): Prepared<Row> {
  // JSON writes NUL and lone surrogates, which the parser would look for in every text, as "\u0000" and the like.
  const parsed = parse(record, observedAt, !line.text.includes("\\u"));
  if (parsed.row === null) return { parsed, row: null };
  const { row, id, rejected } = parsed;
  const given = row.payload === record ? payloadOf(line, observedAt) : null;
  return {
    parsed: { row: columns.lookAt(row), id, rejected },
    row: batch.prepare(row, given ?? { text: () => JSON.stringify(row.payload), plain: null }),
  };
}

const encoder = new TextEncoder();

/** What stands before a record in a line, and how many bytes that are. */
const headOf = remembered((observedAt: string) => {
  const head = `{"observed_at":${JSON.stringify(observedAt)},"record":`;
  return { head, size: encoder.encode(head).length };
});

/** What follows in the line as the snapshot writes it, so that a payload is not made JSON once more; else null. */
function payloadOf({ text, bytes }: Line, observedAt: string): Payload | null {
  const { head, size } = headOf(observedAt);
  if (!text.startsWith(head)) return null;
  return {
    text: () => text.slice(head.length, -1),
    plain: bytes !== null && !text.includes("\\") ? bytes.subarray(size, -1) : null,
  };
}

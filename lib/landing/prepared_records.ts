import { z } from "zod";
import type { EmptiedColumns, FilledColumns } from "./emptied_columns.ts";
import { type Acceptance, type Place, placeOf, type Places } from "./followed_leads.ts";
import { remembered } from "./records/remembered.ts";
import type { Payload, RowBatch } from "./row_landing.ts";
import type { ParsedRecord, RecordParser, RejectedRecord } from "./records/record.ts";
import type { SnapshotLine } from "./snapshot_reader.ts";

/** The records of a batch until its turn, column by column: as little as can be, for all wait. */
export interface PreparedRecords<Row> extends Places {
  /**
   * Adds the record of a line of a snapshot. What is sure to be accepted is parsed at once, while the batch before is on
   * its way; the rest when it is asked for, since most leads of other pipelines never are.
   */
  add(line: SnapshotLine): void;
  /** What the record of this number, from 0, becomes. */
  take(number: number): Prepared<Row>;
}

/** `row` is null when there is none. */
export interface Prepared<Row> {
  readonly parsed: ParsedRow | RejectedRecord;
  readonly row: Row | null;
}

/** A parsed record without its row. */
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

/** No records yet, whose rows are to land with the others of `batch`. */
export function createPreparedRecords<Row>(
  preparation: Preparation,
  batch: RowBatch<Row>,
): PreparedRecords<Row> {
  const ids: Place["id"][] = [];
  const pipelines: Place["pipeline"][] = [];
  const parsedOnes: (Prepared<Row>["parsed"] | null)[] = [];
  const rows: (Row | null)[] = [];
  const later = new Map<number, () => Prepared<Row>>();
  return {
    ids,
    pipelines,
    add({ text, bytes }) {
      const { observed_at: observedAt, record } = lineShape.parse(JSON.parse(text));
      const place = placeOf(record);
      const entry = { observedAt, record };
      const isSure = preparation.accept.isSure(place);
      if (!isSure) later.set(ids.length, toPreparing(preparation, batch, entry, text));
      const { parsed, row } = isSure
        ? prepare(preparation, batch, entry, { text, bytes })
        : { parsed: null, row: null };
      ids.push(place.id);
      pipelines.push(place.pipeline);
      parsedOnes.push(parsed);
      rows.push(row);
    },
    take(number) {
      const parsed = parsedOnes[number];
      if (parsed) return { parsed, row: rows[number] ?? null };
      const prepareNow = later.get(number);
      if (prepareNow) return prepareNow();
      throw new RangeError(`Cannot take record ${number}: the batch has ${ids.length}`);
    },
  };
}

/** In a function of its own, since what it makes keeps the text and the record in memory. */
function toPreparing<Row>(
  preparation: Preparation,
  batch: RowBatch<Row>,
  entry: Entry,
  text: string,
): () => Prepared<Row> {
  // Its bytes will be gone by then.
  return () => prepare(preparation, batch, entry, { text, bytes: null });
}

/** A record as it came, and when: an ISO instant. */
interface Entry {
  readonly observedAt: string;
  readonly record: unknown;
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
  const filled = columns.lookAt(row);
  return {
    parsed: rejected.length === 0 ? wholeRow(filled) : { row: filled, id, rejected },
    row: batch.prepare(row, given ?? { text: () => JSON.stringify(row.payload), plain: null }),
  };
}

/** Of a record of which all has parsed: one object for all that are alike, as is `row`. Nobody asks for its id. */
const wholeRow = remembered((row: FilledColumns): ParsedRow => ({ row, id: 0, rejected: [] }));

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

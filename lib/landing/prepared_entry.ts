import { z } from "zod";
import { type Acceptance, type Entry, placeOf } from "./followed_leads.ts";
import type { RowLanding, TypedRow } from "./row_landing.ts";
import type { ParsedRecord, RecordParser, RejectedRecord } from "./records/record.ts";

/** A record with what it becomes in STG. */
export interface PreparedEntry<Row> extends Entry {
  prepare(): Prepared<Row>;
}

/** `row` is null when there is none. */
export interface Prepared<Row> {
  readonly parsed: ParsedRow | RejectedRecord;
  readonly row: Row | null;
}

/** A parsed record without its payload, which would keep a batch of whole records in memory. */
export interface ParsedRow extends Omit<ParsedRecord, "row"> {
  readonly row: TypedRow;
}

const lineShape = z.object({ observed_at: z.string(), record: z.unknown() });

/**
 * Makes entries of the lines of a snapshot, with rows as they land. What is sure to be accepted is parsed at once,
 * while the batch before is on its way; the rest when it is asked for, since most leads of other pipelines never are.
 */
export function prepareEntries<Row>(
  parse: RecordParser,
  accept: Acceptance,
  landing: RowLanding<Row>,
): (line: string) => PreparedEntry<Row> {
  return (line) => {
    const { observed_at: observedAt, record } = lineShape.parse(JSON.parse(line));
    if (!accept.isSure({ observedAt, record })) {
      const work = () => prepare(parse, landing, { observedAt, record }, line);
      return { observedAt, record, prepare: work };
    }
    return toPrepared(prepare(parse, landing, { observedAt, record }, line), observedAt, record);
  };
}

/** Of the record no more than says where it is, for the same reason. */
function toPrepared<Row>(
  prepared: Prepared<Row>,
  observedAt: string,
  record: unknown,
): PreparedEntry<Row> {
  const { id, pipeline } = placeOf(record);
  return { observedAt, record: { id, pipeline_id: pipeline }, prepare: () => prepared };
}

function prepare<Row>(
  parse: RecordParser,
  landing: RowLanding<Row>,
  { observedAt, record }: Entry,
  line: string,
): Prepared<Row> {
  // JSON writes NUL and lone surrogates, which the parser would look for in every text, as "\u0000" and the like.
  const parsed = parse(record, observedAt, !line.includes("\\u"));
  if (parsed.row === null) return { parsed, row: null };
  const { payload, ...typed } = parsed.row;
  const given = payload === record ? textOfRecord(line, observedAt) : null;
  const { id, rejected } = parsed;
  return {
    parsed: { row: typed, id, rejected },
    row: landing.prepare(typed, given ?? JSON.stringify(payload)),
  };
}

/** What follows in the line as the snapshot writes it, so that a payload is not made JSON once more; else null. */
function textOfRecord(line: string, observedAt: string): string | null {
  const before = `{"observed_at":${JSON.stringify(observedAt)},"record":`;
  return line.startsWith(before) ? line.slice(before.length, -1) : null;
}

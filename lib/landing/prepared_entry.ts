import { z } from "zod";
import type { Acceptance, Entry } from "./followed_leads.ts";
import type { RowText } from "./staging_batch.ts";
import type { ParsedRecord, RecordParser, RejectedRecord } from "./records/record.ts";

/** A record with what it becomes in STG. */
export interface PreparedEntry extends Entry {
  prepare(): Prepared;
}

/** `text` is null when there is no row. */
export interface Prepared {
  readonly parsed: ParsedRecord | RejectedRecord;
  readonly text: RowText | null;
}

const lineShape = z.object({ observed_at: z.string(), record: z.unknown() });

/**
 * Makes entries of the lines of a snapshot. What is sure to be accepted is parsed at once, while the batch before is
 * on its way; the rest when it is asked for, since most leads of other pipelines never are.
 */
export function prepareEntries(
  parse: RecordParser,
  accept: Acceptance,
): (line: string) => PreparedEntry {
  return (line) => {
    const { observed_at: observedAt, record } = lineShape.parse(JSON.parse(line));
    const work = () => prepare(parse, { observedAt, record }, line);
    if (!accept.isSure({ observedAt, record })) return { observedAt, record, prepare: work };
    const prepared = work();
    return { observedAt, record, prepare: () => prepared };
  };
}

function prepare(parse: RecordParser, { observedAt, record }: Entry, line: string): Prepared {
  // JSON writes NUL and lone surrogates, which the parser would look for in every text, as "\u0000" and the like.
  const parsed = parse(record, observedAt, !line.includes("\\u"));
  if (parsed.row === null) return { parsed, text: null };
  const { payload, ...typed } = parsed.row;
  const given = payload === record ? textOfRecord(line, observedAt) : null;
  const text = { typed: JSON.stringify(typed), payload: given ?? JSON.stringify(payload) };
  return { parsed, text };
}

/** What follows in the line as the snapshot writes it, so that a payload is not made JSON once more; else null. */
function textOfRecord(line: string, observedAt: string): string | null {
  const before = `{"observed_at":${JSON.stringify(observedAt)},"record":`;
  return line.startsWith(before) ? line.slice(before.length, -1) : null;
}

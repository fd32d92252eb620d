import type { TransactionSql } from "postgres";
import { z } from "zod";
import type { Entity } from "../amocrm/wanted_fields.ts";
import { copyIntoSqlFile, querySqlFile, readSqlFile } from "../warehouse/sql_file.ts";
import { type CopyLines, createCopyLines } from "./copy_lines.ts";
import { createFirstSights, NO_FIRST_SIGHTS } from "./first_sights.ts";
import type { StgRow } from "./records/record.ts";
import { landTexts, type LoadRun, type RowText } from "./staging_batch.ts";

/** The payload of a row: JSON of one line. */
export interface Payload {
  text(): string;
  /** Its UTF-8 where that is at hand and has no backslash; to be read at once, for its memory is used again. */
  readonly plain: Uint8Array | null;
}

/** A way of rows into STG. */
export interface RowLanding<Prepared> {
  /** How many records, or a few more, land together at most. */
  readonly batchRecords: number;
  /** A batch to be filled. The one before may be on its way meanwhile; the one before that must have landed. */
  open(): RowBatch<Prepared>;
}

/** Rows that land together. */
export interface RowBatch<Prepared> {
  /** Makes of a row, and of its payload, what is sent. */
  prepare(row: StgRow, payload: Payload): Prepared;
  /** Lands those of its rows that differ from the row before them, and returns how many that are. */
  land(rows: readonly Prepared[]): Promise<number>;
}

// Large enough that a statement's own cost does not count, small enough that the server keeps the memory of one for
// the next: with 1,000 a third of its time went into pages that it gave back and got anew.
const JSON_RECORDS = 400;
// COPY needs no such memory there: of 1,000 records what waits here takes 10 MB less, and landing 1.1 times as long.
const COPY_RECORDS = 2_000;

/** As JSON in a parameter, which every warehouse takes. */
export function landAsJson(
  tx: TransactionSql,
  entity: Entity,
  run: LoadRun,
): RowLanding<RowText> {
  const batch: RowBatch<RowText> = {
    prepare({ payload: _, ...typed }, payload) {
      return { typed: JSON.stringify(typed), payload: payload.text() };
    },
    land: (rows) => landTexts(tx, entity, rows, run),
  };
  return { batchRecords: JSON_RECORDS, open: () => batch };
}

const placesShape = z.tuple([z.object({ places: z.array(z.number()) })]);

/**
 * By COPY, in half the processor time: the driver copies a parameter of this size five times over, and the server
 * reads JSON slower than lines. Only servers take it. What does not land is not sent. `isFirst` says that nothing has
 * landed before. A row waits for its turn as the number of its line, and nothing else: of whatever more there were, all
 * that is new would fill the memory until V8 looks for what nobody needs.
 */
export async function landByCopy(
  tx: TransactionSql,
  entity: Entity,
  run: LoadRun,
  isFirst: boolean,
): Promise<RowLanding<number>> {
  const path = `stg/copy_${entity}.sql`;
  const columns = columnsOf(await readSqlFile(path));
  const place = columns.indexOf("payload");
  const [before, behind] = [columns.slice(0, place), columns.slice(place + 1)];
  const given: Readonly<Record<string, string>> = { run_id: run.runId, load_date: run.loadDate };
  const cellsOf = (row: StgRow, names: readonly string[]) =>
    names.map((name) => toCell(given[name] ?? row[name] ?? null)).join("\t");
  const firstSights = isFirst ? createFirstSights() : NO_FIRST_SIGHTS;
  let isKnown = !isFirst;
  const open = ({ lines, ids, deleted }: CopyRoom): RowBatch<number> => ({
    prepare(row, { text, plain }) {
      lines.write(`${cellsOf(row, before)}\t`);
      lines.write(plain ?? toCell(text()));
      lines.write(`\t${cellsOf(row, behind)}\n`);
      const line = lines.end();
      ids[line] = Number(row.id);
      if (row.is_deleted) deleted.add(line);
      return line;
    },
    async land(rows) {
      const idOf = (line: number) => ids[line] ?? 0;
      const sightedOf = (line: number) => ({ id: idOf(line), is_deleted: deleted.has(line) });
      const { first, doubtful } = firstSights.split(rows, sightedOf);
      const asked = JSON.stringify(
        doubtful.map((line) => ({ ...sightedOf(line), ...stateOf(behind, lines.lastPart(line)) })),
      );
      const chosen = [...first, ...await chooseRows(tx, entity, doubtful, asked)];
      if (chosen.length === 0) return 0;
      // As stg/choose_copies.sql has them: no record is in both.
      chosen.sort((one, other) => idOf(one) - idOf(other));
      await copyIntoSqlFile(tx, path, lines.read(chosen));
      if (!isKnown) await querySqlFile(tx, "stg/analyze_copies.sql", [`stg.stg_${entity}`]);
      isKnown = true;
      return chosen.length;
    },
  });
  const both = [createCopyRoom(), createCopyRoom()] as const;
  let turn = 0;
  return {
    batchRecords: COPY_RECORDS,
    open() {
      const room = both[turn++ % 2 === 0 ? 0 : 1];
      room.lines.clear();
      room.ids.length = 0;
      room.deleted.clear();
      return open(room);
    },
  };
}

/** Rows of a batch, and of each, by the number of its line, the id, and whether it marks a deletion. */
interface CopyRoom {
  readonly lines: CopyLines;
  readonly ids: number[];
  readonly deleted: Set<number>;
}

function createCopyRoom(): CopyRoom {
  return { lines: createCopyLines(), ids: [], deleted: new Set() };
}

/**
 * What else decides whether a row lands, out of the cells behind its payload, each after a tab; none of these needs to
 * be escaped. Of a load into a table that holds rows each is asked for: to read its whole line took a twentieth of the time.
 */
function stateOf(behind: readonly string[], part: string): object {
  const [, ...cells] = part.split("\t");
  const [observed_at, updated_at, row_hash] = ["observed_at", "updated_at", "row_hash"].map(
    (name) => cells[behind.indexOf(name)],
  );
  return { observed_at, updated_at, row_hash };
}

/** Those whose sights, as JSON, differ from the row before them, in the order in which they land. */
async function chooseRows<Row>(
  tx: TransactionSql,
  entity: Entity,
  rows: readonly Row[],
  sights: string,
): Promise<readonly Row[]> {
  if (rows.length === 0) return [];
  const [{ places }] = placesShape.parse([
    ...await querySqlFile(tx, "stg/choose_copies.sql", [entity, sights]),
  ]);
  return places.flatMap((one) => rows[one - 1] ?? []);
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

import type { TransactionSql } from "postgres";
import { z } from "zod";
import { type Entity, WANTED_FIELDS } from "../amocrm/wanted_fields.ts";
import type { TaskContext } from "../dag/dag.ts";
import { querySqlFile } from "../warehouse/sql_file.ts";
import type { StgRow } from "./records/record.ts";
import { remembered } from "./records/remembered.ts";
import type { SnapshotManifest } from "./snapshot.ts";

/** Fewer live records with a value may well lose it in a day. */
const WORTH_MENTIONING = 10;

const filledShape = z.array(
  z.looseObject({ is_after: z.boolean() }).catchall(z.union([z.boolean(), z.coerce.number()])),
);

/** Which of the watched columns have a value in a row, a bit each; of a deleted row nothing is expected. */
export interface FilledColumns {
  readonly bits: number | null;
}

/** Looks out for columns that lose all their values in one load: a field that was made anew, or became a checkbox. */
export interface EmptiedColumns {
  /** What has to be known of a row, so that it need not be kept: one object for all rows that are alike. */
  lookAt(row: StgRow): FilledColumns;
  /** Takes a row of the load into account. */
  add(filled: FilledColumns): void;
  /**
   * Throws when a required column had values in at least 10 live records and would have none now, unless that is
   * accepted, and warns of other columns; returns how many those are. To be called when all rows of the load are
   * in STG.
   */
  check(): Promise<number>;
}

const NONE_EXPECTED: FilledColumns = { bits: null };
const filledColumns = remembered((bits: number): FilledColumns => ({ bits }));

/** A load whose columns are watched. */
export interface WatchedLoad {
  readonly entity: Entity;
  readonly manifest: SnapshotManifest;
  /** The last landed_seq before its first row. */
  readonly lastLanded: number;
}

/** Watches a load from its first row on. */
export function watchColumns(
  tx: TransactionSql,
  context: TaskContext,
  { entity, manifest, lastLanded }: WatchedLoad,
): EmptiedColumns {
  const columns = Object.keys(WANTED_FIELDS[entity]).map((name) => ({ name, filled: 0, empty: 0 }));
  return {
    lookAt(row) {
      if (row.is_deleted) return NONE_EXPECTED;
      let bits = 0;
      for (const [i, { name }] of columns.entries()) if (row[name] !== null) bits |= 1 << i;
      return filledColumns(bits);
    },
    add({ bits }) {
      if (bits === null) return;
      for (const [i, column] of columns.entries()) {
        if ((bits & 1 << i) === 0) column.empty++;
        else column.filled++;
      }
    },
    async check() {
      // Counting in STG takes a while in a large one, and most loads bring a value for every column.
      const suspects = columns.filter(({ filled, empty }) =>
        filled === 0 && empty >= WORTH_MENTIONING
      );
      if (suspects.length === 0) return 0;
      const emptied = await findEmptied(tx, entity, lastLanded, suspects);
      return report(context, entity, manifest, emptied);
    },
  };
}

/** A column without a value in any live record, and how many records had one before. */
interface Emptied {
  readonly name: string;
  readonly before: number;
}

async function findEmptied(
  tx: TransactionSql,
  entity: Entity,
  lastLanded: number,
  suspects: readonly { readonly name: string }[],
): Promise<Emptied[]> {
  const rows = filledShape.parse(
    await querySqlFile(tx, `stg/count_filled_${entity}.sql`, [lastLanded]),
  );
  const count = (isAfter: boolean, name: string) =>
    Number(rows.find(({ is_after }) => is_after === isAfter)?.[name] ?? 0);
  return suspects.map(({ name }) => ({ name, before: count(false, name) }))
    .filter(({ name, before }) => before >= WORTH_MENTIONING && count(true, name) === 0);
}

function report(
  context: TaskContext,
  entity: Entity,
  manifest: SnapshotManifest,
  emptied: readonly Emptied[],
): number {
  const describe = ({ name, before }: Emptied) => {
    const label = WANTED_FIELDS[entity][name]?.names[0] ?? name;
    const field = manifest.fields[name];
    const place = field ? `field ${field.id}, ${field.type}` : "no field";
    return `"${label}" (${place}) had a value in ${before} live ${entity}`;
  };
  const isRequired = ({ name }: Emptied) => WANTED_FIELDS[entity][name]?.isRequired ?? false;
  const required = context.acceptEmptied ? [] : emptied.filter(isRequired);
  if (required.length > 0) {
    throw new Error(
      `Cannot load ${entity}: ${
        required.map(describe).join(", ")
      } and would have none after this load, ` +
        "expected some: look at the field in amoCRM, or name the one with the values in AMO_FIELD_MAP, " +
        "and run again with --force; where it was emptied on purpose, run again with --accept-emptied",
    );
  }
  for (const column of emptied) {
    context.log.warn(
      "{column} and has none after this load: look at the field in amoCRM, or name the one with the values in AMO_FIELD_MAP",
      { column: describe(column) },
    );
  }
  return emptied.length;
}

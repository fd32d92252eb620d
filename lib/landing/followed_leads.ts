import type { TransactionSql } from "postgres";
import { z } from "zod";
import { querySqlFile } from "../warehouse/sql_file.ts";

/** A record as it came, before it is parsed. */
export interface Entry {
  /** ISO instant. */
  readonly observedAt: string;
  readonly record: unknown;
}

/** Chooses which records of a batch land; the others leave no trace. */
export interface Acceptance {
  /** Whether a record is certain to land, whatever STG has: it can be prepared before its batch has its turn. */
  isSure(entry: Entry): boolean;
  choose<E extends Entry>(entries: readonly E[]): Promise<readonly E[]>;
}

/** Everything lands. */
export const ACCEPT_ALL: Acceptance = {
  isSure: () => true,
  choose: (entries) => Promise.resolve(entries),
};

const knownRows = z.array(z.object({ id: z.string().transform(Number) }));

/**
 * Accepts the copies of leads that are in the rental pipeline, and of those that STG has: a lead lands from the first
 * copy that shows it there, and is followed from then on wherever it goes. What says of itself neither id nor
 * pipeline is accepted too, to be rejected with a reason.
 */
export function followRental(tx: TransactionSql, pipelineId: number): Acceptance {
  const isElsewhere = ({ id, pipeline }: Place) =>
    id !== null && pipeline !== null && pipeline !== pipelineId;
  return {
    isSure: ({ record }) => !isElsewhere(placeOf(record)),
    async choose(entries) {
      const placed = entries.map((entry) => ({ entry, ...placeOf(entry.record) }));
      const asked = placed.filter(isElsewhere).flatMap(({ id }) => id ?? []);
      if (asked.length === 0) return entries;
      const rows = await querySqlFile(tx, "stg/list_known_leads.sql", [JSON.stringify(asked)]);
      const followed = new Set(knownRows.parse([...rows]).map(({ id }) => id));
      return placed.filter((place) => {
        const { id, pipeline } = place;
        if (id !== null && pipeline === pipelineId) followed.add(id);
        return !isElsewhere(place) || (id !== null && followed.has(id));
      }).map(({ entry }) => entry);
    },
  };
}

interface Place {
  readonly id: number | null;
  readonly pipeline: number | null;
}

/** Null for what is no whole number. */
export function placeOf(record: unknown): Place {
  if (typeof record !== "object" || record === null) return { id: null, pipeline: null };
  const { id, pipeline_id: pipeline }: { id?: unknown; pipeline_id?: unknown } = record;
  return { id: whole(id), pipeline: whole(pipeline) };
}

function whole(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
}

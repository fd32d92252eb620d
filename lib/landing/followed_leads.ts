import type { TransactionSql } from "postgres";
import { z } from "zod";
import { querySqlFile } from "../warehouse/sql_file.ts";

/** What a record says of itself, each null where that is no whole number. */
export interface Place {
  readonly id: number | null;
  readonly pipeline: number | null;
}

/** The same of the records of a batch, in their order: an object for each would fill the memory. */
export interface Places {
  readonly ids: readonly Place["id"][];
  readonly pipelines: readonly Place["pipeline"][];
}

/** Chooses which records of a batch land; the others leave no trace. */
export interface Acceptance {
  /** Whether a record is certain to land, whatever STG has: it can be prepared before its batch has its turn. */
  isSure(place: Place): boolean;
  /** The numbers, from 0, of those that land. */
  choose(places: Places): Promise<readonly number[]>;
}

/** Everything lands. */
export const ACCEPT_ALL: Acceptance = {
  isSure: () => true,
  choose: ({ ids }) => Promise.resolve([...ids.keys()]),
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
    isSure: (place) => !isElsewhere(place),
    async choose({ ids, pipelines }) {
      const numbers = [...ids.keys()];
      const placeAt = (i: number) => ({ id: ids[i] ?? null, pipeline: pipelines[i] ?? null });
      const asked = numbers.filter((i) => isElsewhere(placeAt(i))).map((i) => ids[i]);
      if (asked.length === 0) return numbers;
      const rows = await querySqlFile(tx, "stg/list_known_leads.sql", [JSON.stringify(asked)]);
      const followed = new Set(knownRows.parse([...rows]).map(({ id }) => id));
      return numbers.filter((i) => {
        const { id, pipeline } = placeAt(i);
        if (id !== null && pipeline === pipelineId) followed.add(id);
        return !isElsewhere({ id, pipeline }) || (id !== null && followed.has(id));
      });
    },
  };
}

/** The id and the pipeline of a record as it came. */
export function placeOf(record: unknown): Place {
  if (typeof record !== "object" || record === null) return { id: null, pipeline: null };
  const { id, pipeline_id: pipeline }: { id?: unknown; pipeline_id?: unknown } = record;
  return { id: whole(id), pipeline: whole(pipeline) };
}

function whole(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
}

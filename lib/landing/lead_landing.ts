import type { TransactionSql } from "postgres";
import type { TaskContext, TaskResult } from "../dag/dag.ts";
import { type Metrics, querySqlFile, runSqlFile, runSqlStatement } from "../warehouse/sql_file.ts";
import { type Acceptance, followRental } from "./followed_leads.ts";
import { toLeadCursor } from "./lead_reading.ts";
import { snapshotStands } from "./load_task.ts";
import type { LeadFacts } from "./snapshot.ts";
import { readManifest } from "./snapshot_reader.ts";
import { stageSnapshot } from "./staging.ts";

/**
 * Lands a snapshot of leads and, with its rows, moves the cursor to the upper bound of the read. Counts what the read
 * before should have shown; after a read of all leads notes in `ops.missing_lead` which known ones it did not show.
 *
 * Throws what `stageSnapshot` throws, and when the snapshot begins later than STG goes.
 */
export async function stageLeads(
  tx: TransactionSql,
  context: TaskContext,
  name: string,
): Promise<TaskResult> {
  const { leads, upperBound } = await readManifest(context.config.dataDir, name);
  if (!leads) {
    throw new Error(
      `Cannot load the snapshot ${name}: it was read by an older version of this program: run again with --force`,
    );
  }
  await querySqlFile(tx, "stg/lock_watermark.sql", ["stg.stg_leads"]);
  await refuseGap(tx, leads, name);
  const { leads: lastLanded } = await runSqlStatement(tx, "stg/last_landed.sql", []);
  const accept = await acceptAndNote(tx, leads);
  const result = await stageSnapshot(tx, context, "leads", name, accept);
  const metrics = {
    ...result.metrics,
    is_full_scan: Number(leads.isFull),
    ...await measureLateness(tx, context, leads, Number(lastLanded)),
    ...leads.isFull
      ? await runSqlFile(tx, "stg/list_missing_leads.sql", { scan_at: upperBound })
      : {},
  };
  const fullDay = leads.isFull ? context.logicalDate.toString() : null;
  await runSqlStatement(tx, "stg/move_lead_cursor.sql", [upperBound, leads.settings, fullDay]);
  return { ...result, metrics };
}

/** `outputStands` of the extract: whether its snapshot is there, and no newer read has landed since. */
export async function leadsStand(context: TaskContext, metrics: Metrics): Promise<boolean> {
  if (!await snapshotStands(context, metrics)) return false;
  const { upperBound } = await readManifest(context.config.dataDir, String(metrics.snapshot));
  const { cursorAt } = toLeadCursor(await context.query("stg/read_lead_cursor.sql", []));
  // What it shows for the first time may have left the rental pipeline in the newer read, unseen.
  return cursorAt === null ||
    Temporal.Instant.compare(cursorAt, Temporal.Instant.from(upperBound)) <= 0;
}

/** Changes between the end of STG and the beginning of the snapshot would be lost for good. */
async function refuseGap(tx: TransactionSql, { from }: LeadFacts, name: string): Promise<void> {
  if (from === null) return;
  const { cursorAt } = toLeadCursor(await querySqlFile(tx, "stg/read_lead_cursor.sql", []));
  if (cursorAt && Temporal.Instant.compare(cursorAt, Temporal.Instant.from(from)) >= 0) return;
  throw new Error(
    `Cannot load the snapshot ${name}: it has the changes since ${from}, and STG has those up to ` +
      `${cursorAt ?? "none"}, expected no gap: run again with --force to read anew`,
  );
}

async function acceptAndNote(
  tx: TransactionSql,
  { isFull, pipelineId }: LeadFacts,
): Promise<Acceptance> {
  const follow = followRental(tx, pipelineId);
  if (!isFull) return follow;
  await runSqlFile(tx, "stg/create_seen_leads.sql");
  return {
    isSure: follow.isSure,
    async choose(places) {
      const accepted = await follow.choose(places);
      const ids = accepted.flatMap((i) => places.ids[i] ?? []);
      await runSqlStatement(tx, "stg/note_seen_leads.sql", [JSON.stringify(ids)]);
      return accepted;
    },
  };
}

async function measureLateness(
  tx: TransactionSql,
  { log }: TaskContext,
  { isFull, cursor, overlapMinutes }: LeadFacts,
  lastLanded: number,
): Promise<Metrics> {
  const overlapS = overlapMinutes * 60;
  const { late_rows = 0, max_lateness_s: lateness = 0, missed = 0, missed_ids: ids = null } =
    cursor === null
      ? {}
      : await runSqlStatement(tx, "stg/measure_late_leads.sql", [lastLanded, cursor, overlapS]);
  const isTooLate = Number(lateness) * 2 > overlapS;
  if (isTooLate) {
    log.warn(
      "Changes of leads became visible up to {lateness} s late, more than half of the overlap: raise AMO_OVERLAP_MIN above {minutes}",
      { lateness, minutes: overlapMinutes },
    );
  }
  if (Number(missed) > 0) {
    log.warn(
      "Found {missed} changes of leads that the reads of changes had missed (leads {ids}): they have landed now; " +
        "an integration that writes updated_at back, or links cars and clients without touching it, does that",
      { missed, ids: Number(missed) > 20 ? `${ids}, …` : ids },
    );
  }
  return {
    late_rows,
    max_lateness_s: lateness,
    ...isTooLate ? { warning_lateness_s: lateness } : {},
    ...isFull ? { missed_by_incremental: missed, missed_ids: ids } : {},
    ...isFull && Number(missed) > 0 ? { warning_missed_by_incremental: missed } : {},
  };
}

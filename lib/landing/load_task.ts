import type { TransactionSql } from "postgres";
import type { Task, TaskContext, TaskResult } from "../dag/dag.ts";
import { WAREHOUSE_RETRIES } from "../dag/sql_task.ts";
import type { Metrics } from "../warehouse/sql_file.ts";
import { stageEvents } from "./event_staging.ts";
import { recordFieldDrift } from "./drift_record.ts";
import type { SnapshotEntity } from "./snapshot.ts";
import { readManifest } from "./snapshot_reader.ts";
import { removeLeftovers, removeSnapshot, snapshotExists } from "./snapshot_cleanup.ts";
import { stageSnapshot } from "./staging.ts";

/** No extract takes this long, so nobody works on what was not touched since. */
const DEAD_AFTER_HOURS = 24;

/** The files by which each entity lands. */
const QUERIES: Readonly<Record<SnapshotEntity, readonly string[]>> = {
  leads: [
    "stg/load_leads.sql",
    "stg/choose_copies.sql",
    "stg/reject.sql",
    "stg/list_missing_leads.sql",
  ],
  clients: ["stg/load_clients.sql", "stg/choose_copies.sql", "stg/reject.sql"],
  cars: ["stg/load_cars.sql", "stg/choose_copies.sql", "stg/reject.sql"],
  events: [
    "stg/load_lead_events.sql",
    "stg/load_leads.sql",
    "stg/reject.sql",
    "stg/settle_missing_leads.sql",
  ],
};

/** Lands the snapshot of this name. */
export type StageSnapshot = (
  tx: TransactionSql,
  context: TaskContext,
  name: string,
) => Promise<TaskResult>;

/**
 * The task that lands the snapshot which `extractTaskId` handed over, e.g. `loadTask("load_leads", "leads",
 * "extract_leads")`, and then removes it: it holds personal data. A dry run removes it in any case.
 */
export function loadTask(
  id: string,
  entity: SnapshotEntity,
  extractTaskId: string,
  stage: StageSnapshot = (tx, context, name) =>
    entity === "events" ? stageEvents(tx, context, name) : stageSnapshot(tx, context, entity, name),
): Task {
  return {
    id,
    queries: QUERIES[entity],
    retries: WAREHOUSE_RETRIES,
    guardsColumns: entity !== "events",
    write: async (tx, context) => {
      const name = await requireSnapshot(context, extractTaskId);
      try {
        const result = await stage(tx, context, name);
        if (entity === "events") return result;
        const { schema = [] } = await readManifest(context.config.dataDir, name);
        const drift = await recordFieldDrift(tx, context, entity, schema);
        return { ...result, metrics: { ...result.metrics, ...drift } };
      } catch (error) {
        // A real run can load it again, a dry run has no such next time.
        if (context.dryRun) await removeSnapshot(context.config.dataDir, name);
        throw error;
      }
    },
    afterCommit: async (context) => {
      const { dataDir, keepSnapshots } = context.config;
      const name = await requireSnapshot(context, extractTaskId);
      if (context.dryRun || !keepSnapshots) await removeSnapshot(dataDir, name);
      const dead = Temporal.Now.instant().subtract({ hours: DEAD_AFTER_HOURS });
      await removeLeftovers(dataDir, entity, dead, keepSnapshots);
    },
  };
}

/** `outputStands` of an extract: whether the snapshot is still there to be loaded. */
export async function snapshotStands(context: TaskContext, metrics: Metrics): Promise<boolean> {
  const { snapshot } = metrics;
  return typeof snapshot === "string" && await snapshotExists(context.config.dataDir, snapshot);
}

async function requireSnapshot(context: TaskContext, extractTaskId: string): Promise<string> {
  const metrics = await context.metricsOf(extractTaskId);
  if (typeof metrics?.snapshot === "string") return metrics.snapshot;
  throw new Error(
    `Cannot load what ${extractTaskId} read: it handed over no snapshot, expected its name: run again with --force`,
  );
}

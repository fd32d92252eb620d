import type { TransactionSql } from "postgres";
import { z } from "zod";
import type { Entity } from "../amocrm/wanted_fields.ts";
import type { TaskContext } from "../dag/dag.ts";
import { type Metrics, querySqlFile, runSqlStatement } from "../warehouse/sql_file.ts";
import { type Drift, judgeFields, judgeStages, type StagesByKey } from "./drift.ts";
import { mapColumns, type SchemaEntry } from "./source_schema.ts";

/** What is compared with its own past: the fields of an entity, or all pipelines with their stages. */
export type SchemaSource = Entity | "statuses";

// A catalog made anew would fill the log.
const MOST_TOLD = 20;

const entryRows = z.array(z.object({
  kind: z.enum(["field", "option", "pipeline", "stage"]),
  key: z.string(),
  name: z.string(),
  type: z.string().nullable(),
  code: z.string().nullable(),
}));
const openRows = z.array(z.object({
  drift_id: z.coerce.number(),
  key: z.string(),
  waits: z.array(z.string()),
}));
const stageRows = z.array(z.object({ key: z.string(), stage: z.string().nullable() }));

/** The account as it was looked at last: the rows of ops/read_source_schema.sql. */
export function toEntries(rows: readonly unknown[]): SchemaEntry[] {
  return entryRows.parse([...rows]);
}

/**
 * Compares the fields of an entity with the last look, warns of each difference once and keeps it in
 * `ops.source_drift` until the columns that it empties are filled again. Returns the metric `warning_drift`.
 */
export async function recordFieldDrift(
  tx: TransactionSql,
  context: TaskContext,
  entity: Entity,
  present: readonly SchemaEntry[],
): Promise<Metrics> {
  const overrides = context.config.amo?.fieldMap[entity] ?? {};
  const past = await readPast(tx, entity);
  const drifts = judgeFields(entity, past, present, overrides);
  const filled = new Set(mapColumns(entity, present, overrides).values());
  await keep(tx, context, { source: entity, past, present, drifts });
  await settle(tx, entity, ({ waits }) => waits.every((column) => filled.has(column)));
  return tell(context, entity, drifts);
}

/** The same for pipelines and stages; what no rule classes is open until one does. */
export async function recordStageDrift(
  tx: TransactionSql,
  context: TaskContext,
  present: readonly SchemaEntry[],
): Promise<Metrics> {
  const past = await readPast(tx, "statuses");
  const stages = await readStages(tx, present);
  const drifts = judgeStages(past, present, stages);
  await keep(tx, context, { source: "statuses", past, present, drifts });
  await settle(tx, "statuses", ({ key }) => !stages.has(key) || stages.get(key) !== null);
  return tell(context, "statuses", drifts);
}

async function readPast(tx: TransactionSql, source: SchemaSource): Promise<SchemaEntry[]> {
  return toEntries(await querySqlFile(tx, "ops/read_source_schema.sql", [source]));
}

async function readStages(
  tx: TransactionSql,
  present: readonly SchemaEntry[],
): Promise<StagesByKey> {
  const asked = present.filter(({ kind }) => kind === "stage");
  const rows = await querySqlFile(tx, "dict/match_stage_rules.sql", [JSON.stringify(asked)]);
  return new Map(stageRows.parse([...rows]).map(({ key, stage }) => [key, stage]));
}

interface Look {
  readonly source: SchemaSource;
  readonly past: readonly SchemaEntry[];
  readonly present: readonly SchemaEntry[];
  readonly drifts: readonly Drift[];
}

async function keep(
  tx: TransactionSql,
  { runId }: TaskContext,
  { source, past, present, drifts }: Look,
): Promise<void> {
  // Most days nothing is new, and then nothing is written.
  if (describe(past) === describe(present)) return;
  await runSqlStatement(tx, "ops/write_source_schema.sql", [source, JSON.stringify(present)]);
  if (drifts.length === 0) return;
  await runSqlStatement(tx, "ops/keep_source_drift.sql", [source, JSON.stringify(drifts), runId]);
}

function describe(entries: readonly SchemaEntry[]): string {
  return JSON.stringify(
    entries.map(({ kind, key, name, type, code }) => [kind, key, name, type, code])
      .sort(([, a], [, b]) => String(a) < String(b) ? -1 : 1),
  );
}

async function settle(
  tx: TransactionSql,
  source: SchemaSource,
  isSettled: (open: z.infer<typeof openRows>[number]) => boolean,
): Promise<void> {
  const open = openRows.parse([...await querySqlFile(tx, "ops/list_open_drift.sql", [source])]);
  const ids = open.filter(isSettled).map(({ drift_id }) => drift_id);
  if (ids.length === 0) return;
  await runSqlStatement(tx, "ops/settle_source_drift.sql", [JSON.stringify(ids)]);
}

function tell({ log }: TaskContext, source: SchemaSource, drifts: readonly Drift[]): Metrics {
  for (const { kind, key, change, was, became, advice } of drifts.slice(0, MOST_TOLD)) {
    log.warn("The {kind} {key} of {source} {change}: {what}: {advice}", {
      kind,
      key,
      source,
      change,
      what: [was, became].filter((text) => text !== null).join(" is now "),
      advice,
    });
  }
  if (drifts.length > MOST_TOLD) {
    log.warn("{more} more changes of {source} are in ops.source_drift", {
      more: drifts.length - MOST_TOLD,
      source,
    });
  }
  return drifts.length === 0 ? {} : { warning_drift: drifts.length };
}

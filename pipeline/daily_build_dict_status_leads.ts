// Reads:  amoCRM: all pipelines and their statuses
// Writes: dict.dict_status_leads_stg, dict.dict_status_leads, ops.source_drift
// When:   04:55 local
// Try:    deno run -q -P=pipeline pipeline/daily_build_dict_status_leads.ts --date 2026-05-03 --dry-run

import type { TransactionSql } from "postgres";
import { z } from "zod";
import { findRentalPipeline, type Pipeline, readPipelines } from "../lib/amocrm/pipelines.ts";
import type { Dag, TaskContext, TaskResult } from "../lib/dag/dag.ts";
import { runDagCommand } from "../lib/script/dag_command.ts";
import { recordStageDrift, toEntries } from "../lib/landing/drift_record.ts";
import { openCrm } from "../lib/landing/extraction.ts";
import { makeStorable } from "../lib/landing/records/storable.ts";
import { toStageSchema } from "../lib/landing/source_schema.ts";
import { runSqlStatement } from "../lib/warehouse/sql_file.ts";
import { sqlTask, toTaskResult } from "../lib/dag/sql_task.ts";

export const dag: Dag = {
  id: "daily_build_dict_status_leads",
  description: "Brings the dictionary of pipelines and statuses up to amoCRM's",
  tags: ["amocrm", "dict", "statuses"],
  schedule: "04:55",
  waitsFor: [],
  tasks: [
    {
      id: "extract_statuses_to_stage",
      pulls: "every pipeline with its statuses",
      queries: ["dict/stage_statuses.sql"],
      retries: 2,
      budgetMinutes: 30,
      prepare: extractStatuses,
      write: stageStatuses,
    },
    sqlTask("merge_dict_status_leads", "dict/merge_dict_status_leads.sql"),
  ],
};

/** The rows of the stage table and what is compared with the last look, as JSON. */
async function extractStatuses(context: TaskContext): Promise<string> {
  const { client, settings } = openCrm(context);
  const pipelines = await readPipelines(client);
  // A dictionary without it would be green, and name no stage of any rental.
  findRentalPipeline(pipelines, settings);
  const rows = pipelines.flatMap(toRows);
  context.log.info("{rows} statuses", { rows: rows.length });
  const schema = toStageSchema(pipelines);
  return JSON.stringify({ rows: makeStorable(rows).value, schema });
}

const extracted = z.object({ rows: z.array(z.unknown()), schema: z.array(z.unknown()) });

function toRows(pipeline: Pipeline) {
  return pipeline.statuses.map((status) => ({
    pipeline_id: pipeline.id,
    status_id: status.id,
    pipeline_name: pipeline.name,
    status_name: status.name,
    status_sort: status.sort,
    is_archive: pipeline.is_archive,
  }));
}

async function stageStatuses(
  tx: TransactionSql,
  context: TaskContext,
  statuses: unknown,
): Promise<TaskResult> {
  const { rows, schema } = extracted.parse(JSON.parse(String(statuses)));
  const values = [JSON.stringify(rows), context.runId, context.logicalDate.toString()];
  const metrics = await runSqlStatement(tx, "dict/stage_statuses.sql", values);
  const drift = await recordStageDrift(tx, context, toEntries(schema));
  return toTaskResult({ ...metrics, ...drift });
}

if (import.meta.main) await runDagCommand(dag);

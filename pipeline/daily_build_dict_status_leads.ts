// Reads:  amoCRM: all pipelines and their statuses
// Writes: dict.dict_status_leads_stg, dict.dict_status_leads
// When:   04:55 local
// Try:    deno run -q -P=pipeline pipeline/daily_build_dict_status_leads.ts --date 2026-05-03 --dry-run

import type { TransactionSql } from "postgres";
import { findRentalPipeline, type Pipeline, readPipelines } from "../lib/amocrm/pipelines.ts";
import type { Dag, TaskContext, TaskResult } from "../lib/dag/dag.ts";
import { runDagCommand } from "../lib/script/dag_command.ts";
import { openCrm } from "../lib/landing/extraction.ts";
import { makeStorable } from "../lib/landing/records/storable.ts";
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
      retries: 2,
      budgetMinutes: 30,
      prepare: extractStatuses,
      write: stageStatuses,
    },
    sqlTask("merge_dict_status_leads", "dict/merge_dict_status_leads.sql"),
  ],
};

/** The rows of the stage table as the text of a JSON array. */
async function extractStatuses(context: TaskContext): Promise<string> {
  const { client, settings } = openCrm(context);
  const pipelines = await readPipelines(client);
  // A dictionary without it would be green, and name no stage of any rental.
  findRentalPipeline(pipelines, settings);
  const statuses = pipelines.flatMap(toRows);
  context.log.info("{rows} statuses", { rows: statuses.length });
  return JSON.stringify(makeStorable(statuses).value);
}

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
  const values = [String(statuses), context.runId, context.logicalDate.toString()];
  return toTaskResult(await runSqlStatement(tx, "dict/stage_statuses.sql", values));
}

if (import.meta.main) await runDagCommand(dag);

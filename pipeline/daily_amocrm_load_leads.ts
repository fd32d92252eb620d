// Reads:  amoCRM: the leads of AMO_PIPELINE with the cars and clients they are linked to
// Writes: stg.stg_leads, stg.rejected
// When:   04:00 local
// Try:    deno run -q -P=pipeline pipeline/daily_amocrm_load_leads.ts --date 2026-05-03 --dry-run

import { readCatalogs, wantedCatalog } from "../lib/amocrm/catalogs.ts";
import { readCustomFields } from "../lib/amocrm/fields.ts";
import { findByNameOrId } from "../lib/amocrm/find_by_name.ts";
import { scanLeads, workersFor } from "../lib/amocrm/lead_scan.ts";
import { findRentalPipeline, readPipelines } from "../lib/amocrm/pipelines.ts";
import type { Dag, TaskContext, TaskResult } from "../lib/dag/dag.ts";
import { extractToSnapshot } from "../lib/landing/extraction.ts";
import { loadTask, snapshotStands } from "../lib/landing/load_task.ts";
import { runDagCommand } from "../lib/script/dag_command.ts";

export const dag: Dag = {
  id: "daily_amocrm_load_leads",
  description: "Copies the leads of the rental pipeline from amoCRM into STG",
  tags: ["amocrm", "stg", "leads"],
  schedule: "04:00",
  waitsFor: [],
  tasks: [
    {
      id: "extract_leads",
      pulls: "every lead of AMO_PIPELINE created before the run begins",
      retries: 2,
      budgetMinutes: 120,
      prepare: extractLeads,
      outputStands: snapshotStands,
    },
    loadTask("load_leads", "leads", "extract_leads"),
  ],
};

async function extractLeads(context: TaskContext): Promise<TaskResult> {
  const { log, signal } = context;
  return await extractToSnapshot(context, "leads", async ({ client, settings }, account) => {
    const pipeline = findRentalPipeline(await readPipelines(client), settings);
    const catalogs = await readCatalogs(client);
    const upperBound = account.serverTime;
    return {
      fields: await readCustomFields(client, "/api/v4/leads"),
      carsCatalogId: findByNameOrId(catalogs, wantedCatalog(settings, "cars")).id,
      clientsCatalogId: findByNameOrId(catalogs, wantedCatalog(settings, "clients")).id,
      read: async (sink) => {
        const workers = workersFor(settings.requestsPerSecond);
        const scan = { pipelineId: pipeline.id, upperBound, log, signal, workers };
        const counts = await scanLeads(client, scan, sink);
        return {
          warning_leads_of_other_pipelines: counts.otherPipelines,
          warning_read_by_page: Number(counts.isFallback),
        };
      },
    };
  });
}

if (import.meta.main) await runDagCommand(dag);

// Reads:  amoCRM: the leads that changed since the last run, or all of them, with the cars and clients they are linked to
// Writes: stg.stg_leads, stg.rejected, ops.missing_lead
// When:   04:00 local
// Try:    deno run -q -P=pipeline pipeline/daily_amocrm_load_leads.ts --date 2026-05-03 --dry-run

import type { Dag } from "../lib/dag/dag.ts";
import { extractLeads } from "../lib/landing/lead_extraction.ts";
import { leadsStand, stageLeads } from "../lib/landing/lead_landing.ts";
import { loadTask } from "../lib/landing/load_task.ts";
import { runDagCommand } from "../lib/script/dag_command.ts";

export const dag: Dag = {
  id: "daily_amocrm_load_leads",
  description: "Copies the leads that were ever in the rental pipeline from amoCRM into STG",
  tags: ["amocrm", "stg", "leads"],
  schedule: "04:00",
  waitsFor: [],
  tasks: [
    {
      id: "extract_leads",
      pulls: "the leads that changed; all of them the first time and once a week",
      pullsInFull: "every lead of all pipelines",
      retries: 2,
      budgetMinutes: 120,
      prepare: extractLeads,
      outputStands: leadsStand,
    },
    loadTask("load_leads", "leads", "extract_leads", stageLeads),
  ],
};

if (import.meta.main) await runDagCommand(dag);

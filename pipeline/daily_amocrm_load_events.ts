// Reads:  amoCRM: the events of leads, the trash, and the leads that events mention
// Writes: stg.stg_lead_events, stg.stg_leads, stg.rejected, ops.missing_lead
// When:   04:15 local, 15 minutes after the leads wherever they were set
// Try:    deno run -q -P=pipeline pipeline/daily_amocrm_load_events.ts --date 2026-05-03 --dry-run

import type { Dag } from "../lib/dag/dag.ts";
import { extractEvents } from "../lib/landing/event_extraction.ts";
import { loadTask, snapshotStands } from "../lib/landing/load_task.ts";
import { runDagCommand } from "../lib/script/dag_command.ts";

export const dag: Dag = {
  id: "daily_amocrm_load_events",
  description:
    "Copies the events of leads from amoCRM into STG, and marks the leads that were deleted",
  tags: ["amocrm", "stg", "events", "leads"],
  schedule: "04:15",
  follows: { dag: "daily_amocrm_load_leads", minutes: 15 },
  waitsFor: [],
  tasks: [
    {
      id: "extract_events",
      pulls:
        "the events of leads since the last run, new rows of the trash, and the leads that events mention",
      pullsInFull:
        "the events of leads of the last 8 days, the whole trash, and the leads that events mention",
      retries: 2,
      budgetMinutes: 120,
      prepare: extractEvents,
      outputStands: snapshotStands,
    },
    { ...loadTask("load_events", "events", "extract_events"), marksDeletions: true },
  ],
};

if (import.meta.main) await runDagCommand(dag);

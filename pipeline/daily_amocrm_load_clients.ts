// Reads:  amoCRM: the elements of the catalog AMO_CLIENTS_CATALOG
// Writes: stg.stg_clients, stg.rejected
// When:   04:05 local
// Try:    deno run -q -P=pipeline pipeline/daily_amocrm_load_clients.ts --date 2026-05-03 --dry-run

import type { Dag } from "../lib/dag/dag.ts";
import { runDagCommand } from "../lib/script/dag_command.ts";
import { extractElements } from "../lib/landing/element_extraction.ts";
import { loadTask, snapshotStands } from "../lib/landing/load_task.ts";

export const dag: Dag = {
  id: "daily_amocrm_load_clients",
  description: "Copies the clients catalog from amoCRM into STG",
  tags: ["amocrm", "stg", "clients"],
  schedule: "04:05",
  waitsFor: [],
  tasks: [
    {
      id: "extract_clients",
      pulls: "every element of AMO_CLIENTS_CATALOG",
      retries: 2,
      budgetMinutes: 120,
      prepare: (context) => extractElements(context, "clients"),
      outputStands: snapshotStands,
    },
    { ...loadTask("load_clients", "clients", "extract_clients"), marksDeletions: true },
  ],
};

if (import.meta.main) await runDagCommand(dag);

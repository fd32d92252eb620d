// Reads:  amoCRM: the elements of the catalog AMO_CARS_CATALOG
// Writes: stg.stg_cars, stg.rejected
// When:   04:10 local
// Try:    deno run -q -P=pipeline pipeline/daily_amocrm_load_cars.ts --date 2026-05-03 --dry-run

import type { Dag } from "../lib/dag/dag.ts";
import { runDagCommand } from "../lib/script/dag_command.ts";
import { extractElements } from "../lib/landing/element_extraction.ts";
import { loadTask, snapshotStands } from "../lib/landing/load_task.ts";

export const dag: Dag = {
  id: "daily_amocrm_load_cars",
  description: "Copies the cars catalog from amoCRM into STG",
  tags: ["amocrm", "stg", "cars"],
  schedule: "04:10",
  waitsFor: [],
  tasks: [
    {
      id: "extract_cars",
      pulls: "every element of AMO_CARS_CATALOG",
      retries: 2,
      budgetMinutes: 120,
      prepare: (context) => extractElements(context, "cars"),
      outputStands: snapshotStands,
    },
    { ...loadTask("load_cars", "cars", "extract_cars"), marksDeletions: true },
  ],
};

if (import.meta.main) await runDagCommand(dag);

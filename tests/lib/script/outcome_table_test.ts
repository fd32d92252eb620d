import assert from "node:assert/strict";
import { formatOutcomes } from "../../../lib/script/outcome_table.ts";
import type { DagOutcome, TaskOutcome } from "../../../lib/dag/outcome.ts";

function task(taskId: string, changes: Partial<TaskOutcome> = {}): TaskOutcome {
  return {
    taskId,
    status: "success",
    rows: 0,
    seconds: 0,
    metrics: null,
    reason: null,
    error: null,
    ...changes,
  };
}

const DATE = Temporal.PlainDate.from("2026-05-03");

const LOADED: DagOutcome = {
  dagId: "daily_amocrm_load_leads",
  status: "success",
  message: null,
  tasks: [
    task("extract_leads", { rows: 1_234_567, seconds: 3.1 }),
    task("load_leads", { rows: 42, seconds: 0.2, metrics: { warning_rejected: 3, landed: 42 } }),
  ],
};

Deno.test("formatOutcomes() shows a line for each DAG and task in 80 columns, and the warnings below", () => {
  const text = formatOutcomes([LOADED], DATE);
  assert.equal(
    text,
    `DAG and task                           status                  rows   seconds
daily_amocrm_load_leads                success                            3.3
  extract_leads                        success            1,234,567       3.1
  load_leads                           success                   42       0.2

Warning: daily_amocrm_load_leads.load_leads reports warning_rejected = 3
Next: deno task check-data; what was met:
  deno task runs logs daily_amocrm_load_leads 2026-05-03`,
  );
  assert.ok(text.split("\n").every((line) => line.length <= 80));
});

Deno.test("formatOutcomes() says below the table what did not succeed and why", () => {
  const failed: DagOutcome = {
    dagId: "daily_load_ods_cars",
    status: "failed",
    message: null,
    tasks: [
      task("merge_ods_cars", { status: "failed", rows: null, seconds: 1.25, error: "no table" }),
    ],
  };
  const blocked: DagOutcome = {
    dagId: "daily_build_dds_dim",
    status: "upstream_failed",
    message: "Cannot run daily_build_dds_dim for 2026-05-03: daily_load_ods_cars failed",
    tasks: [task("merge_dim_car", { status: "upstream_failed", rows: null, seconds: null })],
  };
  const done: DagOutcome = {
    dagId: "daily_load_ods_leads",
    status: "done",
    message: "daily_load_ods_leads has already succeeded for 2026-05-03: nothing to do",
    tasks: [
      task("merge_ods_leads", {
        status: "done",
        rows: 7,
        seconds: null,
        metrics: { warning_tied_copies: 1 },
      }),
    ],
  };
  assert.equal(
    formatOutcomes([failed, blocked, done], DATE),
    `DAG and task                           status                  rows   seconds
daily_load_ods_cars                    failed                             1.3
  merge_ods_cars                       failed                     -       1.3
daily_build_dds_dim                    upstream failed                      -
  merge_dim_car                        upstream failed            -         -
daily_load_ods_leads                   done                                 -
  merge_ods_leads                      done                       7         -

daily_load_ods_cars.merge_ods_cars failed: no table
Cannot run daily_build_dds_dim for 2026-05-03: daily_load_ods_cars failed`,
  );
});

Deno.test("formatOutcomes() tells one cause once, and what waited for it in one line", () => {
  const error = "Cannot read /api/v4/account: amoCRM answered 401, expected 200: check AMO_TOKEN";
  const broken = ["leads", "cars"].map((entity): DagOutcome => ({
    dagId: `load_${entity}`,
    status: "failed",
    message: null,
    tasks: [
      task(`extract_${entity}`, { status: "failed", error }),
      task(`land_${entity}`, { status: "upstream_failed", error: "no" }),
    ],
  }));
  const waiting = ["dims", "facts"].map((name): DagOutcome => ({
    dagId: name,
    status: "upstream_failed",
    message: `Cannot run ${name} for 2026-05-03: load_leads.land_leads could not run`,
    tasks: [],
  }));
  const text = formatOutcomes([...broken, ...waiting], DATE);
  assert.equal(
    text.slice(text.indexOf("\n\n") + 2),
    `2 tasks failed: ${error}
  load_leads.extract_leads
  load_cars.extract_cars
2 DAGs did not run, since what they wait for failed: dims, facts`,
  );
});

import assert from "node:assert/strict";
import { explainRun } from "../../../lib/explain/explain.ts";
import { dagRunOf } from "../../../lib/run_log/dag_run.ts";
import { readTaskStates } from "../../../lib/run_log/task_states.ts";
import { runDag } from "../../../lib/runner/runner.ts";
import { markRun } from "../../../pipeline/runs/mark.ts";
import { recordDagEnd } from "../../../pipeline/scheduler/alerts/incidents.ts";
import { readRunLogMetrics } from "../../../pipeline/scheduler/metrics/run_log_metrics.ts";
import { listIncidents } from "../../support/run_log_rows.ts";
import { at, attemptOf, insertAttempts } from "../../support/attempts.ts";
import { DATE, listRuns, notingTask, runOptions, testDag, toClaim } from "../../support/runs.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { testOnBothWarehouses, testOnServer } from "../../support/warehouses.ts";
import { claimTasks } from "../../../lib/run_log/claims.ts";

const DAY = Temporal.PlainDate.from(DATE);
const WHO = "omar on etl-1";
const LEADS = testDag("leads", [notingTask("extract", []), notingTask("load", [])]);

testOnBothWarehouses(
  "markRun() gives each task an attempt, with who and why, and lets downstream go",
  async (warehouse) => {
    await insertAttempts(warehouse, [
      attemptOf("leads", "extract"),
      attemptOf("leads", "load", { status: "failed", error: "no table" }),
    ]);
    const mark = {
      status: "success",
      who: WHO,
      why: "landed by hand, ask omar@example.ae",
    } as const;
    const note = "marked as success by omar on etl-1: landed by hand, ask [e-mail]";
    assert.equal(await markRun(warehouse, LEADS, DAY, mark), note);
    assert.deepEqual(await listRuns(warehouse), [
      ["leads.extract", 1, "success", null],
      ["leads.extract", 2, "success", note],
      ["leads.load", 1, "failed", "no table"],
      ["leads.load", 2, "success", note],
    ]);
    const [row] = await warehouse.sql`
      select
        count(distinct run_id)::integer as runs,
        min(worker) as worker,
        min(reason) as reason,
        bool_and(finished_at >= started_at) as is_over
      from ops.run_log
      where attempt = 2
    `;
    assert.deepEqual({ ...row }, { runs: 1, worker: WHO, reason: "marked", is_over: true });
    const merge = testDag("merge", [notingTask("merge", [])], { waitsFor: [{ dag: "leads" }] });
    assert.equal((await runDag(merge, runOptions(warehouse))).status, "success");
  },
);

testOnBothWarehouses(
  "markRun() makes a success count no longer: downstream is refused, and the DAG runs again",
  async (warehouse) => {
    const tries: string[] = [];
    const dag = testDag("leads", [notingTask("extract", tries), notingTask("load", tries)]);
    await runDag(dag, runOptions(warehouse));
    await markRun(warehouse, dag, DAY, { status: "failed", who: WHO, why: "the wrong account" });
    const merge = testDag("merge", [notingTask("merge", [])], { waitsFor: [{ dag: "leads" }] });
    const refused = await runDag(merge, runOptions(warehouse));
    assert.deepEqual([refused.status, refused.message], [
      "upstream_failed",
      "Cannot run merge for 2026-05-03: leads of 2026-05-03 failed",
    ]);
    assert.equal((await runDag(dag, runOptions(warehouse))).status, "success");
    assert.deepEqual(tries, ["extract", "load", "extract", "load"]);
  },
);

testOnBothWarehouses(
  "markRun() writes nothing while a worker holds one of the tasks",
  async (warehouse) => {
    const running = attemptOf("leads", "load", { status: "running", started_at: at("04:01") });
    await insertAttempts(warehouse, [attemptOf("leads", "extract"), running]);
    const mark = { status: "failed", who: WHO, why: "too slow" } as const;
    assert.equal(await markRun(warehouse, LEADS, DAY, mark), null);
    assert.deepEqual(await listRuns(warehouse), [
      ["leads.extract", 1, "success", null],
      ["leads.load", 1, "running", null],
    ]);
  },
);

testOnServer(
  "markRun() and a worker that claims at the same time do not both win",
  async (warehouse) => {
    const run = { dagId: "leads", logicalDate: DATE, worker: "etl-2.7.fedcba" };
    for (let round = 0; round < 10; round++) {
      const date = DAY.add({ days: round });
      const logicalDate = date.toString();
      const [claims, note] = await Promise.all([
        claimTasks(
          warehouse,
          { ...run, runId: crypto.randomUUID(), logicalDate },
          toClaim("extract", "load"),
          ["extract", "load"],
        ),
        markRun(warehouse, LEADS, date, { status: "success", who: WHO, why: "a race" }),
      ]);
      assert.equal(Number(claims !== null) + Number(note !== null), 1, `round ${round}`);
    }
  },
);

/** What everybody who is asked says of LEADS. */
async function answers(warehouse: Warehouse) {
  const { sql } = warehouse;
  const states = await readTaskStates(sql, DATE);
  const [dag] = await sql`select state, has_success from ops.dag_state`;
  const metrics = await readRunLogMetrics(sql);
  const valueOf = (name: string, label: string) =>
    metrics.find((metric) => metric.name === name)?.samples
      .find(({ labels }) => Object.values(labels ?? {}).includes(label))?.value ?? null;
  const [explained = ""] = (await explainRun(sql, [LEADS], "leads", DATE, "Asia/Dubai")).split(
    "\n",
  );
  await recordDagEnd(sql, "leads", DATE);
  return {
    grid: dagRunOf(LEADS, DATE, states).status,
    tasks: states.map(({ status, has_success }) => [status, has_success]),
    dag: { ...dag },
    explained: explained.replace(/ at .*/, ""),
    metricOfFailed: valueOf("rental_run_status", "failed"),
    metricOfSuccess: valueOf("rental_dag_last_success_timestamp_seconds", "leads") !== null,
    metricOfRows: valueOf("rental_task_last_rows_written", "load"),
    incidents: (await listIncidents(sql)).map((text) => text.replace(/closed .*/, "closed")),
  };
}

testOnBothWarehouses(
  "a success that is marked as failed is a failure for everybody",
  async (warehouse) => {
    await insertAttempts(warehouse, [
      attemptOf("leads", "extract"),
      attemptOf("leads", "load", { status: "failed", reason: "error" }),
    ]);
    await recordDagEnd(warehouse.sql, "leads", DATE);
    await insertAttempts(warehouse, [
      attemptOf("leads", "load", { attempt: 2, rows_written: 7 }),
    ]);
    await markRun(warehouse, LEADS, DAY, { status: "failed", who: WHO, why: "wrong account" });
    assert.deepEqual(await answers(warehouse), {
      grid: "failed",
      tasks: [["failed", false], ["failed", false]],
      dag: { state: "failed", has_success: false },
      explained: "leads of 2026-05-03 failed",
      metricOfFailed: 1,
      metricOfSuccess: false,
      metricOfRows: null,
      incidents: ["leads of 2026-05-03: open"],
    });
  },
);

testOnBothWarehouses(
  "a failed forced run is a failure for everybody, and its earlier data stand",
  async (warehouse) => {
    await insertAttempts(warehouse, [
      attemptOf("leads", "extract"),
      attemptOf("leads", "load", { rows_written: 7 }),
      attemptOf("leads", "extract", { attempt: 2, status: "failed", reason: "error" }),
      attemptOf("leads", "load", { attempt: 2, status: "upstream_failed", reason: "upstream" }),
    ]);
    assert.deepEqual(await answers(warehouse), {
      grid: "failed",
      tasks: [["failed", true], ["upstream_failed", true]],
      dag: { state: "failed", has_success: true },
      explained: "leads of 2026-05-03 failed",
      metricOfFailed: 1,
      metricOfSuccess: true,
      metricOfRows: 7,
      incidents: ["leads of 2026-05-03: open"],
    });
    const merge = testDag("merge", [notingTask("merge", [])], { waitsFor: [{ dag: "leads" }] });
    assert.equal((await runDag(merge, runOptions(warehouse))).status, "success");
  },
);

import assert from "node:assert/strict";
import { runDag } from "../../../lib/runner/runner.ts";
import { markRun } from "../../../pipeline/runs/mark.ts";
import { at, attemptOf, insertAttempts } from "../../support/attempts.ts";
import { DATE, listRuns, notingTask, runOptions, testDag } from "../../support/runs.ts";
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
          ["extract", "load"],
          ["extract", "load"],
        ),
        markRun(warehouse, LEADS, date, { status: "success", who: WHO, why: "a race" }),
      ]);
      assert.equal(Number(claims !== null) + Number(note !== null), 1, `round ${round}`);
    }
  },
);

import assert from "node:assert/strict";
import type { Dag, Task } from "../../../lib/dag/dag.ts";
import { runDaily } from "../../../lib/runner/daily_run.ts";
import { exitCodeOfDay } from "../../../lib/script/exit_code.ts";
import type { DagOutcome, DagStatus } from "../../../lib/dag/outcome.ts";
import { listRuns, notingTask, runOptions, testDag } from "../../support/runs.ts";
import { testOnBothWarehouses, testOnServer } from "../../support/warehouses.ts";

/** Two sources, a table that needs both, and a report on the first alone; in no useful order. */
function fourDags(tries: string[], changes: Partial<Task> = {}): readonly Dag[] {
  return [
    testDag("facts", [notingTask("merge_facts", tries)], {
      waitsFor: [{ dag: "leads", task: "load_leads" }, { dag: "cars" }],
    }),
    testDag("report", [notingTask("write_report", tries)], { waitsFor: [{ dag: "cars" }] }),
    testDag("leads", [notingTask("load_leads", tries, changes)]),
    testDag("cars", [notingTask("load_cars", tries)]),
  ];
}

function statusesOf(outcomes: readonly DagOutcome[]) {
  return outcomes.map(({ dagId, status }) => [dagId, status]);
}

testOnBothWarehouses("runDaily() runs each DAG after all it waits for", async (warehouse) => {
  const tries: string[] = [];
  const outcomes = await runDaily(fourDags(tries), runOptions(warehouse));
  assert.deepEqual(statusesOf(outcomes), [
    ["facts", "success"],
    ["report", "success"],
    ["leads", "success"],
    ["cars", "success"],
  ]);
  assert.equal(exitCodeOfDay(outcomes), 0);
  assert.equal(tries.length, 4);
  assert.ok(tries.indexOf("merge_facts") > tries.indexOf("load_leads"));
  assert.ok(tries.indexOf("merge_facts") > tries.indexOf("load_cars"));
  assert.ok(tries.indexOf("write_report") > tries.indexOf("load_cars"));
});

testOnBothWarehouses(
  "runDaily() writes nothing when it is run a second time",
  async (warehouse) => {
    const tries: string[] = [];
    await runDaily(fourDags(tries), runOptions(warehouse));
    const before = await listRuns(warehouse);
    const outcomes = await runDaily(fourDags(tries), runOptions(warehouse));
    assert.deepEqual(outcomes.map(({ status }) => status), ["done", "done", "done", "done"]);
    assert.equal(exitCodeOfDay(outcomes), 0);
    assert.equal(tries.length, 4);
    assert.deepEqual(await listRuns(warehouse), before);
  },
);

testOnServer("runDaily() runs independent DAGs side by side", async (warehouse) => {
  const meeting = { leads: Promise.withResolvers<void>(), cars: Promise.withResolvers<void>() };
  // Each waits for the other to have begun, which only works when both run.
  const meet = (own: keyof typeof meeting, other: keyof typeof meeting) => async () => {
    meeting[own].resolve();
    await meeting[other].promise;
  };
  const outcomes = await runDaily([
    testDag("leads", [notingTask("load", [], { prepare: meet("leads", "cars") })]),
    testDag("cars", [notingTask("load", [], { prepare: meet("cars", "leads") })]),
  ], runOptions(warehouse));
  assert.deepEqual(statusesOf(outcomes), [["leads", "success"], ["cars", "success"]]);
});

testOnBothWarehouses(
  "runDaily() goes on with what does not need the DAG that failed",
  async (warehouse) => {
    const tries: string[] = [];
    const prepare = () => Promise.reject(new Error("amoCRM answered 401"));
    const outcomes = await runDaily(fourDags(tries, { prepare }), runOptions(warehouse));
    assert.deepEqual(statusesOf(outcomes), [
      ["facts", "upstream_failed"],
      ["report", "success"],
      ["leads", "failed"],
      ["cars", "success"],
    ]);
    assert.equal(exitCodeOfDay(outcomes), 1);
    assert.deepEqual(await listRuns(warehouse), [
      ["cars.load_cars", 1, "success", null],
      ["facts.merge_facts", 1, "upstream_failed", "leads.load_leads of 2026-05-03 failed"],
      ["leads.load_leads", 1, "failed", "amoCRM answered 401"],
      ["report.write_report", 1, "success", null],
    ]);

    const repaired = await runDaily(fourDags(tries), runOptions(warehouse));
    assert.deepEqual(repaired.map(({ status }) => status), ["success", "done", "success", "done"]);
    assert.equal(tries.length, 4);
  },
);

testOnBothWarehouses(
  "runDaily() refuses DAGs that do not fit together at its start",
  async (warehouse) => {
    const tries: string[] = [];
    const dags = [
      testDag("cars", [notingTask("load", tries)]),
      testDag("facts", [notingTask("merge", tries)], { waitsFor: [{ dag: "trucks" }] }),
    ];
    await assert.rejects(runDaily(dags, runOptions(warehouse)), {
      name: "DagError",
      message: "Cannot use the DAGs: facts waits for the unknown DAG trucks",
    });
    assert.deepEqual(tries, []);
    assert.deepEqual(await listRuns(warehouse), []);
  },
);

for (
  const [statuses, code] of [
    [["success", "done"], 0],
    [["success", "failed"], 1],
    [["done", "upstream_failed"], 1],
    [["success", "already_running"], 4],
    [["already_running", "not_ready"], 4],
    [["already_running", "failed"], 1],
    [["success", "not_ready"], 1],
  ] as const satisfies readonly (readonly [readonly DagStatus[], number])[]
) {
  Deno.test(`exitCodeOfDay() is ${code} when DAGs end as ${statuses.join(" and ")}`, () => {
    const outcomes = statuses.map((status) => ({ dagId: "x", status, message: null, tasks: [] }));
    assert.equal(exitCodeOfDay(outcomes), code);
  });
}

import assert from "node:assert/strict";
import type { Dag } from "../../../lib/dag/dag.ts";
import { createRunActions } from "../../../pipeline/dashboard/run_actions.ts";
import { listRuns, notingTask, runOptions, testDag } from "../../support/runs.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const day = (text: string) => Temporal.PlainDate.from(text);

testOnBothWarehouses(
  "createRunActions() runs what is asked for, claimed in the run log",
  async (warehouse) => {
    const tries: string[] = [];
    const dags: readonly Dag[] = [
      testDag("cars", [notingTask("load_cars", tries)]),
      testDag("report", [notingTask("write_report", tries)], { waitsFor: [{ dag: "cars" }] }),
      testDag("crm", [
        notingTask("extract", tries, { prepare: () => Promise.reject(new Error()) }),
      ]),
    ];
    const { config, worker } = runOptions(warehouse);
    await using started = createRunActions({ config, warehouse, worker }, dags);
    const { actions, idle } = started;
    assert.deepEqual(["cars", "crm", "trucks"].map(actions.refuses), [
      null,
      "no_account",
      "unknown_dag",
    ]);
    actions.retry("cars", day("2026-05-03"), { force: false, downstream: true });
    await idle();
    // It has succeeded: nothing to do.
    actions.retry("cars", day("2026-05-03"), { force: false, downstream: false });
    await idle();
    actions.retry("cars", day("2026-05-03"), { force: true, downstream: false });
    await idle();
    actions.backfill("cars", day("2026-05-02"), day("2026-05-04"));
    await idle();
    assert.deepEqual(tries, ["load_cars", "write_report", "load_cars", "load_cars", "load_cars"]);
    assert.deepEqual(await listRuns(warehouse), [
      ["cars.load_cars", 1, "success", null],
      ["cars.load_cars", 1, "success", null],
      ["cars.load_cars", 2, "success", null],
      ["report.write_report", 1, "success", null],
      ["cars.load_cars", 1, "success", null],
    ]);
  },
);

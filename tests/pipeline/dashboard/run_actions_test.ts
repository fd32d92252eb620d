import assert from "node:assert/strict";
import type { Dag } from "../../../lib/dag/dag.ts";
import { createRunActions } from "../../../pipeline/dashboard/run_actions.ts";
import { listRuns, notingTask, runOptions, testDag } from "../../support/runs.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const day = (text: string) => Temporal.PlainDate.from(text);

const once = { force: false, downstream: false };

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
    {
      await using started = createRunActions({ config, warehouse, worker }, dags);
      const { actions } = started;
      assert.deepEqual(["cars", "crm", "trucks"].map(actions.refuses), [
        null,
        "no_account",
        "unknown_dag",
      ]);
      actions.retry("cars", day("2026-05-03"), { force: false, downstream: true });
    }
    {
      await using started = createRunActions({ config, warehouse, worker }, dags);
      // It has succeeded: nothing to do.
      started.actions.retry("cars", day("2026-05-03"), once);
    }
    {
      await using started = createRunActions({ config, warehouse, worker }, dags);
      started.actions.retry("cars", day("2026-05-03"), { force: true, downstream: false });
    }
    assert.deepEqual(tries, ["load_cars", "write_report", "load_cars"]);
    assert.equal((await listRuns(warehouse)).length, 3);
  },
);

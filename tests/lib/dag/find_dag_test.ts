import assert from "node:assert/strict";
import { inRunOrder, withDownstream } from "../../../lib/dag/downstream.ts";
import { findDag, findNearest } from "../../../lib/dag/find_dag.ts";
import { notingTask, testDag } from "../../support/runs.ts";

const NAMES = ["daily_amocrm_load_leads", "daily_load_ods_leads", "daily_load_ods_cars"];
const dagOf = (id: string, ...waitsFor: string[]) =>
  testDag(id, [notingTask("merge", [])], { waitsFor: waitsFor.map((dag) => ({ dag })) });

Deno.test("findNearest() finds what was meant", () => {
  assert.deepEqual(
    ["daily_load_ods_car", "daly_load_ods_cars", "load_ods_leads", "amocrm", "daily_load_leads"]
      .map((name) => findNearest(name, NAMES)),
    [
      "daily_load_ods_cars",
      "daily_load_ods_cars",
      "daily_load_ods_leads",
      "daily_amocrm_load_leads",
      "daily_load_ods_leads",
    ],
  );
  assert.equal(findNearest("xyz", NAMES), null);
  assert.equal(findNearest("anything", []), null);
});

Deno.test("findDag() names the nearest DAG, or all when none is near", () => {
  const dags = [dagOf("load_leads"), dagOf("merge_leads")];
  assert.equal(findDag(dags, "merge_leads"), dags[1]);
  assert.throws(() => findDag(dags, "merge_lead"), {
    name: "ConfigError",
    message: 'Cannot find the DAG "merge_lead": did you mean merge_leads?',
  });
  assert.throws(() => findDag(dags, "facts"), {
    name: "ConfigError",
    message: 'Cannot find the DAG "facts": expected one of these:\n  load_leads\n  merge_leads',
  });
});

const FACTS = dagOf("facts", "dims", "merge");
const DIMS = dagOf("dims", "merge", "statuses");
const MERGE = dagOf("merge", "load");
const LOAD = dagOf("load");
const STATUSES = dagOf("statuses");
const DAGS = [FACTS, DIMS, MERGE, LOAD, STATUSES];

Deno.test("withDownstream() takes all that wait, through others too, in the order of the list", () => {
  assert.deepEqual(withDownstream(DAGS, LOAD), [FACTS, DIMS, MERGE, LOAD]);
  assert.deepEqual(withDownstream(DAGS, STATUSES), [FACTS, DIMS, STATUSES]);
  assert.deepEqual(withDownstream(DAGS, FACTS), [FACTS]);
});

Deno.test("inRunOrder() puts each DAG behind all that it waits for", () => {
  assert.deepEqual(inRunOrder(DAGS), [LOAD, MERGE, STATUSES, DIMS, FACTS]);
  assert.deepEqual(inRunOrder([DIMS, FACTS]), [DIMS, FACTS]);
  assert.throws(() => inRunOrder([dagOf("a", "b"), dagOf("b", "a")]), {
    message: "Cannot order the DAGs: they wait for each other",
  });
});

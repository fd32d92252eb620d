import assert from "node:assert/strict";
import {
  readStatesOfDags,
  readTaskStates,
  type TaskState,
} from "../../../lib/run_log/task_states.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { addAttempt, type AttemptRow } from "../../support/run_log_rows.ts";
import { DATE } from "../../support/runs.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

/** What the two views say of the DAG "dims", whose task "car" waits for "leads" and "dict.merge". */
async function viewsOf({ sql }: Warehouse) {
  const states = await readTaskStates(sql, DATE);
  const [dag] = await sql`
    select state, reason, has_success, is_stale from ops.dag_state where dag_id = 'dims'
  `;
  return {
    tasks: states.filter(({ dag_id }) => dag_id === "dims").map((state) => [
      state.task_id,
      state.status,
      state.has_success,
      state.newer_upstream,
    ]),
    dag: { ...dag },
  };
}

const car = (changes: AttemptRow = {}): AttemptRow => ({
  dag: "dims",
  task: "car",
  status: "success",
  waitsFor: ["leads", "dict.merge"],
  finishedAt: "2026-05-03T01:01:00Z",
  ...changes,
});
const merge = (changes: AttemptRow = {}): AttemptRow => ({
  dag: "dict",
  task: "merge",
  status: "success",
  waitsFor: [],
  finishedAt: "2026-05-03T00:30:00Z",
  ...changes,
});
/** After the success of `car`. */
const LATER = "2026-05-03T02:00:00Z";

const FRESH = {
  tasks: [["car", "success", true, null]],
  dag: { state: "success", reason: null, has_success: true, is_stale: false },
};
const STALE = {
  tasks: [["car", "success", true, "dict.merge"]],
  dag: { state: "success", reason: null, has_success: true, is_stale: true },
};

const CASES: readonly (readonly [string, readonly AttemptRow[], unknown])[] = [
  ["fresh after its upstream", [merge(), car()], FRESH],
  [
    "stale when a task it waited for succeeds again",
    [merge(), car(), merge({ attempt: 2, finishedAt: LATER })],
    STALE,
  ],
  [
    "stale when a task of a DAG it waited for succeeds again",
    [car(), merge({ dag: "leads", task: "load", finishedAt: LATER })],
    { ...STALE, tasks: [["car", "success", true, "leads.load"]] },
  ],
  [
    "stale when that ended while it ran",
    [car(), merge({ finishedAt: "2026-05-03T01:00:30Z" })],
    STALE,
  ],
  [
    "fresh when what it waited for has ended as it began",
    [car(), merge({ finishedAt: "2026-05-03T01:00:00Z" })],
    FRESH,
  ],
  [
    "fresh when a task it did not wait for succeeds",
    [car(), merge({ task: "extract", finishedAt: LATER })],
    FRESH,
  ],
  [
    "fresh when its upstream fails in a further run",
    [merge(), car(), merge({ attempt: 2, status: "failed", finishedAt: LATER })],
    FRESH,
  ],
  [
    "fresh when its upstream succeeds for another date",
    [car(), merge({ date: "2026-05-02", finishedAt: LATER })],
    FRESH,
  ],
  [
    "fresh when a person marks its upstream as a success",
    [car(), merge({ reason: "marked", waitsFor: null, finishedAt: LATER })],
    FRESH,
  ],
  [
    "fresh when its own success is from before the rule",
    [car({ waitsFor: null }), merge({ finishedAt: LATER })],
    FRESH,
  ],
  [
    "fresh when that of its upstream is from before the rule",
    [car(), merge({ waitsFor: null, finishedAt: LATER })],
    FRESH,
  ],
  [
    "fresh again after a further run",
    [
      car(),
      merge({ finishedAt: LATER }),
      car({ attempt: 2, finishedAt: "2026-05-03T03:00:00Z" }),
    ],
    FRESH,
  ],
  [
    "failed with its success when a further run fails",
    [car(), car({ attempt: 2, status: "failed", finishedAt: LATER })],
    {
      tasks: [["car", "failed", true, null]],
      dag: { state: "failed", reason: "error", has_success: true, is_stale: false },
    },
  ],
  [
    "failed without a success when a person marks it as failed after one",
    [car(), car({ attempt: 2, status: "failed", reason: "marked", finishedAt: LATER })],
    {
      tasks: [["car", "failed", false, null]],
      dag: { state: "failed", reason: "marked", has_success: false, is_stale: false },
    },
  ],
  [
    "a success again when it succeeds after such a mark",
    [
      car(),
      car({ attempt: 2, status: "failed", reason: "marked", finishedAt: LATER }),
      car({ attempt: 3, finishedAt: LATER }),
    ],
    FRESH,
  ],
];

for (const [name, rows, expected] of CASES) {
  testOnBothWarehouses(`ops.task_state is ${name}`, async (warehouse) => {
    for (const row of rows) await addAttempt(warehouse.sql, row);
    assert.deepEqual(await viewsOf(warehouse), expected);
  });
}

testOnBothWarehouses("readStatesOfDags() reads some DAGs as all are read", async ({ sql }) => {
  for (const row of [merge(), car(), merge({ attempt: 2, finishedAt: LATER })]) {
    await addAttempt(sql, row);
  }
  const keyOf = ({ dag_id, task_id, attempt, newer_upstream }: TaskState) => [
    dag_id,
    task_id,
    attempt,
    newer_upstream,
  ];
  const all = (await readTaskStates(sql, DATE)).map(keyOf);
  assert.deepEqual(all, [["dict", "merge", 2, null], ["dims", "car", 1, "dict.merge"]]);
  const some = async (...dags: string[]) => (await readStatesOfDags(sql, DATE, dags)).map(keyOf);
  assert.deepEqual(await some("dims"), [all[1]]);
  assert.deepEqual(await some("dict", "dims", "none"), all);
  assert.deepEqual(await some(), []);
});

import assert from "node:assert/strict";
import type { Dag, Dependency } from "../../../lib/dag/dag.ts";
import { DagError, validateDag, validateDags } from "../../../lib/dag/validate.ts";
import type { TaskState } from "../../../lib/run_log/task_states.ts";
import { decide } from "../../../lib/run_log/upstreams.ts";
import { testDag } from "../../support/runs.ts";
import { stateOf } from "../../support/task_states.ts";

function dagOf(id: string, changes: Partial<Dag> = {}): Dag {
  const task = { id: `${id}_task`, write: () => Promise.resolve({ metrics: {} }) };
  return testDag(id, [task], changes);
}

/** What a DAG with these dependencies is told on 2026-05-03. */
function decisionOf(waitsFor: readonly Dependency[], states: readonly TaskState[]) {
  return decide(dagOf("facts", { waitsFor }), states, "2026-05-03", "Asia/Dubai");
}

Deno.test("decide() lets go a DAG that waits for nothing", () => {
  assert.deepEqual(decisionOf([], []), { kind: "ready" });
});

Deno.test("decide() lets go when the task, or every task of the DAG, has a success", () => {
  const states = [stateOf("leads", "extract"), stateOf("leads", "load")];
  assert.deepEqual(decisionOf([{ dag: "leads", task: "load" }, { dag: "leads" }], states), {
    kind: "ready",
  });
});

Deno.test("decide() waits for what never ran", () => {
  assert.deepEqual(decisionOf([{ dag: "leads", task: "load" }], []), {
    kind: "waiting",
    reason: "waiting for leads.load of 2026-05-03 (never ran)",
  });
  assert.deepEqual(decisionOf([{ dag: "leads" }], [stateOf("cars", "load")]), {
    kind: "waiting",
    reason: "waiting for leads of 2026-05-03 (never ran)",
  });
});

Deno.test("decide() waits for what is under way and says since when in local time", () => {
  const states = [
    stateOf("leads", "extract"),
    stateOf("leads", "load", { status: "running", started_at: new Date("2026-05-03T00:00:07Z") }),
  ];
  assert.deepEqual(decisionOf([{ dag: "leads" }], states), {
    kind: "waiting",
    reason: "waiting for leads of 2026-05-03 (running since 2026-05-03 04:00:07)",
  });
});

Deno.test("decide() waits for a task whose DAG is still at an earlier one", () => {
  const states = [
    stateOf("leads", "extract", { status: "running" }),
    stateOf("leads", "load", { status: "waiting" }),
  ];
  assert.deepEqual(decisionOf([{ dag: "leads", task: "load" }], states), {
    kind: "waiting",
    reason: "waiting for leads.load of 2026-05-03 (running since 2026-05-03 04:00:01)",
  });
});

Deno.test("decide() fails at once for a failed upstream, before any that is waited for", () => {
  const states = [stateOf("leads", "load", { status: "failed", error: "no network" })];
  assert.deepEqual(decisionOf([{ dag: "cars" }, { dag: "leads" }], states), {
    kind: "failed",
    reason: "leads of 2026-05-03 failed",
  });
});

Deno.test("decide() hands on why an upstream could not run", () => {
  const error = "leads.extract of 2026-05-03 failed";
  assert.deepEqual(
    decisionOf([{ dag: "dims" }], [
      stateOf("dims", "dim_car", { status: "upstream_failed", error }),
    ]),
    { kind: "failed", reason: `dims of 2026-05-03 could not run: ${error}` },
  );
});

Deno.test("decide() waits for a failed upstream that is being tried again", () => {
  const states = [
    stateOf("leads", "extract", { status: "running", attempt: 2 }),
    stateOf("leads", "load", { status: "upstream_failed" }),
  ];
  assert.equal(decisionOf([{ dag: "leads", task: "load" }], states).kind, "waiting");
});

Deno.test("decide() lets go for an old success although a forced run is under way", () => {
  const states = [stateOf("leads", "load", { status: "running", has_success: true, attempt: 2 })];
  assert.deepEqual(decisionOf([{ dag: "leads", task: "load" }], states), { kind: "ready" });
});

for (
  const [name, dag, problem] of [
    ["no task", dagOf("leads", { tasks: [] }), "leads has no task"],
    ["an id in other letters", dagOf("Leads"), '"Leads" of Leads is not snake_case'],
    [
      "a task that does nothing",
      dagOf("leads", { tasks: [{ id: "load" }] }),
      "leads.load has neither prepare nor write",
    ],
    [
      "two tasks of one name",
      dagOf("leads", { tasks: [...dagOf("leads").tasks, ...dagOf("leads").tasks] }),
      "leads has two tasks leads_task",
    ],
    [
      "a schedule that is no time",
      dagOf("leads", { schedule: "24:00" }),
      'leads has the schedule "24:00", expected HH:MM or five cron fields ' +
      'with one minute and one hour, like "30 4 * * 1-5"',
    ],
  ] as const
) {
  Deno.test(`validateDag() refuses ${name}`, () => {
    const found = name === "an id in other letters"
      ? `${problem}; "Leads_task" of Leads is not snake_case`
      : problem;
    assert.throws(() => validateDag(dag), new DagError(`Cannot use the DAGs: ${found}`));
  });
}

Deno.test("validateDags() names unknown upstreams, ids used twice and cycles, all at once", () => {
  const dags = [
    dagOf("leads", { waitsFor: [{ dag: "facts" }] }),
    dagOf("leads"),
    dagOf("dims", { waitsFor: [{ dag: "leads", task: "load" }, { dag: "trucks" }] }),
    dagOf("facts", { waitsFor: [{ dag: "dims" }] }),
  ];
  assert.throws(
    () => validateDags(dags),
    new DagError(
      "Cannot use the DAGs: the DAG id leads is used twice; " +
        "dims waits for the unknown task leads.load; dims waits for the unknown DAG trucks; " +
        "the DAGs wait for each other: leads -> facts -> dims -> leads",
    ),
  );
});

Deno.test("validateDags() takes DAGs in any order that fit together", () => {
  validateDags([
    dagOf("facts", { waitsFor: [{ dag: "leads", task: "leads_task" }, { dag: "dims" }] }),
    dagOf("dims", { waitsFor: [{ dag: "leads" }] }),
    dagOf("leads"),
  ]);
});

import assert from "node:assert/strict";
import type { Dag, Task } from "../../../lib/dag/dag.ts";
import { dryRunDays, type PlannedDay } from "../../../lib/runner/dry_run.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { plain } from "../../../pipeline/runs/look.ts";
import { formatPlan } from "../../../pipeline/runs/plan.ts";
import { DATE, listNotes, listRuns, notingTask, runOptions, testDag } from "../../support/runs.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const FIRST = Temporal.PlainDate.from(DATE);
const NEXT = FIRST.add({ days: 1 });

/** Counts the notes of the tasks before it, beside a temporary table that all such tasks call the same. */
function countingTask(id: string, changes: Partial<Task> = {}): Task {
  return {
    id,
    write: async (tx) => {
      await tx`create temporary table counts on commit drop as select raw from stg.rejected`;
      const [row] = await tx`select count(*)::integer as notes from counts`;
      const notes = Number(row?.notes);
      return {
        rowsRead: notes,
        rowsWritten: 0,
        metrics: { rows_read: notes, rows_written: 0, versions_opened: notes, versions_closed: 1 },
      };
    },
    ...changes,
  };
}

function plan(
  warehouse: Warehouse,
  dags: readonly Dag[],
  signal = new AbortController().signal,
): Promise<readonly PlannedDay[]> {
  const days = [FIRST, NEXT].map((date) => ({ date, dags }));
  return dryRunDays(days, { warehouse, config: runOptions(warehouse).config, signal });
}

function summarize(days: readonly PlannedDay[]): unknown[] {
  return days.flatMap(({ date, outcomes }) =>
    outcomes.map(({ dagId, status, tasks }) => [
      `${dagId} of ${date}`,
      status,
      tasks.map((task) => [task.taskId, task.rows, task.error]),
    ])
  );
}

testOnBothWarehouses(
  "dryRunDays() lets each DAG and day see what those before it would have written",
  async (warehouse) => {
    const asked: string[] = [];
    const cleaned: string[] = [];
    const extract: Task = {
      id: "extract",
      prepare: ({ logicalDate }) => {
        asked.push(logicalDate.toString());
        return Promise.resolve({ rowsRead: 7, metrics: { rows_read: 7, snapshot: "a" } });
      },
    };
    const land = notingTask("land", [], {
      afterCommit: async ({ metricsOf, logicalDate }) => {
        cleaned.push(`${(await metricsOf("extract"))?.snapshot} of ${logicalDate}`);
      },
    });
    const dags = [
      testDag("load", [extract, land]),
      testDag("merge", [countingTask("merge_a"), countingTask("merge_b")], {
        waitsFor: [{ dag: "load" }],
      }),
    ];
    assert.deepEqual(summarize(await plan(warehouse, dags)), [
      ["load of 2026-05-03", "dry run", [["extract", 7, null], ["land", 1, null]]],
      ["merge of 2026-05-03", "dry run", [["merge_a", 0, null], ["merge_b", 0, null]]],
      ["load of 2026-05-04", "dry run", [["extract", 7, null], ["land", 1, null]]],
      ["merge of 2026-05-04", "dry run", [["merge_a", 0, null], ["merge_b", 0, null]]],
    ]);
    assert.deepEqual(asked, [DATE]);
    assert.deepEqual(cleaned, ["a of 2026-05-03", "a of 2026-05-04"]);
    assert.deepEqual(await listNotes(warehouse), []);
    assert.deepEqual(await listRuns(warehouse), []);
  },
);

testOnBothWarehouses(
  "dryRunDays() rolls a failed task back alone and blocks what waits for it",
  async (warehouse) => {
    const failing = notingTask("land", []);
    const { write } = failing;
    const dags = [
      testDag("clients", [countingTask("count"), {
        ...failing,
        write: async (tx, context, prepared) => {
          await write?.(tx, context, prepared);
          await tx`select 1 / 0`;
          return { metrics: {} };
        },
      }]),
      testDag("cars", [
        notingTask("extract", [], {
          prepare: () => Promise.reject(new Error("amoCRM answered 401")),
        }),
        countingTask("land"),
      ]),
      testDag("merge", [countingTask("merge")], { waitsFor: [{ dag: "clients" }] }),
      testDag("other", [countingTask("count")]),
    ];
    assert.deepEqual(summarize((await plan(warehouse, dags)).slice(0, 1)), [
      ["clients of 2026-05-03", "failed", [
        ["count", 0, null],
        ["land", null, "division by zero (SQLSTATE 22012)"],
      ]],
      ["cars of 2026-05-03", "failed", [["extract", null, "amoCRM answered 401"], [
        "land",
        null,
        null,
      ]]],
      ["merge of 2026-05-03", "upstream_failed", [["merge", null, null]]],
      ["other of 2026-05-03", "dry run", [["count", 0, null]]],
    ]);
    assert.deepEqual(await listNotes(warehouse), []);
  },
);

testOnBothWarehouses(
  "dryRunDays() removes what it has read when it is stopped",
  async (warehouse) => {
    const stop = new AbortController();
    const cleaned: string[] = [];
    const extract: Task = {
      id: "extract",
      prepare: () => Promise.resolve({ metrics: { snapshot: "a" } }),
      afterCommit: () => {
        cleaned.push("a");
        return Promise.resolve();
      },
    };
    const stopping: Task = {
      id: "wait",
      prepare: () => {
        stop.abort(new Error("stopped by SIGTERM"));
        return Promise.reject(stop.signal.reason);
      },
    };
    const dags = [testDag("load", [extract]), testDag("slow", [stopping])];
    await assert.rejects(plan(warehouse, dags, stop.signal), { message: "stopped by SIGTERM" });
    assert.deepEqual(cleaned, ["a"]);
  },
);

Deno.test("formatPlan() numbers what would run and sums up what it would change", () => {
  const dags = [
    testDag("load_cars", [{ id: "extract_cars", pulls: "every element of AMO_CARS_CATALOG" }, {
      id: "land_cars",
    }]),
    testDag("merge_cars", [{ id: "merge_cars" }]),
    testDag("build_dims", [{ id: "dim_car" }], { waitsFor: [{ dag: "merge_cars" }] }),
  ];
  const task = { rows: null, seconds: null, metrics: null, reason: null, error: null };
  const outcome = { message: null, status: "dry run" } as const;
  const days = [
    {
      date: FIRST,
      outcomes: [
        {
          ...outcome,
          dagId: "load_cars",
          tasks: [
            { ...task, taskId: "extract_cars", status: "dry run", metrics: { rows_read: 1200 } },
            {
              ...task,
              taskId: "land_cars",
              status: "dry run",
              metrics: { rows_read: 1200, rows_written: 3, warning_values_rejected: 1 },
            },
          ],
        },
        {
          ...outcome,
          dagId: "merge_cars",
          tasks: [{
            ...task,
            taskId: "merge_cars",
            status: "dry run",
            metrics: { rows_read: 3, rows_written: 5, versions_opened: 3, versions_closed: 2 },
          }],
        },
      ],
    },
    {
      date: NEXT,
      outcomes: [
        {
          ...outcome,
          dagId: "merge_cars",
          status: "failed",
          tasks: [{ ...task, taskId: "merge_cars", status: "failed", error: "no table" }],
        },
        {
          ...outcome,
          dagId: "build_dims",
          status: "upstream_failed",
          tasks: [{ ...task, taskId: "dim_car", status: "upstream_failed" }],
        },
      ],
    },
    { date: NEXT.add({ days: 1 }), outcomes: [] },
  ] as const satisfies readonly PlannedDay[];
  assert.equal(
    formatPlan(days, dags, plain),
    `2026-05-03: 2 of 3 DAGs would run
 1. load_cars
    extract_cars                    reads 1,200
      pulls every element of AMO_CARS_CATALOG
    land_cars                       reads 1,200, writes 3
      warning_values_rejected = 1
 2. merge_cars
    merge_cars                      reads 3, writes 5
      versions: 3 to open, 2 to close

2026-05-04: 2 of 3 DAGs would run
 1. merge_cars
    merge_cars                      would fail
      no table
 2. build_dims
    dim_car                         could not run

2026-05-05: nothing to run, all has succeeded

In all, 3 versions would open and 2 close; 8 rows would be written
Nothing was written: all of it was rolled back`,
  );
});

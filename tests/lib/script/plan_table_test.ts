import assert from "node:assert/strict";
import type { PlannedDay } from "../../../lib/runner/dry_run.ts";
import { plain } from "../../../lib/script/look.ts";
import { formatPlan } from "../../../lib/script/plan_table.ts";
import { DATE, testDag } from "../../support/runs.ts";

const FIRST = Temporal.PlainDate.from(DATE);
const NEXT = FIRST.add({ days: 1 });

Deno.test("formatPlan() numbers what would run and sums up what it would change", () => {
  const dags = [
    testDag("load_cars", [
      {
        id: "extract_cars",
        pulls: "every element of AMO_CARS_CATALOG",
        pullsInFull: "the trash as well",
      },
      { id: "land_cars" },
    ]),
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

Deno.test("formatPlan() shows what a full read would pull where there is one", () => {
  const dags = [
    testDag("load_leads", [{
      id: "extract_leads",
      pulls: "what has changed",
      pullsInFull: "everything",
    }]),
    testDag("load_cars", [{ id: "extract_cars", pulls: "every car" }]),
  ];
  const task = { rows: null, seconds: null, metrics: {}, reason: null, error: null };
  const outcomes = ["leads", "cars"].map((name) => ({
    dagId: `load_${name}`,
    message: null,
    status: "dry run" as const,
    tasks: [{ ...task, taskId: `extract_${name}`, status: "dry run" as const }],
  }));
  const lines = (full: boolean) =>
    formatPlan([{ date: FIRST, outcomes }], dags, plain, full).split("\n")
      .filter((line) => line.includes("pulls"));
  assert.deepEqual(lines(false), ["      pulls what has changed", "      pulls every car"]);
  assert.deepEqual(lines(true), ["      pulls everything", "      pulls every car"]);
});

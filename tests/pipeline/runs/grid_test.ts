import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import type { Attempt } from "../../../lib/run_log/attempts.ts";
import { dagRunOf } from "../../../lib/run_log/dag_run.ts";
import { listDates } from "../../../lib/script/dates.ts";
import { formatGrid, type Grid, readDates, toGridJson } from "../../../pipeline/runs/grid.ts";
import { colourful, plain } from "../../../lib/script/look.ts";
import { at, attemptOf, insertAttempts } from "../../support/attempts.ts";
import { DATE, notingTask, testDag } from "../../support/runs.ts";
import { statesOf } from "../../support/task_states.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const DAGS = [
  testDag("daily_load_ods_cars", [notingTask("merge_ods_cars", [])]),
  testDag("daily_build_dds_dim", [
    notingTask("merge_dim_car", []),
    notingTask("merge_dim_date", []),
  ]),
];

function gridOf(from: string, to: string, attempts: readonly Attempt[]): Grid {
  const dates = listDates(Temporal.PlainDate.from(from), Temporal.PlainDate.from(to));
  return {
    timeZone: "Asia/Dubai",
    dates,
    dags: DAGS.map((dag) => ({
      id: dag.id,
      runs: dates.map((date) => dagRunOf(dag, date.toString(), statesOf(attempts))),
    })),
  };
}

const cars = (logical_date: string, status: Attempt["status"], changes: Partial<Attempt> = {}) =>
  attemptOf("daily_load_ods_cars", "merge_ods_cars", { logical_date, status, ...changes });
const dims = (logical_date: string, task: string, status: Attempt["status"]) =>
  attemptOf("daily_build_dds_dim", task, { logical_date, status });

const WEEK = [
  cars("2026-04-29", "success"),
  cars("2026-04-30", "failed", { error: "no table" }),
  cars("2026-05-01", "running"),
  cars("2026-05-02", "waiting"),
  dims("2026-04-29", "merge_dim_car", "success"),
  dims("2026-04-30", "merge_dim_car", "upstream_failed"),
];

Deno.test("formatGrid() shows a line per DAG and a mark per date, with a legend and what to type next", () => {
  assert.equal(
    formatGrid(gridOf("2026-04-29", "2026-05-03", WEEK), 80, plain),
    `Runs from 2026-04-29 to 2026-05-03, dates in Asia/Dubai

                   Apr   May
                    29 30 01 02 03
daily_load_ods_cars  ✓  ✗  >  …  ·
daily_build_dds_dim  ~  ↑  ·  ·  ·

✓ success  ✗ failed  ↑ upstream failed  > running  … waiting  ~ partly  · no run

Why daily_load_ods_cars failed, and what now:
  deno task runs explain daily_load_ods_cars 2026-04-30`,
  );
});

Deno.test("formatGrid() gives a block below the other to dates that do not fit beside each other", () => {
  const text = formatGrid(gridOf("2026-04-20", "2026-05-20", WEEK), 80, plain);
  assert.ok(text.split("\n").every((line) => [...line].length <= 80));
  const days = text.split("\n").filter((line) => /^ +(\d\d ?)+/.test(line));
  assert.deepEqual(days.map((line) => line.trim()), [
    "20 21 22 23 24 25 26 27 28 29 30 01 02 03 04 05 06 07 08 09",
    "10 11 12 13 14 15 16 17 18 19 20",
  ]);
});

Deno.test("formatGrid() names a month once where two would touch", () => {
  const [, , months] = formatGrid(gridOf("2026-04-30", "2026-05-02", []), 80, plain).split("\n");
  assert.equal(months?.trim(), "May");
});

Deno.test("formatGrid() colours the marks, and the same text is there without", () => {
  const grid = gridOf("2026-04-29", "2026-05-03", WEEK);
  const coloured = formatGrid(grid, 80, colourful);
  assert.ok(coloured.includes("\x1b[32m✓\x1b[39m"));
  assert.ok(coloured.includes("\x1b[31m✗\x1b[39m"));
  assert.equal(stripVTControlCharacters(coloured), formatGrid(grid, 80, plain));
});

Deno.test("toGridJson() gives each run with its counts and the error that decides it", () => {
  const attempts = [
    cars("2026-05-03", "failed", { error: "no network", started_at: at("04:10") }),
    cars("2026-05-03", "failed", { attempt: 2, error: "no table", started_at: at("04:12") }),
    dims("2026-05-03", "merge_dim_car", "success"),
  ];
  assert.deepEqual(JSON.parse(toGridJson(gridOf("2026-05-03", "2026-05-03", attempts))), {
    time_zone: "Asia/Dubai",
    dates: ["2026-05-03"],
    dags: [
      {
        id: "daily_load_ods_cars",
        runs: [{
          date: "2026-05-03",
          status: "failed",
          has_success: false,
          tasks: 1,
          tasks_succeeded: 0,
          is_full_scan: false,
          attempts: 2,
          started_at: "2026-05-03T00:10:00.000Z",
          error: "no table",
        }],
      },
      {
        id: "daily_build_dds_dim",
        runs: [{
          date: "2026-05-03",
          status: "partly",
          has_success: false,
          tasks: 2,
          tasks_succeeded: 1,
          is_full_scan: false,
          attempts: 1,
          started_at: "2026-05-03T00:00:00.000Z",
          error: null,
        }],
      },
    ],
  });
});

testOnBothWarehouses(
  "readDates() shows the last dates with runs where these have none",
  async (warehouse) => {
    await insertAttempts(warehouse, [attemptOf("leads", "extract"), attemptOf("leads", "load")]);
    const to = Temporal.PlainDate.from(DATE).add({ days: 40 });
    const { dates, states } = await readDates(warehouse.sql, { to, days: 3, mayMove: true });
    assert.deepEqual(dates.map(String), ["2026-05-01", "2026-05-02", "2026-05-03"]);
    assert.deepEqual(states.map(({ task_id }) => task_id).sort(), ["extract", "load"]);
    const asked = await readDates(warehouse.sql, { to, days: 3, mayMove: false });
    assert.deepEqual([asked.dates.map(String).at(-1), asked.states], [to.toString(), []]);
  },
);

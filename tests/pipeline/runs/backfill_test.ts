import assert from "node:assert/strict";
import type { Dag } from "../../../lib/dag/dag.ts";
import { findOpenDays } from "../../../lib/run_log/open_days.ts";
import { formatOpenDays, runBackfill } from "../../../pipeline/runs/backfill.ts";
import { readTaskStates } from "../../../lib/run_log/task_states.ts";
import { listDates } from "../../../lib/script/dates.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { stateOf } from "../../support/task_states.ts";
import { listRuns, notingTask, runOptions, testDag } from "../../support/runs.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const DATES = listDates(
  Temporal.PlainDate.from("2026-05-01"),
  Temporal.PlainDate.from("2026-05-03"),
);

/** Two DAGs; `merge` fails on the dates in `bad`, and notes in `tries` what ran. */
function dagsOf(tries: string[], bad: Set<string>): Dag[] {
  const merge = notingTask("merge", []);
  return [
    testDag("load", [notingTask("load", tries)]),
    testDag("merge", [{
      ...merge,
      write: (tx, context, prepared) => {
        const date = context.logicalDate.toString();
        tries.push(`merge of ${date}`);
        if (bad.has(date)) return Promise.reject(new Error("no table"));
        return merge.write?.(tx, context, prepared) ?? Promise.resolve({ metrics: {} });
      },
    }], { waitsFor: [{ dag: "load" }] }),
  ];
}

/** Backfills all dates and returns the exit code and what was told, without the seconds. */
async function backfill(warehouse: Warehouse, dags: readonly Dag[], continues = false) {
  const told: string[] = [];
  const { logicalDate: _date, ...run } = runOptions(warehouse);
  const states = await readTaskStates(warehouse.sql, "2026-05-01", "2026-05-03");
  const code = await runBackfill(findOpenDays(dags, DATES, states), {
    run,
    dags,
    continues,
    tell: (text) => told.push(text.replace(/ in \d+\.\d s/, "")),
  });
  return { code, told: told.filter((text) => !text.startsWith("DAG and task")) };
}

Deno.test("findOpenDays() lists what has not succeeded, date by date", () => {
  const dags = dagsOf([], new Set());
  const days = findOpenDays(dags, DATES, [
    stateOf("load", "load", { logical_date: "2026-05-01" }),
    stateOf("merge", "merge", { logical_date: "2026-05-01" }),
    stateOf("load", "load", { logical_date: "2026-05-02" }),
    stateOf("merge", "merge", { logical_date: "2026-05-02", status: "failed" }),
  ]);
  assert.deepEqual(days.map((day) => [day.date.toString(), day.dags.map(({ id }) => id)]), [
    ["2026-05-01", []],
    ["2026-05-02", ["merge"]],
    ["2026-05-03", ["load", "merge"]],
  ]);
  assert.equal(
    formatOpenDays(days, dags),
    `2026-05-01  done
2026-05-02  merge
2026-05-03  all 2 DAGs`,
  );
});

Deno.test("findOpenDays() adds what will be stale once its upstream has run", () => {
  const dags = dagsOf([], new Set());
  const days = findOpenDays(dags, DATES, [
    stateOf("load", "load", { logical_date: "2026-05-01", status: "failed" }),
    stateOf("merge", "merge", { logical_date: "2026-05-01", waits_for: ["load"] }),
    stateOf("load", "load", { logical_date: "2026-05-02", status: "failed" }),
    stateOf("merge", "merge", { logical_date: "2026-05-02" }),
    stateOf("load", "load"),
    stateOf("merge", "merge", { is_stale: true }),
  ]);
  assert.deepEqual(days.map((day) => [day.date.toString(), day.dags.map(({ id }) => id)]), [
    ["2026-05-01", ["load", "merge"]],
    ["2026-05-02", ["load"]],
    ["2026-05-03", ["merge"]],
  ]);
});

Deno.test("findOpenDays() takes what is to run again, and what builds on it", () => {
  const dags = dagsOf([], new Set());
  const states = [
    stateOf("load", "load"),
    stateOf("merge", "merge", { waits_for: ["load"] }),
  ];
  const open = (again: readonly string[]) =>
    findOpenDays(dags, DATES.slice(2), states, again).map((day) => day.dags.map(({ id }) => id));
  assert.deepEqual(open([]), [[]]);
  assert.deepEqual(open(["load"]), [["load", "merge"]]);
});

Deno.test("formatOpenDays() lists dates that are alike as one range", () => {
  const dags = dagsOf([], new Set());
  const [load, merge] = dags;
  if (!load || !merge) throw new Error("Expected two DAGs");
  const day = (date: string, open: readonly Dag[]) => ({
    date: Temporal.PlainDate.from(date),
    dags: open,
  });
  assert.equal(
    formatOpenDays([
      day("2026-05-01", []),
      day("2026-05-02", []),
      day("2026-05-03", []),
      day("2026-05-04", [load]),
      day("2026-05-05", [load, merge]),
      day("2026-05-06", [load, merge]),
    ], dags),
    `2026-05-01 to 2026-05-03  done
2026-05-04                load
2026-05-05 to 2026-05-06  all 2 DAGs`,
  );
});

testOnBothWarehouses(
  "runBackfill() runs date by date, stops at a failure, and goes on from there",
  async (warehouse) => {
    const tries: string[] = [];
    const bad = new Set(["2026-05-02"]);
    const dags = dagsOf(tries, bad);
    assert.deepEqual(await backfill(warehouse, dags), {
      code: 1,
      told: [
        "2026-05-01  2 of 2 DAGs succeeded, 0 rows written (1 of 3)",
        "2026-05-02  1 of 2 DAGs succeeded, 0 rows written (2 of 3)",
        "Stopped at 2026-05-02: once merge can succeed, the same command goes on from there; " +
        "--continue passes it over\n  deno task runs explain merge 2026-05-02",
      ],
    });
    bad.clear();
    tries.length = 0;
    assert.deepEqual(await backfill(warehouse, dags), {
      code: 0,
      told: [
        "2026-05-02  1 of 1 DAGs succeeded, 0 rows written (1 of 2)",
        "2026-05-03  2 of 2 DAGs succeeded, 0 rows written (2 of 2)",
      ],
    });
    assert.deepEqual(tries, ["merge of 2026-05-02", "load", "merge of 2026-05-03"]);
    assert.deepEqual(await backfill(warehouse, dags), { code: 0, told: [] });
    assert.deepEqual(await listRuns(warehouse), [
      ["load.load", 1, "success", null],
      ["merge.merge", 1, "success", null],
      ["load.load", 1, "success", null],
      ["merge.merge", 1, "failed", "no table"],
      ["merge.merge", 2, "success", null],
      ["load.load", 1, "success", null],
      ["merge.merge", 1, "success", null],
    ]);
  },
);

testOnBothWarehouses(
  "runBackfill() goes on behind a failure when it is told to",
  async (warehouse) => {
    const dags = dagsOf([], new Set(["2026-05-01", "2026-05-02"]));
    const { code, told } = await backfill(warehouse, dags, true);
    assert.equal(code, 1);
    assert.deepEqual(told, [
      "2026-05-01  1 of 2 DAGs succeeded, 0 rows written (1 of 3)",
      "2026-05-02  1 of 2 DAGs succeeded, 0 rows written (2 of 3)",
      "2026-05-03  2 of 2 DAGs succeeded, 0 rows written (3 of 3)",
    ]);
  },
);

import assert from "node:assert/strict";
import type { Dag, Task } from "../../../lib/dag/dag.ts";
import { dryRunDays, type PlannedDay, readStatesBefore } from "../../../lib/runner/dry_run.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import {
  DATE,
  dryRunDag,
  listNotes,
  listRuns,
  notingTask,
  runOptions,
  testDag,
} from "../../support/runs.ts";
import { exitCodeOfDag } from "../../../lib/script/exit_code.ts";
import { migrate } from "../../../lib/warehouse/migrations.ts";
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
  "dryRunDays() lets what is read outside the database know the warehouse and what was asked for",
  async (warehouse) => {
    const seen: unknown[] = [];
    const dag = testDag("load", [{
      id: "extract",
      prepare: async ({ full, query }) => {
        seen.push(full, (await query("ops/ping.sql", [])).length);
        return { metrics: {} };
      },
    }]);
    await dryRunDag(dag, runOptions(warehouse, { full: true }));
    await dryRunDag(dag, runOptions(warehouse));
    assert.deepEqual(seen, [true, 1, false, 1]);
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

testOnBothWarehouses(
  "dryRunDays() shows what one DAG would do, and what it would wait for",
  async (warehouse) => {
    const tries: string[] = [];
    const cleaned: string[] = [];
    const dag = testDag("cars", [
      notingTask("extract", tries, {
        afterCommit: ({ dryRun }) => Promise.resolve(void cleaned.push(`dry run: ${dryRun}`)),
      }),
      notingTask("load", tries),
    ], { waitsFor: [{ dag: "leads", task: "load" }] });
    const outcome = await dryRunDag(dag, runOptions(warehouse));
    assert.deepEqual(tries, ["extract", "load"]);
    assert.deepEqual(cleaned, ["dry run: true"]);
    assert.equal(outcome.status, "dry run");
    assert.equal(exitCodeOfDag(outcome), 0);
    assert.equal(
      outcome.message,
      "would wait for leads.load: without what that brings",
    );
    assert.deepEqual(outcome.tasks.map(({ status, rows, metrics }) => [status, rows, metrics]), [
      ["dry run", 1, { noted: 1 }],
      ["dry run", 1, { noted: 1 }],
    ]);
    assert.deepEqual(await listRuns(warehouse), []);
    assert.deepEqual(await listNotes(warehouse), []);
  },
);

testOnBothWarehouses(
  "dryRunDays() fails with its first task, and writes nothing",
  async (warehouse) => {
    const tries: string[] = [];
    const dag = testDag("cars", [
      { id: "extract", prepare: () => Promise.reject(new Error("no network")) },
      notingTask("load", tries),
    ]);
    const outcome = await dryRunDag(dag, runOptions(warehouse));
    assert.equal(exitCodeOfDag(outcome), 1);
    assert.deepEqual(outcome.tasks.map(({ status, error }) => [status, error]), [
      ["failed", "no network"],
      ["upstream_failed", null],
    ]);
    assert.deepEqual(tries, []);
    assert.deepEqual(await listRuns(warehouse), []);
  },
);

testOnBothWarehouses(
  "dryRunDays() works in a warehouse of an older version, and leaves it one",
  async (warehouse) => {
    const { sql } = warehouse;
    const listTables = async () => [
      ...await sql`select to_regclass('ops.task_state')::text, to_regclass('ops.run_log')::text`
        .values(),
    ];
    await sql`drop schema stg, ods, dict, dds, dm, ops cascade`;
    try {
      assert.deepEqual(await readStatesBefore(warehouse, [FIRST]), []);
      const outcome = await dryRunDag(
        testDag("cars", [notingTask("load", [])]),
        runOptions(warehouse),
      );
      assert.equal(outcome.status, "dry run");
      assert.deepEqual(await listTables(), [[null, null]]);
    } finally {
      await migrate(warehouse);
    }
  },
);

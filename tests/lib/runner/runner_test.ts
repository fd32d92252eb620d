import type { TransactionSql } from "postgres";
import assert from "node:assert/strict";
import { runDag } from "../../../lib/runner/runner.ts";
import { exitCodeOfDag } from "../../../lib/script/exit_code.ts";
import { claimTasks, failClaim } from "../../../lib/run_log/claims.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { DATE, listRuns, notingTask, runOptions, testDag, toClaim } from "../../support/runs.ts";
import { testOnBothWarehouses, testOnServer } from "../../support/warehouses.ts";

const UPSTREAM = { waitsFor: [{ dag: "leads", task: "load" }] };

/** Lets the task load of the DAG leads end for the date, as another run would. */
async function endUpstream(warehouse: Warehouse, status: "success" | "failed"): Promise<void> {
  const tries: string[] = [];
  const task = notingTask("load", tries);
  const write = () => Promise.reject(new Error("no network"));
  await runDag(
    testDag("leads", [status === "success" ? task : { ...task, write }]),
    runOptions(warehouse),
  );
}

testOnBothWarehouses(
  "runDag() runs the tasks in order and writes the run log",
  async (warehouse) => {
    const tries: string[] = [];
    const dag = testDag("cars", [notingTask("extract", tries), notingTask("load", tries)]);
    const outcome = await runDag(dag, runOptions(warehouse));
    assert.deepEqual(tries, ["extract", "load"]);
    assert.equal(exitCodeOfDag(outcome), 0);
    assert.deepEqual(
      { ...outcome, tasks: outcome.tasks.map((task) => ({ ...task, seconds: 0 })) },
      {
        dagId: "cars",
        status: "success",
        message: null,
        tasks: ["extract", "load"].map((taskId) => ({
          taskId,
          status: "success",
          rows: 1,
          seconds: 0,
          metrics: { noted: 1 },
          reason: null,
          error: null,
        })),
      },
    );
    assert.deepEqual(await listRuns(warehouse), [
      ["cars.extract", 1, "success", null],
      ["cars.load", 1, "success", null],
    ]);
    const [row] = await warehouse.sql`
    select
      count(distinct run_log.run_id) as runs,
      bool_and(run_log.finished_at >= run_log.started_at) as is_in_order,
      bool_and(rejected.run_id = run_log.run_id) as is_same_run
    from ops.run_log cross join stg.rejected
  `;
    assert.deepEqual(row, { runs: 1, is_in_order: true, is_same_run: true });
  },
);

testOnBothWarehouses(
  "runDag() does nothing when the DAG has succeeded for the date",
  async (warehouse) => {
    const tries: string[] = [];
    const dag = testDag("cars", [notingTask("load", tries)]);
    await runDag(dag, runOptions(warehouse));
    const before = await listRuns(warehouse);
    const again = await runDag(dag, runOptions(warehouse));
    assert.deepEqual(again, {
      dagId: "cars",
      status: "done",
      message: "cars has already succeeded for 2026-05-03: nothing to do",
      tasks: [{
        taskId: "load",
        status: "done",
        rows: 1,
        seconds: null,
        metrics: { noted: 1 },
        reason: null,
        error: null,
      }],
    });
    assert.equal(exitCodeOfDag(again), 0);
    assert.deepEqual(tries, ["load"]);
    assert.deepEqual(await listRuns(warehouse), before);
    await runDag(
      dag,
      runOptions(warehouse, { logicalDate: Temporal.PlainDate.from("2026-05-04") }),
    );
    assert.deepEqual(tries, ["load", "load"]);
  },
);

testOnBothWarehouses("runDag() runs everything again with force", async (warehouse) => {
  const tries: string[] = [];
  const dag = testDag("cars", [notingTask("extract", tries), notingTask("load", tries)]);
  await runDag(dag, runOptions(warehouse));
  const outcome = await runDag(dag, runOptions(warehouse, { force: true }));
  assert.equal(outcome.status, "success");
  assert.deepEqual(tries, ["extract", "load", "extract", "load"]);
  assert.deepEqual(await listRuns(warehouse), [
    ["cars.extract", 1, "success", null],
    ["cars.extract", 2, "success", null],
    ["cars.load", 1, "success", null],
    ["cars.load", 2, "success", null],
  ]);
});

testOnBothWarehouses(
  "runDag() runs again what waits for a DAG that was forced, and once only",
  async (warehouse) => {
    const tries: string[] = [];
    const dict = testDag("dict", [notingTask("merge", tries)]);
    const dims = testDag("dims", [notingTask("car", tries), notingTask("client", tries)], {
      waitsFor: [{ dag: "dict", task: "merge" }],
    });
    const facts = testDag("facts", [notingTask("rentals", tries)], {
      waitsFor: [{ dag: "dims" }],
    });
    const runAll = async (force = false) => {
      tries.splice(0);
      await runDag(dict, runOptions(warehouse, { force }));
      await runDag(dims, runOptions(warehouse));
      await runDag(facts, runOptions(warehouse));
      return [...tries];
    };
    assert.deepEqual(await runAll(), ["merge", "car", "client", "rentals"]);
    assert.deepEqual(await runAll(), []);
    assert.deepEqual(await runAll(true), ["merge", "car", "client", "rentals"]);
    assert.deepEqual(await runAll(), []);
  },
);

testOnBothWarehouses(
  "runDag() finds nothing stale among the successes of an earlier version",
  async (warehouse) => {
    const tries: string[] = [];
    const dict = testDag("dict", [notingTask("merge", tries)]);
    const dims = testDag("dims", [notingTask("car", tries)], { waitsFor: [{ dag: "dict" }] });
    for (const dag of [dict, dims]) await runDag(dag, runOptions(warehouse));
    await warehouse.sql`update ops.run_log set waits_for = null`;
    await runDag(dict, runOptions(warehouse, { force: true }));
    assert.equal((await runDag(dims, runOptions(warehouse))).status, "done");
    assert.deepEqual(tries, ["merge", "car", "merge"]);
  },
);

testOnBothWarehouses(
  "runDag() goes on after a failure with the tasks that are left",
  async (warehouse) => {
    const tries: string[] = [];
    const extract = notingTask("extract", tries);
    const broken = testDag("cars", [
      extract,
      {
        id: "load",
        write: async (tx) => {
          await tx`update ops.watermark set settings = 'half-way'`;
          throw new Error("no plate for omar@example.ae");
        },
      },
      notingTask("check", tries),
    ]);
    const failed = await runDag(broken, runOptions(warehouse));
    assert.equal(failed.status, "failed");
    assert.equal(exitCodeOfDag(failed), 1);
    assert.deepEqual(failed.tasks.map(({ taskId, status, error }) => [taskId, status, error]), [
      ["extract", "success", null],
      ["load", "failed", "no plate for [e-mail]"],
      ["check", "upstream_failed", "cars.load of 2026-05-03 failed"],
    ]);
    const [row] = await warehouse.sql`select count(settings) as written from ops.watermark`;
    assert.deepEqual(row, { written: 0 }, "what a failed task wrote is rolled back");

    const repaired = testDag("cars", [
      extract,
      notingTask("load", tries),
      notingTask("check", tries),
    ]);
    const outcome = await runDag(repaired, runOptions(warehouse));
    assert.deepEqual(outcome.tasks.map(({ status }) => status), ["done", "success", "success"]);
    assert.deepEqual(tries, ["extract", "load", "check"]);
    assert.deepEqual(await listRuns(warehouse), [
      ["cars.check", 1, "upstream_failed", "cars.load of 2026-05-03 failed"],
      ["cars.check", 2, "success", null],
      ["cars.extract", 1, "success", null],
      ["cars.load", 1, "failed", "no plate for [e-mail]"],
      ["cars.load", 2, "success", null],
    ]);
  },
);

testOnBothWarehouses("runDag() hands metrics over, also from an earlier run", async (warehouse) => {
  const seen: unknown[] = [];
  const dag = (fails: boolean) =>
    testDag("cars", [
      { id: "extract", prepare: () => Promise.resolve({ metrics: { path: "a/b" } }) },
      {
        id: "load",
        write: async (_tx, { metricsOf }) => {
          seen.push(await metricsOf("extract"), await metricsOf("nothing"));
          if (fails) throw new Error("not yet");
          return { metrics: {} };
        },
      },
    ]);
  await runDag(dag(true), runOptions(warehouse));
  await runDag(dag(false), runOptions(warehouse));
  assert.deepEqual(seen, [{ path: "a/b" }, null, { path: "a/b" }, null]);
});

testOnBothWarehouses(
  "runDag() lets what is read outside the database know the warehouse and what was asked for",
  async (warehouse) => {
    const seen: unknown[] = [];
    const dag = testDag("cars", [{
      id: "extract",
      prepare: async ({ full, query }) => {
        seen.push(full, (await query("ops/ping.sql", [])).length);
        return { metrics: {} };
      },
    }]);
    await runDag(dag, runOptions(warehouse));
    await runDag(dag, runOptions(warehouse, { full: true, force: true }));
    assert.deepEqual(seen, [false, 1, true, 1]);
  },
);

testOnBothWarehouses("runDag() repeats a task whose output is gone", async (warehouse) => {
  const tries: string[] = [];
  let stands = false;
  const dag = (load: ReturnType<typeof notingTask>) =>
    testDag("cars", [
      notingTask("extract", tries, { outputStands: () => Promise.resolve(stands) }),
      load,
    ]);
  const broken = dag({ id: "load", write: () => Promise.reject(new Error("no disk")) });
  await runDag(broken, runOptions(warehouse));
  await runDag(dag(notingTask("load", tries)), runOptions(warehouse));
  assert.deepEqual(tries, ["extract", "extract", "load"]);
  stands = true;
  await runDag(dag(notingTask("load", tries)), runOptions(warehouse));
  assert.deepEqual(tries, ["extract", "extract", "load"], "nobody asks after the DAG's success");
});

testOnBothWarehouses(
  "runDag() is not ready before its upstream, and leaves no trace",
  async (warehouse) => {
    const tries: string[] = [];
    const dag = testDag("cars", [notingTask("load", tries)], UPSTREAM);
    const outcome = await runDag(dag, runOptions(warehouse));
    assert.equal(outcome.status, "not_ready");
    assert.equal(
      outcome.message,
      "Cannot run cars for 2026-05-03: waiting for leads.load of 2026-05-03 (never ran)",
    );
    assert.equal(exitCodeOfDag(outcome), 3);
    assert.deepEqual(await listRuns(warehouse), []);
    await endUpstream(warehouse, "success");
    assert.equal((await runDag(dag, runOptions(warehouse))).status, "success");
  },
);

testOnBothWarehouses("runDag() fails with its upstream and writes that down", async (warehouse) => {
  const tries: string[] = [];
  const dag = testDag("cars", [notingTask("extract", tries), notingTask("load", tries)], UPSTREAM);
  await endUpstream(warehouse, "failed");
  const outcome = await runDag(dag, runOptions(warehouse));
  assert.equal(outcome.status, "upstream_failed");
  assert.equal(outcome.message, "Cannot run cars for 2026-05-03: leads.load of 2026-05-03 failed");
  assert.equal(exitCodeOfDag(outcome), 3);
  assert.deepEqual(tries, []);
  assert.deepEqual(await listRuns(warehouse), [
    ["cars.extract", 1, "upstream_failed", "leads.load of 2026-05-03 failed"],
    ["cars.load", 1, "upstream_failed", "leads.load of 2026-05-03 failed"],
    ["leads.load", 1, "failed", "no network"],
  ]);
});

testOnBothWarehouses("runDag() pokes until the upstream has succeeded", async (warehouse) => {
  const tries: string[] = [];
  const waits: number[] = [];
  const dag = testDag("cars", [notingTask("load", tries)], UPSTREAM);
  const outcome = await runDag(dag, {
    ...runOptions(warehouse),
    waitMs: 3_600_000,
    sleep: async (delayMs) => {
      waits.push(delayMs);
      if (waits.length === 3) await endUpstream(warehouse, "success");
    },
  });
  assert.deepEqual(waits, [60_000, 60_000, 60_000]);
  assert.equal(outcome.status, "success");
  assert.deepEqual(tries, ["load"]);
});

testOnBothWarehouses("runDag() gives up when the upstream takes too long", async (warehouse) => {
  const tries: string[] = [];
  const options = runOptions(warehouse, { waitMs: 300_000 });
  const outcome = await runDag(testDag("cars", [notingTask("load", tries)], UPSTREAM), options);
  const reason = "gave up after 5 minutes: waiting for leads.load of 2026-05-03 (never ran)";
  assert.deepEqual(options.waits, [60_000, 60_000, 60_000, 60_000, 60_000]);
  assert.equal(outcome.status, "not_ready");
  assert.equal(outcome.message, `Cannot run cars for 2026-05-03: ${reason}`);
  assert.equal(exitCodeOfDag(outcome), 3);
  assert.deepEqual(await listRuns(warehouse), [["cars.load", 1, "failed", reason]]);
});

testOnBothWarehouses(
  "runDag() stops poking when the upstream fails or it is told to",
  async (warehouse) => {
    const stop = new AbortController();
    const dag = testDag("cars", [notingTask("load", [])], UPSTREAM);
    const stopped = await runDag(dag, {
      ...runOptions(warehouse),
      waitMs: 3_600_000,
      signal: stop.signal,
      sleep: () => {
        stop.abort(new Error("stopped by SIGTERM"));
        return Promise.reject(stop.signal.reason);
      },
    });
    assert.equal(
      stopped.message,
      "Cannot run cars for 2026-05-03: stopped while waiting for leads.load of 2026-05-03 (never ran)",
    );
    assert.deepEqual([stopped.status, stopped.tasks[0]?.status], ["failed", "failed"]);
    const failed = await runDag(dag, {
      ...runOptions(warehouse),
      waitMs: 3_600_000,
      sleep: () => endUpstream(warehouse, "failed"),
    });
    assert.equal(failed.message, "Cannot run cars for 2026-05-03: leads.load of 2026-05-03 failed");
  },
);

testOnServer("runDag() refuses a DAG that another worker is running", async (warehouse) => {
  const run = {
    runId: crypto.randomUUID(),
    dagId: "cars",
    logicalDate: DATE,
    worker: "etl-2.7.fedcba",
  };
  const [claim] = await claimTasks(warehouse, run, toClaim("load"), []) ?? [];
  assert.ok(claim);
  const tries: string[] = [];
  const dag = testDag("cars", [notingTask("load", tries)]);
  const outcome = await runDag(dag, runOptions(warehouse));
  assert.equal(outcome.status, "already_running");
  assert.equal(
    outcome.message,
    "Cannot run cars for 2026-05-03: the worker etl-2.7.fedcba is running it, " +
      "expected nobody: wait until it has finished",
  );
  assert.equal(exitCodeOfDag(outcome), 4);
  assert.deepEqual(tries, []);
  await failClaim(warehouse.sql, claim, {
    status: "failed",
    reason: "error",
    error: "no network",
  });
  assert.equal((await runDag(dag, runOptions(warehouse))).status, "success");
});

testOnServer("runDag() runs each task once when ten start together", async (warehouse) => {
  const tries: string[] = [];
  const dag = testDag("cars", [notingTask("extract", tries), notingTask("load", tries)]);
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, () => runDag(dag, runOptions(warehouse))),
  );
  assert.deepEqual(tries, ["extract", "load"]);
  assert.equal(outcomes.filter(({ status }) => status === "success").length, 1);
  assert.ok(
    outcomes.every(({ status }) => ["success", "done", "already_running"].includes(status)),
  );
});

testOnBothWarehouses(
  "runDag() does not start when it was told to stop before",
  async (warehouse) => {
    const tries: string[] = [];
    const signal = AbortSignal.abort(new Error("stopped by SIGTERM"));
    const outcome = await runDag(
      testDag("cars", [notingTask("load", tries)]),
      runOptions(warehouse, { signal }),
    );
    assert.equal(outcome.message, "cars of 2026-05-03 did not start: stopped by SIGTERM");
    assert.equal(exitCodeOfDag(outcome), 1);
    assert.deepEqual(await listRuns(warehouse), []);
  },
);

testOnBothWarehouses(
  "runDag() refuses a malformed DAG before it reads the run log",
  async (warehouse) => {
    await assert.rejects(runDag(testDag("cars", []), runOptions(warehouse)), {
      name: "DagError",
      message: "Cannot use the DAGs: cars has no task",
    });
  },
);

/** The warehouse, whose first transaction loses its connection `when` it is to be committed. */
function losingOnce(warehouse: Warehouse, when: "before" | "after"): Warehouse {
  let isLost = false;
  const begin = async (body: (tx: TransactionSql) => Promise<unknown>) => {
    if (isLost) return await warehouse.sql.begin(body);
    isLost = true;
    const lost = Object.assign(new Error("the server is restarting"), {
      code: "CONNECTION_CLOSED",
    });
    if (when === "after") await warehouse.sql.begin(body);
    throw lost;
  };
  const sql = new Proxy(warehouse.sql, {
    get: (target, name) => name === "begin" ? begin : Reflect.get(target, name),
  });
  return { ...warehouse, sql };
}

for (const when of ["before", "after"] as const) {
  testOnBothWarehouses(
    `runDag() claims again when the server restarts ${when} its claims are committed`,
    async (warehouse) => {
      const tries: string[] = [];
      const dag = testDag("leads", [notingTask("extract", tries), notingTask("load", tries)]);
      const options = runOptions(losingOnce(warehouse, when));
      assert.equal((await runDag(dag, options)).status, "success");
      assert.deepEqual(options.waits, [1000]);
      assert.deepEqual(await listRuns(warehouse), [
        ["leads.extract", 1, "success", null],
        ["leads.load", 1, "success", null],
      ]);
    },
  );
}

import assert from "node:assert/strict";
import type { Dag } from "../../../lib/dag/dag.ts";
import { parseSchedule } from "../../../lib/dag/schedule.ts";
import type { ScheduledDag } from "../../../lib/dag/scheduled_dags.ts";
import { runDag } from "../../../lib/runner/runner.ts";
import { sleep } from "../../../lib/sleep.ts";
import { StopError } from "../../../lib/stop_signal.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import {
  createScheduler,
  type Scheduler,
  type SchedulerOptions,
} from "../../../pipeline/scheduler/beats.ts";
import { fakeWorker, listRuns, notingTask, runOptions, testDag } from "../../support/runs.ts";
import { testOnBothWarehouses, testOnServer } from "../../support/warehouses.ts";

const SIGTERM = new StopError("stopped by SIGTERM");

function scheduledAt(dag: Dag): ScheduledDag {
  const schedule = parseSchedule(dag.schedule, "Asia/Dubai");
  return { dag, schedule, catchup: "none", catchupMaxDays: 30 };
}

/** A scheduler for whom it is a time of 2026-05-03 in Dubai. */
function schedulerAt(
  time: string,
  warehouse: Warehouse,
  dags: readonly Dag[],
  changes: Partial<SchedulerOptions> = {},
): Scheduler {
  const now = Temporal.ZonedDateTime.from(`2026-05-03T${time}[Asia/Dubai]`).toInstant();
  return createScheduler({
    ...runOptions(warehouse),
    dags: dags.map(scheduledAt),
    now: () => Promise.resolve(now),
    ...changes,
  });
}

async function live(scheduler: Scheduler): Promise<void> {
  await scheduler.beat();
  await scheduler.idle();
}

testOnBothWarehouses(
  "beat() runs what is due, in the order of its upstreams",
  async (warehouse) => {
    const tries: string[] = [];
    const leads = testDag("leads", [notingTask("load", tries)], { schedule: "04:10" });
    const facts = testDag("facts", [notingTask("merge", tries)], {
      schedule: "04:00",
      waitsFor: [{ dag: "leads" }],
    });
    // Each wait ends at once, but not before what else is going on has had its turn.
    const options = { sleep: (_ms: number, signal: AbortSignal) => sleep(1, signal) };

    await live(schedulerAt("03:59", warehouse, [facts, leads], options));
    assert.deepEqual(await listRuns(warehouse), []);
    await live(schedulerAt("04:10", warehouse, [facts, leads], options));
    assert.deepEqual(tries, ["load", "merge"]);
    await live(schedulerAt("04:11", warehouse, [facts, leads], options));
    assert.deepEqual(await listRuns(warehouse), [
      ["facts.merge", 1, "success", null],
      ["leads.load", 1, "success", null],
    ]);
  },
);

testOnBothWarehouses(
  "beat() lets a refused run go once its upstream was repaired",
  async (warehouse) => {
    const tries: string[] = [];
    let isBroken = true;
    const prepare = () =>
      isBroken ? Promise.reject(new Error("a missing field")) : Promise.resolve();
    const leads = testDag("leads", [notingTask("load", tries, { prepare })]);
    const facts = testDag("facts", [notingTask("merge", tries)], { waitsFor: [{ dag: "leads" }] });
    const ends: string[] = [];
    const scheduler = schedulerAt("05:00", warehouse, [leads, facts], {
      sleep: (_ms, signal) => sleep(1, signal),
      onDagEnd: ({ dagId, status }, date) => {
        ends.push(`${dagId} of ${date}: ${status}`);
        return Promise.resolve();
      },
    });

    await live(scheduler);
    await live(scheduler);
    assert.deepEqual(ends.splice(0), [
      "leads of 2026-05-03: failed",
      "facts of 2026-05-03: upstream_failed",
    ]);
    isBroken = false;
    // By hand, as people do.
    assert.equal((await runDag(leads, runOptions(warehouse))).status, "success");
    await live(scheduler);

    assert.deepEqual(ends, ["facts of 2026-05-03: success"]);
  },
);

testOnBothWarehouses("beat() goes on when nobody can be told of an end", async (warehouse) => {
  const dags = [testDag("leads", [notingTask("load", [])])];
  const scheduler = schedulerAt("05:00", warehouse, dags, {
    onDagEnd: () => Promise.reject(new Error("no network")),
    onBeat: () => Promise.reject(new Error("no network")),
  });
  await live(scheduler);
  assert.deepEqual(await listRuns(warehouse), [["leads.load", 1, "success", null]]);
});

testOnServer("beat() takes over from a worker that gives no sign of life", async (warehouse) => {
  const tries: string[] = [];
  const dags = [testDag("leads", [notingTask("load", tries)])];
  await warehouse.sql`
    insert into ops.run_log (run_id, dag_id, task_id, logical_date, attempt, status, worker, heartbeat_at)
    values (
      gen_random_uuid(), 'leads', 'load', '2026-05-03', 1, 'running', 'etl-9.1.aaaaaa',
      now() - interval '29 seconds'
    )
  `;
  const scheduler = schedulerAt("05:00", warehouse, dags);
  await live(scheduler);
  assert.deepEqual(tries, []);
  await warehouse.sql`update ops.run_log set heartbeat_at = now() - interval '31 seconds'`;
  await live(scheduler);
  assert.deepEqual(await listRuns(warehouse), [
    ["leads.load", 1, "failed", "the worker etl-9.1.aaaaaa has given no sign of life"],
    ["leads.load", 2, "success", null],
  ]);
});

testOnBothWarehouses("stop() releases what waits, and lets what runs go on", async (warehouse) => {
  const tries: string[] = [];
  const isRunning = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const prepare = () => {
    isRunning.resolve();
    return mayEnd.promise;
  };
  const leads = testDag("leads", [
    notingTask("extract", tries, { prepare }),
    notingTask("load", tries),
  ]);
  const facts = testDag("facts", [notingTask("merge", tries)], { waitsFor: [{ dag: "leads" }] });
  const scheduler = schedulerAt("05:00", warehouse, [leads, facts], { sleep });
  await scheduler.beat();
  await isRunning.promise;
  const stopped = scheduler.stop(SIGTERM, 600_000);
  mayEnd.resolve();
  await stopped;

  assert.equal(scheduler.running, 0);
  assert.deepEqual(tries, ["extract"]);
  assert.deepEqual(await listReasons(warehouse), [
    ["facts.merge", 1, "failed", "stopped"],
    ["leads.extract", 1, "success", null],
    ["leads.load", 1, "failed", "stopped"],
  ]);
});

testOnBothWarehouses(
  "stop() ends what runs after its grace, and another goes on",
  async (warehouse) => {
    const isRunning = Promise.withResolvers<void>();
    const tries: string[] = [];
    const prepare = () => {
      isRunning.resolve();
      return tries.length === 0 ? new Promise<void>(() => {}) : Promise.resolve();
    };
    const task = notingTask("load", [], { prepare });
    const scheduler = schedulerAt("05:00", warehouse, [testDag("leads", [task])]);
    await scheduler.beat();
    await isRunning.promise;
    await scheduler.stop(SIGTERM, 0);
    await scheduler.beat();
    assert.deepEqual(await listReasons(warehouse), [["leads.load", 1, "failed", "stopped"]]);

    tries.push("the second one ends");
    const worker = fakeWorker("etl-2.7.bbbbbb");
    await live(schedulerAt("05:01", warehouse, [testDag("leads", [task])], { worker }));

    assert.deepEqual(await listReasons(warehouse), [
      ["leads.load", 1, "failed", "stopped"],
      ["leads.load", 2, "success", null],
    ]);
  },
);

testOnBothWarehouses(
  "a task that takes too long is tried again, and then fails",
  async (warehouse) => {
    const prepare = () => new Promise<void>(() => {});
    const task = notingTask("load", [], { prepare, retries: 1, budgetMinutes: 0.0001 });
    await live(schedulerAt("05:00", warehouse, [testDag("leads", [task])]));
    await live(schedulerAt("05:01", warehouse, [testDag("leads", [task])]));
    assert.deepEqual(await listReasons(warehouse), [
      ["leads.load", 1, "failed", "budget"],
      ["leads.load", 2, "failed", "budget"],
    ]);
  },
);

testOnServer(
  "two schedulers on one warehouse run each task of each date once",
  async (warehouse) => {
    const tries: string[] = [];
    const dags = ["leads", "cars", "facts"].map((id) =>
      testDag(id, [notingTask(`${id}_a`, tries), notingTask(`${id}_b`, tries)], {
        waitsFor: id === "facts" ? [{ dag: "leads" }, { dag: "cars" }] : [],
      })
    );
    const start = Temporal.ZonedDateTime.from("2026-05-03T05:00[Asia/Dubai]");
    let day = 0;
    const schedulers = ["etl-1.1.aaaaaa", "etl-2.2.bbbbbb"].map((id) =>
      schedulerAt("05:00", warehouse, dags, {
        worker: fakeWorker(id),
        now: () => Promise.resolve(start.add({ days: day }).toInstant()),
        sleep: (_ms, signal) => sleep(1, signal),
      })
    );
    for (day = 0; day < 10; day++) await Promise.all(schedulers.map(live));

    assert.equal(tries.length, 10 * 6);
    const rows = await warehouse.sql`
    select logical_date, task_id from ops.run_log
    group by logical_date, task_id having count(*) > 1 or min(status) <> 'success'
  `;
    assert.deepEqual([...rows], []);
  },
);

/** The run log with the reasons of its ends, in the order of attempts. */
async function listReasons({ sql }: Warehouse): Promise<unknown[]> {
  const rows = await sql`
    select dag_id, task_id, attempt, status, reason
    from ops.run_log
    order by dag_id, task_id, attempt
  `;
  return rows.map((row) => [`${row.dag_id}.${row.task_id}`, row.attempt, row.status, row.reason]);
}

import assert from "node:assert/strict";
import {
  beatClaims,
  type Claim,
  ClaimLostError,
  claimTasks,
  failClaim,
  freeDeadClaims,
  retryClaim,
  startClaim,
  succeedClaim,
} from "../../../lib/run_log/claims.ts";
import { readTaskStates, type TaskState } from "../../../lib/run_log/task_states.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { DATE, fakeWorker, listRuns, toClaim } from "../../support/runs.ts";
import { testOnBothWarehouses, testOnServer, withEmbedded } from "../../support/warehouses.ts";

const HERE = "etl-1.42.abcdef";
const OTHER = "etl-2.77.fedcba";

function runOf(worker: string) {
  return { runId: crypto.randomUUID(), dagId: "leads", logicalDate: DATE, worker };
}

/** Claims one task of the DAG leads; throws when it is refused. */
async function claimOne(warehouse: Warehouse, taskId: string, worker = HERE): Promise<Claim> {
  const [claim] = await claimTasks(warehouse, runOf(worker), toClaim(taskId), [taskId]) ?? [];
  if (!claim) throw new Error(`Expected a claim on ${taskId}`);
  return claim;
}

function withoutClock(state: TaskState): Partial<TaskState> {
  const {
    started_at: _started,
    finished_at: _finished,
    first_started_at: _first,
    heartbeat_at: _beat,
    succeeded_at: _succeeded,
    silent_s: _silent,
    ...rest
  } = state;
  return rest;
}

testOnBothWarehouses("claimTasks() claims all tasks of a DAG or none", async (warehouse) => {
  const claims = await claimTasks(warehouse, runOf(HERE), toClaim("extract", "load"), [
    "extract",
    "load",
  ]);
  assert.deepEqual(claims?.map(({ taskId, attempt }) => [taskId, attempt]), [
    ["extract", 1],
    ["load", 1],
  ]);
  assert.equal(await claimTasks(warehouse, runOf(OTHER), toClaim("check", "load"), []), null);
  assert.deepEqual(await listRuns(warehouse), [
    ["leads.extract", 1, "waiting", null],
    ["leads.load", 1, "waiting", null],
  ]);
});

testOnBothWarehouses(
  "claimTasks() refuses a task that has succeeded meanwhile",
  async (warehouse) => {
    const claim = await claimOne(warehouse, "load");
    await startClaim(warehouse.sql, claim);
    await warehouse.sql.begin((tx) => succeedClaim(tx, claim, { metrics: {} }));
    assert.equal(await claimTasks(warehouse, runOf(OTHER), toClaim("load"), ["load"]), null);
    const forced = await claimTasks(warehouse, runOf(OTHER), toClaim("load"), []);
    assert.equal(forced?.[0]?.attempt, 2);
  },
);

testOnBothWarehouses("claimTasks() keeps dates apart", async (warehouse) => {
  await claimOne(warehouse, "load");
  const next = { ...runOf(OTHER), logicalDate: "2026-05-04" };
  assert.equal((await claimTasks(warehouse, next, toClaim("load"), ["load"]))?.length, 1);
});

testOnServer("claimTasks() gives a task to one of many workers at a time", async (warehouse) => {
  const results = await Promise.all(
    Array.from(
      { length: 20 },
      (_, i) =>
        claimTasks(warehouse, runOf(`etl-${i}.1.abcdef`), toClaim("extract", "load"), [
          "extract",
          "load",
        ]),
    ),
  );
  assert.equal(results.filter((claims) => claims !== null).length, 1);
  assert.equal((await listRuns(warehouse)).length, 2);
});

testOnBothWarehouses(
  "succeedClaim() writes the counts and metrics of the task",
  async (warehouse) => {
    const claim = await claimOne(warehouse, "load");
    await startClaim(warehouse.sql, claim);
    const result = {
      rowsRead: 43,
      rowsWritten: 42,
      metrics: { landed: 42, newest: null, path: "a" },
    };
    await warehouse.sql.begin((tx) => succeedClaim(tx, claim, result));
    const [state] = await readTaskStates(warehouse.sql, DATE);
    assert.ok(state?.started_at instanceof Date);
    assert.deepEqual(withoutClock(state), {
      run_id: claim.runId,
      attempts: 1,
      waits_for: [],
      newer_upstream: null,
      is_stale: false,
      cancel_requested_at: null,
      newer_upstream_at: null,
      logical_date: DATE,
      dag_id: "leads",
      task_id: "load",
      attempt: 1,
      status: "success",
      reason: null,
      worker: HERE,
      error: null,
      worker_deaths: 0,
      rows_read: 43,
      rows_written: 42,
      metrics: { landed: 42, newest: null, path: "a" },
      has_success: true,
    });
  },
);

testOnBothWarehouses(
  "succeedClaim() rolls the task back when its claim was lost",
  async (warehouse) => {
    const claim = await claimOne(warehouse, "load");
    await startClaim(warehouse.sql, claim);
    await warehouse.sql`
    update ops.run_log set status = 'failed', finished_at = now(), error = 'freed by another'
  `;
    const late = warehouse.sql.begin(async (tx) => {
      await tx`update ops.watermark set settings = 'written too late'`;
      await succeedClaim(tx, claim, { metrics: {} });
    });
    await assert.rejects(late, {
      name: "ClaimLostError",
      message:
        `Cannot go on with leads.load of 2026-05-03: attempt 1 is no longer held by ${HERE}: ` +
        "its result was rolled back, and the worker that holds it now goes on",
    });
    const [row] = await warehouse.sql`select count(settings) as written from ops.watermark`;
    assert.deepEqual(row, { written: 0 });
  },
);

testOnBothWarehouses("startClaim() refuses a claim that is not waiting", async (warehouse) => {
  const claim = await claimOne(warehouse, "load");
  await startClaim(warehouse.sql, claim);
  await assert.rejects(startClaim(warehouse.sql, claim), ClaimLostError);
});

testOnBothWarehouses(
  "retryClaim() keeps the failed attempt and holds the next",
  async (warehouse) => {
    const claim = await claimOne(warehouse, "load");
    await startClaim(warehouse.sql, claim);
    const next = await retryClaim(warehouse, claim, {
      status: "failed",
      reason: "error",
      error: new Error("429 for omar@example.ae"),
    });
    assert.deepEqual(next, { ...claim, attempt: 2 });
    assert.deepEqual(await listRuns(warehouse), [
      ["leads.load", 1, "failed", "429 for [e-mail]"],
      ["leads.load", 2, "waiting", null],
    ]);
  },
);

testOnBothWarehouses(
  "readTaskStates() shows the latest attempt beside an old success",
  async (warehouse) => {
    const first = await claimOne(warehouse, "load");
    await warehouse.sql.begin((tx) => succeedClaim(tx, first, { rowsRead: 7, metrics: { a: 1 } }));
    const [second] = await claimTasks(warehouse, runOf(OTHER), toClaim("load"), []) ?? [];
    assert.ok(second);
    await failClaim(warehouse.sql, second, {
      status: "failed",
      reason: "error",
      error: "no network",
    });
    const [state] = await readTaskStates(warehouse.sql, DATE);
    assert.deepEqual(
      [state?.attempt, state?.status, state?.error, state?.has_success, state?.rows_read],
      [2, "failed", "no network", true, 7],
    );
    assert.deepEqual(state?.metrics, { a: 1 });
  },
);

testOnBothWarehouses("beatClaims() gives the tasks that the run still holds", async (warehouse) => {
  const run = runOf(HERE);
  const claims = await claimTasks(warehouse, run, toClaim("extract", "load"), []) ?? [];
  const [extract] = claims;
  assert.ok(extract);
  await failClaim(warehouse.sql, extract, {
    status: "failed",
    reason: "error",
    error: "no network",
  });
  assert.deepEqual(await beatClaims(warehouse.sql, run.runId, HERE), [
    { task_id: "load", is_cancelled: false },
  ]);
  assert.deepEqual(await beatClaims(warehouse.sql, run.runId, OTHER), []);
});

testOnServer("freeDeadClaims() leaves a worker of another machine its 30 s", async (warehouse) => {
  await claimOne(warehouse, "load", OTHER);
  await warehouse.sql`update ops.run_log set heartbeat_at = now() - interval '25 s'`;
  assert.deepEqual(await freeDeadClaims(warehouse, fakeWorker(HERE)), []);
  await warehouse.sql`update ops.run_log set heartbeat_at = now() - interval '31 s'`;
  assert.deepEqual(await freeDeadClaims(warehouse, fakeWorker(HERE)), ["leads.load"]);
  assert.deepEqual(await listRuns(warehouse), [
    ["leads.load", 1, "failed", `the worker ${OTHER} has given no sign of life`],
  ]);
});

testOnServer("freeDeadClaims() frees a dead process of this machine at once", async (warehouse) => {
  await claimOne(warehouse, "load", OTHER);
  assert.deepEqual(await freeDeadClaims(warehouse, fakeWorker(HERE, [OTHER])), ["leads.load"]);
  assert.deepEqual(await listRuns(warehouse), [
    ["leads.load", 1, "failed", `the worker ${OTHER} died before the task had finished`],
  ]);
  assert.equal((await claimOne(warehouse, "load")).attempt, 2);
});

testOnServer(
  "freeDeadClaims() frees of its own claims only those of runs that are over",
  async (warehouse) => {
    const { runId } = await claimOne(warehouse, "load");
    await warehouse.sql`update ops.run_log set heartbeat_at = now() - interval '1 day'`;
    const worker = fakeWorker(HERE, [HERE]);
    worker.liveRuns.add(runId);
    assert.deepEqual(await freeDeadClaims(warehouse, worker), []);
    worker.liveRuns.delete(runId);
    assert.deepEqual(await freeDeadClaims(warehouse, worker), ["leads.load"]);
    assert.deepEqual(await listRuns(warehouse), [
      [
        "leads.load",
        1,
        "failed",
        `the worker ${HERE} lost the warehouse before the task had finished`,
      ],
    ]);
  },
);

Deno.test("freeDeadClaims() takes every other worker for dead on the embedded warehouse", () =>
  withEmbedded(async (warehouse) => {
    await claimOne(warehouse, "load", OTHER);
    assert.deepEqual(await freeDeadClaims(warehouse, fakeWorker(HERE)), ["leads.load"]);
  }));

import assert from "node:assert/strict";
import { type Claim, claimTasks, failClaim, startClaim } from "../../../lib/run_log/claims.ts";
import { cancelRun } from "../../../pipeline/runs/cancel.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { DATE, listRuns, notingTask, testDag, toClaim } from "../../support/runs.ts";
import { testOnServer } from "../../support/warehouses.ts";

const DAY = Temporal.PlainDate.from(DATE);
const OTHER = "etl-2.77.fedcba";
const LEADS = testDag("leads", [notingTask("extract", []), notingTask("load", [])]);

/** Lets another worker run the first task of LEADS. */
async function startElsewhere(warehouse: Warehouse): Promise<readonly Claim[]> {
  const run = { runId: crypto.randomUUID(), dagId: "leads", logicalDate: DATE, worker: OTHER };
  const claims = await claimTasks(warehouse, run, toClaim("extract", "load"), []) ?? [];
  const [first] = claims;
  assert.ok(first);
  await startClaim(warehouse.sql, first);
  return claims;
}

/** Cancels LEADS; `dead` are workers known to have ended, `wait` is what happens instead of a second. */
async function cancel(
  warehouse: Warehouse,
  { dead = [], wait = () => Promise.resolve() }: {
    readonly dead?: readonly string[];
    readonly wait?: () => Promise<void>;
  },
) {
  const told: string[] = [];
  const count = await cancelRun(LEADS, DAY, {
    warehouse,
    isDead: (id) => dead.includes(id),
    signal: new AbortController().signal,
    sleep: wait,
    tell: (text) => told.push(text),
  });
  return { count, told };
}

testOnServer("cancelRun() asks, waits, and tells how each attempt ended", async (warehouse) => {
  const [extract, load] = await startElsewhere(warehouse);
  assert.ok(extract && load);
  let waits = 0;
  const seen: unknown[] = [];
  const wait = async () => {
    const rows = await warehouse.sql`
      select cancel_requested_at is not null as is_asked from ops.run_log order by task_id
    `;
    seen.push(rows.map((row) => row.is_asked));
    // The worker hears of it after 12 s.
    if (++waits < 12) return;
    await failClaim(warehouse.sql, extract, {
      status: "failed",
      reason: "cancelled",
      error: "cancelled by a person",
    });
    await failClaim(warehouse.sql, load, {
      status: "upstream_failed",
      reason: "upstream",
      error: "leads.extract failed",
    });
  };
  const { count, told } = await cancel(warehouse, { wait });
  assert.equal(count, 2);
  assert.deepEqual([waits, seen[0]], [12, [true, true]]);
  assert.deepEqual(told.map((line) => line.replace(/\d+ s ago/, "N s ago")), [
    `Asked for the end of leads of 2026-05-03, which ${OTHER} is on`,
    "Waiting for extract: the worker gave a sign of life N s ago",
    "extract, attempt 1: failed: cancelled by a person",
    "load, attempt 1: upstream failed: leads.extract failed",
  ]);
});

testOnServer("cancelRun() frees what a dead process of this machine holds", async (warehouse) => {
  await startElsewhere(warehouse);
  const { told } = await cancel(warehouse, { dead: [OTHER] });
  const error = `cancelled after the worker ${OTHER} had died`;
  assert.deepEqual(told.slice(1), [
    `extract, attempt 1: failed: ${error}`,
    `load, attempt 1: failed: ${error}`,
  ]);
  assert.deepEqual(await listRuns(warehouse), [
    ["leads.extract", 1, "failed", error],
    ["leads.load", 1, "failed", error],
  ]);
  const reasons = await warehouse.sql`select distinct reason from ops.run_log`.values();
  assert.deepEqual([...reasons], [["cancelled"]]);
});

testOnServer(
  "cancelRun() frees what a silent worker holds, after 30 s of silence",
  async (warehouse) => {
    await startElsewhere(warehouse);
    let waits = 0;
    const wait = async () => {
      await warehouse.sql`
      update ops.run_log set heartbeat_at = now() - ${19 + 5 * ++waits} * interval '1 s'
    `;
    };
    const { count } = await cancel(warehouse, { wait });
    assert.deepEqual([count, waits], [2, 3]);
  },
);

testOnServer("cancelRun() touches nothing but the run that was named", async (warehouse) => {
  await startElsewhere(warehouse);
  const other = { runId: crypto.randomUUID(), dagId: "cars", logicalDate: DATE, worker: OTHER };
  await claimTasks(warehouse, other, toClaim("extract"), []);
  await claimTasks(
    warehouse,
    { ...other, dagId: "leads", logicalDate: "2026-05-04" },
    toClaim("load"),
    [],
  );
  await cancel(warehouse, { dead: [OTHER] });
  const rows = await warehouse.sql`
    select dag_id, logical_date from ops.run_log
    where status = 'waiting' and cancel_requested_at is null
    order by dag_id
  `.values();
  assert.deepEqual([...rows], [["cars", DATE], ["leads", "2026-05-04"]]);
});

testOnServer("cancelRun() has nothing to do when nothing is under way", async (warehouse) => {
  assert.deepEqual(await cancel(warehouse, {}), { count: 0, told: [] });
});

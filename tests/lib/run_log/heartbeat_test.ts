import assert from "node:assert/strict";
import { endReasonOf } from "../../../lib/dag/end_reason.ts";
import { startHeartbeat } from "../../../lib/run_log/heartbeat.ts";
import { claimTasks, failClaim } from "../../../lib/run_log/claims.ts";
import { DATE, toClaim } from "../../support/runs.ts";
import { testOnServer, withEmbedded } from "../../support/warehouses.ts";

const WORKER = "etl-1.42.abcdef";
const RUN = { runId: crypto.randomUUID(), worker: WORKER };

testOnServer("startHeartbeat() aborts when a person cancels the run", async (warehouse) => {
  const run = { ...RUN, dagId: "leads", logicalDate: DATE };
  await claimTasks(warehouse, run, toClaim("extract", "load"), []);
  await using heartbeat = startHeartbeat(warehouse, RUN, 5);
  const cancelled = new Promise((resolve) => heartbeat.signal.addEventListener("abort", resolve));
  await warehouse.sql`
    update ops.run_log set cancel_requested_at = now() where run_log.task_id = 'load'
  `;
  await cancelled;
  assert.equal(endReasonOf(heartbeat.signal.reason), "cancelled");
});

testOnServer("startHeartbeat() aborts when the watched claim is gone", async (warehouse) => {
  const run = { ...RUN, dagId: "leads", logicalDate: DATE };
  const [claim] = await claimTasks(warehouse, run, toClaim("load"), []) ?? [];
  assert.ok(claim);
  await warehouse.sql`update ops.run_log set heartbeat_at = now() - interval '1 day'`;
  await using heartbeat = startHeartbeat(warehouse, RUN, 5);
  heartbeat.watch("load");
  // As often as it takes until a beat has come.
  for (let isFresh = false; !isFresh;) {
    const [row] = await warehouse.sql`
      select heartbeat_at > now() - interval '1 minute' as is_fresh from ops.run_log
    `;
    isFresh = row?.is_fresh === true;
  }
  assert.equal(heartbeat.signal.aborted, false);
  const lost = new Promise((resolve) => heartbeat.signal.addEventListener("abort", resolve));
  await failClaim(warehouse.sql, claim, {
    status: "failed",
    reason: "error",
    error: "no sign of life",
  });
  await lost;
  assert.equal(heartbeat.signal.reason.message, "The claim on load was lost to another worker");
});

Deno.test("startHeartbeat() keeps off the one connection of the embedded warehouse", () =>
  withEmbedded((warehouse) => {
    // Its timer would still be running at the end of the test, which Deno reports.
    startHeartbeat(warehouse, RUN, 5).watch("load");
    return Promise.resolve();
  }));

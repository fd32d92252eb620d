import assert from "node:assert/strict";
import { createSchedulerState } from "../../../../pipeline/scheduler/metrics/scheduler_state.ts";

Deno.test("createSchedulerState() knows how long ago the last heartbeat was", () => {
  let nowMs = 5_000;
  const state = createSchedulerState(() => nowMs);
  assert.equal(state.heartbeatAgeS, null);
  state.beat();
  nowMs = 65_250;
  assert.equal(state.heartbeatAgeS, 60.25);
  state.beat();
  assert.equal(state.heartbeatAgeS, 0);
});

Deno.test("createSchedulerState() counts tasks from their first progress to their end", () => {
  const state = createSchedulerState();
  state.report("leads", "extract", "");
  state.report("leads", "extract", "250 leads");
  state.report("cars", "extract", "");
  assert.equal(state.runningTasks, 2);
  state.report("leads", "extract", null);
  state.report("leads", "extract", null);
  assert.equal(state.runningTasks, 1);
});

import assert from "node:assert/strict";
import type { Attempt } from "../../../lib/run_log/attempts.ts";
import { dagRunOf } from "../../../lib/run_log/dag_run.ts";
import { attemptOf } from "../../support/attempts.ts";
import { stateOf, statesOf } from "../../support/task_states.ts";
import { DATE, notingTask, testDag } from "../../support/runs.ts";

const LEADS = testDag("leads", [notingTask("extract", []), notingTask("load", [])]);

function statusOf(...attempts: Attempt[]): string {
  return dagRunOf(LEADS, DATE, statesOf(attempts)).status;
}

function extract(status: Attempt["status"], changes: Partial<Attempt> = {}): Attempt {
  return attemptOf("leads", "extract", { status, ...changes });
}

function load(status: Attempt["status"], changes: Partial<Attempt> = {}): Attempt {
  return attemptOf("leads", "load", { status, ...changes });
}

Deno.test("dagRunOf() is a success when every task has one", () => {
  assert.equal(statusOf(extract("success"), load("success")), "success");
  assert.equal(statusOf(extract("success")), "partly");
  assert.equal(statusOf(), "none");
});

Deno.test("dagRunOf() looks at attempts of its DAG and date alone", () => {
  const others = [
    attemptOf("cars", "extract"),
    load("success", { logical_date: "2026-05-04" }),
    attemptOf("leads", "merge"),
  ];
  assert.equal(statusOf(...others), "none");
});

Deno.test("dagRunOf() shows what is under way before all else", () => {
  assert.equal(statusOf(extract("running"), load("waiting")), "running");
  assert.equal(statusOf(extract("success"), load("waiting")), "waiting");
  const forced = load("waiting", { attempt: 2 });
  assert.equal(statusOf(extract("success"), load("success"), forced), "waiting");
});

Deno.test("dagRunOf() names a failed task before those that it kept from running", () => {
  assert.equal(statusOf(extract("failed"), load("upstream_failed")), "failed");
  assert.equal(statusOf(extract("upstream_failed"), load("upstream_failed")), "upstream_failed");
  assert.equal(statusOf(extract("success"), load("skipped")), "skipped");
});

Deno.test("dagRunOf() is failed when a further run of it fails, and still has its success", () => {
  const again = load("failed", { attempt: 2, reason: "error" });
  const run = dagRunOf(LEADS, DATE, statesOf([extract("success"), load("success"), again]));
  assert.deepEqual([run.status, run.hasSuccess, run.isOpen], ["failed", true, false]);
});

Deno.test("dagRunOf() is stale when one of its successes is", () => {
  const states = [
    stateOf("leads", "extract"),
    stateOf("leads", "load", { has_success: true, is_stale: true }),
  ];
  const run = dagRunOf(LEADS, DATE, states);
  assert.deepEqual([run.status, run.hasSuccess, run.isOpen], ["stale", true, true]);
});

Deno.test("dagRunOf() takes no success for one that a person has marked as failed after it", () => {
  const mark = load("failed", { attempt: 2, reason: "marked" });
  assert.equal(statusOf(extract("success"), load("success"), mark), "failed");
  const better = load("success", { attempt: 3 });
  assert.equal(statusOf(extract("success"), better, mark, load("success")), "success");
});

Deno.test("dagRunOf() gives the tasks in the DAG's order, also those that nobody has tried", () => {
  const { tasks } = dagRunOf(LEADS, DATE, [stateOf("leads", "load")]);
  assert.deepEqual(tasks.map(({ taskId, state }) => [taskId, state?.status ?? null]), [
    ["extract", null],
    ["load", "success"],
  ]);
});

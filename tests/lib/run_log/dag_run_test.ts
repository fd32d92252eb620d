import assert from "node:assert/strict";
import type { Attempt } from "../../../lib/run_log/attempts.ts";
import { dagRunOf } from "../../../lib/run_log/dag_run.ts";
import { attemptOf } from "../../support/attempts.ts";
import { DATE, notingTask, testDag } from "../../support/runs.ts";

const LEADS = testDag("leads", [notingTask("extract", []), notingTask("load", [])]);

function statusOf(...attempts: Attempt[]): string {
  return dagRunOf(LEADS, DATE, attempts).status;
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

Deno.test("dagRunOf() stays a success when a further run of it fails", () => {
  const again = load("failed", { attempt: 2, reason: "error" });
  assert.equal(statusOf(extract("success"), load("success"), again), "success");
});

Deno.test("dagRunOf() takes no success for one that a person has marked as failed after it", () => {
  const mark = load("failed", { attempt: 2, reason: "marked" });
  assert.equal(statusOf(extract("success"), load("success"), mark), "failed");
  const better = load("success", { attempt: 3 });
  assert.equal(statusOf(extract("success"), better, mark, load("success")), "success");
});

Deno.test("dagRunOf() keeps the attempts of each task in their order", () => {
  const { tasks } = dagRunOf(LEADS, DATE, [
    load("success"),
    extract("success", { attempt: 2 }),
    extract("failed"),
  ]);
  assert.deepEqual(
    tasks.map(({ taskId, attempts, latest, hasSuccess }) => [
      taskId,
      attempts.map(({ attempt }) => attempt),
      latest?.attempt,
      hasSuccess,
    ]),
    [["extract", [1, 2], 2, true], ["load", [1], 1, true]],
  );
});

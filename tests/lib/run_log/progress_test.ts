import assert from "node:assert/strict";
import type { Dag } from "../../../lib/dag/dag.ts";
import {
  dagRunOf,
  MOST_WORKER_DEATHS,
  type Progress,
  progressOf,
} from "../../../lib/run_log/dag_run.ts";
import type { TaskState } from "../../../lib/run_log/task_states.ts";
import { DATE, testDag } from "../../support/runs.ts";
import { stateOf } from "../../support/task_states.ts";

const task = (id: string) => ({ id, write: () => Promise.resolve({ metrics: {} }) });
const leads: Dag = testDag("leads", [task("extract"), task("load")]);

const extracted = stateOf("leads", "extract");
const failed = (changes: Partial<TaskState>) =>
  stateOf("leads", "load", { status: "failed", ...changes });

const LATER = new Date("2026-05-03T02:00:00Z");
const stale = (changes: Partial<TaskState>) =>
  stateOf("leads", "load", {
    has_success: true,
    is_stale: true,
    newer_upstream: "cars.load",
    newer_upstream_at: new Date("2026-05-03T01:00:00Z"),
    ...changes,
  });

const CASES: readonly (readonly [string, readonly TaskState[], Progress])[] = [
  ["nothing is known", [], "untouched"],
  ["only another DAG is known", [stateOf("cars", "load")], "untouched"],
  ["a task runs", [extracted, failed({ status: "running" })], "active"],
  ["a task waits", [extracted, failed({ status: "waiting" })], "active"],
  ["a task that has succeeded runs again", [
    extracted,
    failed({ status: "running", has_success: true }),
  ], "active"],
  ["every task has succeeded", [extracted, stateOf("leads", "load")], "success"],
  ["a forced run after a success failed", [extracted, failed({ has_success: true })], "success"],
  ["an upstream has succeeded again since", [extracted, stale({})], "stale"],
  [
    "a run that failed before its upstream succeeded again is stale",
    [extracted, stale({ status: "failed", reason: "error" })],
    "stale",
  ],
  [
    "a run that was to refresh a stale one failed",
    [extracted, stale({ status: "failed", reason: "error", started_at: LATER })],
    "failed",
  ],
  [
    "a run that was to refresh a stale one was cut off",
    [extracted, stale({ status: "failed", reason: "stopped", started_at: LATER })],
    "cut off",
  ],
  ["a stale one is being run", [extracted, stale({ status: "running" })], "active"],
  ["a task has failed", [extracted, failed({ reason: "error" })], "failed"],
  ["a task failed before reasons were noted", [extracted, failed({})], "failed"],
  ["a task was too slow", [extracted, failed({ reason: "budget" })], "failed"],
  ["a person cancelled it", [extracted, failed({ reason: "cancelled" })], "failed"],
  ["a person marked it", [extracted, failed({ reason: "marked" })], "failed"],
  ["its worker died", [extracted, failed({ reason: "worker_died" })], "cut off"],
  ["its worker was stopped", [extracted, failed({ reason: "stopped" })], "cut off"],
  [
    "its workers died too often",
    [extracted, failed({ reason: "worker_died", worker_deaths: MOST_WORKER_DEATHS })],
    "failed",
  ],
  ["one of its tasks is new", [extracted], "cut off"],
  [
    "its upstream failed",
    [
      stateOf("leads", "extract", { status: "upstream_failed", reason: "upstream" }),
      failed({ status: "upstream_failed", reason: "upstream" }),
    ],
    "refused",
  ],
  [
    "its upstream never came",
    [
      stateOf("leads", "extract", { status: "failed", reason: "wait_timeout" }),
      failed({ reason: "wait_timeout" }),
    ],
    "refused",
  ],
  [
    "its first task failed and the second could not run",
    [
      stateOf("leads", "extract", { status: "failed", reason: "error" }),
      failed({ status: "upstream_failed", reason: "upstream" }),
    ],
    "failed",
  ],
  [
    "its first task was cut off and the second could not run",
    [
      stateOf("leads", "extract", { status: "failed", reason: "stopped" }),
      failed({ status: "upstream_failed", reason: "upstream" }),
    ],
    "cut off",
  ],
];

for (const [when, states, expected] of CASES) {
  Deno.test(`progressOf() is "${expected}" when ${when}`, () => {
    assert.equal(progressOf(dagRunOf(leads, DATE, states)), expected);
  });
}

import assert from "node:assert/strict";
import type { DagStatus } from "../../../lib/dag/outcome.ts";
import { exitCodeOfRetry } from "../../../pipeline/runs/retry.ts";

function codeOf(...statuses: DagStatus[]): number {
  return exitCodeOfRetry(
    statuses.map((status) => ({ dagId: "leads", status, message: null, tasks: [] })),
  );
}

Deno.test("exitCodeOfRetry() is what all DAGs that are not done agree on", () => {
  assert.equal(codeOf("success", "done"), 0);
  assert.equal(codeOf("not_ready"), 3);
  assert.equal(codeOf("success", "upstream_failed", "not_ready"), 3);
  assert.equal(codeOf("already_running"), 4);
  assert.equal(codeOf("failed"), 1);
});

Deno.test("exitCodeOfRetry() tells a failure from what follows from it", () => {
  assert.equal(codeOf("failed", "upstream_failed"), 1);
  assert.equal(codeOf("already_running", "not_ready"), 4);
});

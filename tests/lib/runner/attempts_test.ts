import assert from "node:assert/strict";
import { reset } from "@logtape/logtape";
import { runDag } from "../../../lib/runner/runner.ts";
import { configureLogging } from "../../../lib/log/logging.ts";
import { retryDelayMs } from "../../../lib/runner/attempts.ts";
import { TransientError } from "../../../lib/transient_error.ts";
import { temporaryFolder } from "../../support/folders.ts";
import { listNotes, listRuns, notingTask, runOptions, testDag } from "../../support/runs.ts";
import { testOnBothWarehouses, testOnServer } from "../../support/warehouses.ts";

/** A prepare that fails so many times before it goes well. */
function failing(times: number, error: () => Error): () => Promise<void> {
  let left = times;
  return () => left-- > 0 ? Promise.reject(error()) : Promise.resolve();
}

Deno.test("retryDelayMs() doubles with each try and stays within a quarter", () => {
  assert.deepEqual([0, 1, 2, 3].map((tries) => retryDelayMs(60_000, tries, 0.5)), [
    60_000,
    120_000,
    240_000,
    480_000,
  ]);
  assert.equal(retryDelayMs(60_000, 1, 0), 90_000);
  assert.equal(retryDelayMs(60_000, 1, 1), 150_000);
});

testOnBothWarehouses("runTask() tries again what can get better", async (warehouse) => {
  const tries: string[] = [];
  const prepare = failing(2, () => new TransientError("amoCRM answered 429"));
  const options = runOptions(warehouse);
  const dag = testDag("leads", [notingTask("extract", tries, { retries: 2, prepare })]);
  assert.equal((await runDag(dag, options)).status, "success");
  assert.deepEqual(options.waits, [60_000, 120_000]);
  assert.deepEqual(await listRuns(warehouse), [
    ["leads.extract", 1, "failed", "amoCRM answered 429"],
    ["leads.extract", 2, "failed", "amoCRM answered 429"],
    ["leads.extract", 3, "success", null],
  ]);
  assert.deepEqual(await listNotes(warehouse), ["extract"]);
});

testOnBothWarehouses("runTask() fails after the last retry", async (warehouse) => {
  const prepare = failing(9, () => new TransientError("amoCRM answered 429"));
  const options = runOptions(warehouse);
  const dag = testDag("leads", [notingTask("extract", [], { retries: 1, prepare })]);
  const outcome = await runDag(dag, options);
  assert.equal(outcome.tasks[0]?.error, "amoCRM answered 429");
  assert.deepEqual(options.waits, [60_000]);
  assert.deepEqual(await listRuns(warehouse), [
    ["leads.extract", 1, "failed", "amoCRM answered 429"],
    ["leads.extract", 2, "failed", "amoCRM answered 429"],
  ]);
});

testOnBothWarehouses(
  "runTask() fails at once when trying again is of no use",
  async (warehouse) => {
    const prepare = failing(1, () => new Error("amoCRM answered 401: check AMO_TOKEN"));
    const options = runOptions(warehouse);
    await runDag(testDag("leads", [notingTask("extract", [], { retries: 2, prepare })]), options);
    assert.deepEqual(options.waits, []);
    assert.deepEqual(await listRuns(warehouse), [
      ["leads.extract", 1, "failed", "amoCRM answered 401: check AMO_TOKEN"],
    ]);
  },
);

testOnBothWarehouses("runTask() does not try again once it was told to stop", async (warehouse) => {
  const stop = new AbortController();
  const options = {
    ...runOptions(warehouse),
    signal: stop.signal,
    sleep: () => {
      stop.abort(new Error("stopped by SIGTERM"));
      return Promise.reject(stop.signal.reason);
    },
  };
  const prepare = failing(9, () => new TransientError("amoCRM answered 429"));
  const outcome = await runDag(
    testDag("leads", [notingTask("extract", [], { retries: 2, prepare })]),
    options,
  );
  assert.equal(outcome.status, "failed");
  assert.deepEqual(await listRuns(warehouse), [
    ["leads.extract", 1, "failed", "amoCRM answered 429"],
    ["leads.extract", 2, "failed", "stopped by SIGTERM"],
  ]);
});

testOnBothWarehouses("runTask() leaves work that ignores the signal", async (warehouse) => {
  const stop = new AbortController();
  const task = notingTask("extract", [], {
    prepare: () => {
      stop.abort(new Error("stopped by SIGTERM"));
      return new Promise(() => {});
    },
  });
  const options = runOptions(warehouse, { signal: stop.signal });
  const outcome = await runDag(testDag("leads", [task, notingTask("load", [])]), options);
  assert.deepEqual(outcome.tasks.map(({ status, error }) => [status, error]), [
    ["failed", "stopped by SIGTERM"],
    ["upstream_failed", "leads.extract of 2026-05-03 failed"],
  ]);
  assert.deepEqual(await listNotes(warehouse), []);
});

testOnServer(
  "runTask() cancels a query that is over its budget, and tries again",
  async (warehouse) => {
    const seconds = [60, 0];
    const task = notingTask("merge", []);
    const slowAtFirst = {
      ...task,
      retries: 1,
      // Enough for the second try on a busy machine too.
      budgetMinutes: 0.05,
      write: async (...[tx, context, prepared]: Parameters<NonNullable<typeof task.write>>) => {
        const result = await task.write?.(tx, context, prepared);
        await tx`select pg_sleep(${seconds.shift() ?? 0})`;
        return result ?? { metrics: {} };
      },
    };
    const startedMs = performance.now();
    const outcome = await runDag(testDag("leads", [slowAtFirst]), runOptions(warehouse));
    assert.ok(performance.now() - startedMs < 30_000);
    assert.equal(outcome.status, "success");
    const text = "merge took longer than its budget of 0.05 minutes";
    assert.deepEqual(await listRuns(warehouse), [
      ["leads.merge", 1, "failed", text],
      ["leads.merge", 2, "success", null],
    ]);
    assert.deepEqual(await listNotes(warehouse), ["merge"]);
  },
);

testOnServer("runTask() cancels the query when it is told to stop", async (warehouse) => {
  const stop = new AbortController();
  const task = {
    id: "merge",
    retries: 3,
    write: async (...[tx]: Parameters<NonNullable<ReturnType<typeof notingTask>["write"]>>) => {
      const sleeping = tx`select pg_sleep(60)`.execute();
      // A second connection sees the query run, then the stop comes.
      while (true) {
        const [row] = await warehouse.sql`
          select count(*) as running from pg_stat_activity
          where query like 'select pg_sleep%' and state = 'active' and datname = current_database()
        `;
        if (row?.running === 1) break;
      }
      stop.abort(new Error("stopped by SIGTERM"));
      await sleeping;
      return { metrics: {} };
    },
  };
  const options = runOptions(warehouse, { signal: stop.signal });
  await runDag(testDag("leads", [task]), options);
  assert.deepEqual(await listRuns(warehouse), [["leads.merge", 1, "failed", "stopped by SIGTERM"]]);
});

testOnServer("runTask() tries again when its connection was cut", async (warehouse) => {
  let cuts = 1;
  const task = notingTask("merge", []);
  const cutAtFirst = {
    ...task,
    retries: 1,
    write: async (...[tx, context, prepared]: Parameters<NonNullable<typeof task.write>>) => {
      const result = await task.write?.(tx, context, prepared);
      if (cuts-- > 0) {
        const [row] = await tx`select pg_backend_pid() as pid`;
        await warehouse.sql`select pg_terminate_backend(${Number(row?.pid)})`;
        await tx`select 1`;
      }
      return result ?? { metrics: {} };
    },
  };
  const outcome = await runDag(testDag("leads", [cutAtFirst]), runOptions(warehouse));
  assert.equal(outcome.status, "success");
  assert.deepEqual(await listNotes(warehouse), ["merge"]);
});

testOnServer("runTask() writes nothing once its claim was freed by another", async (warehouse) => {
  const task = notingTask("merge", []);
  const robbed = {
    ...task,
    write: async (...[tx, context, prepared]: Parameters<NonNullable<typeof task.write>>) => {
      const result = await task.write?.(tx, context, prepared);
      await warehouse.sql`
        update ops.run_log
        set status = 'failed', finished_at = now(), error = 'no sign of life'
      `;
      return result ?? { metrics: {} };
    },
  };
  const outcome = await runDag(testDag("leads", [robbed]), runOptions(warehouse));
  assert.equal(
    outcome.tasks[0]?.error,
    "Cannot go on with leads.merge of 2026-05-03: attempt 1 is no longer held by etl-1.42.abcdef: " +
      "its result was rolled back, and the worker that holds it now goes on",
  );
  assert.deepEqual(await listRuns(warehouse), [["leads.merge", 1, "failed", "no sign of life"]]);
  assert.deepEqual(await listNotes(warehouse), []);
});

testOnBothWarehouses(
  "runTask() keeps what was committed when the cleaning up fails",
  async (warehouse) => {
    const afterCommit = () => Promise.reject(new Error("no such snapshot"));
    const dag = testDag("leads", [notingTask("load", [], { afterCommit })]);
    assert.equal((await runDag(dag, runOptions(warehouse))).status, "success");
    assert.deepEqual(await listNotes(warehouse), ["load"]);
  },
);

testOnBothWarehouses("runTask() refuses a task that returns no metrics", async (warehouse) => {
  const dag = testDag("leads", [{ id: "extract", prepare: () => Promise.resolve([1, 2]) }]);
  const outcome = await runDag(dag, runOptions(warehouse));
  assert.equal(
    outcome.tasks[0]?.error,
    "Cannot finish extract: it has no write and its prepare returned no metrics, " +
      "expected a task result: return { metrics } from prepare",
  );
});

testOnBothWarehouses(
  "runTask() logs one line for each warning that a task measured",
  async (warehouse) => {
    const lines: string[] = [];
    const settings = { logLevel: "warning", logFormat: "text", businessTz: "Asia/Dubai" } as const;
    await configureLogging(settings, (line) => lines.push(line));
    await using folder = await temporaryFolder();
    const metrics = { warning_tied: 3, warning_none: 0, warning_text: "x", rows_read: 9 };
    const dag = testDag("leads", [{ id: "merge", write: () => Promise.resolve({ metrics }) }]);
    const options = runOptions(warehouse);
    await runDag(dag, { ...options, config: { ...options.config, logDir: folder.path } });
    await reset();
    assert.deepEqual(lines.map((line) => line.slice("2026-05-03 04:00:12 ".length)), [
      "WARNING [merge] merge reports warning_tied = 3 dag=leads date=2026-05-03 attempt=1",
    ]);
  },
);

import assert from "node:assert/strict";
import { recordDagEnd } from "../../../../pipeline/scheduler/alerts/incidents.ts";
import { ConfigError } from "../../../../lib/config.ts";
import { connect } from "../../../../lib/warehouse/connection.ts";
import {
  createMetricsApp,
  startMetricsServer,
} from "../../../../pipeline/scheduler/metrics/metrics_server.ts";
import {
  createSchedulerState,
  type SchedulerState,
} from "../../../../pipeline/scheduler/metrics/scheduler_state.ts";
import type { Warehouse } from "../../../../lib/warehouse/warehouse.ts";
import { takeFreePort } from "../../../support/free_port.ts";
import { addAttempt } from "../../../support/run_log_rows.ts";
import { FakeTime } from "../../../support/fake_time.ts";
import { testOnBothWarehouses, withEmbedded } from "../../../support/warehouses.ts";

/** A scheduler whose last heartbeat was so many seconds ago. */
function stateAt(ageS: number): SchedulerState {
  let nowMs = 0;
  const state = createSchedulerState(() => nowMs);
  state.beat();
  nowMs = ageS * 1000;
  return state;
}

/** The text without what differs from process to process. */
async function scrape(warehouse: Warehouse, state: SchedulerState): Promise<string> {
  const response = await createMetricsApp(warehouse, state).request("/metrics");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  return (await response.text())
    .replaceAll(/^(process_\w+) [\d.]+$/gm, "$1 N")
    .replace(/deno="[\d.]+",os="\w+",arch="\w+"/, 'deno="V",os="O",arch="A"');
}

const PROCESS_TEXT = `# HELP rental_scheduler_running_tasks Tasks that this scheduler is running
# TYPE rental_scheduler_running_tasks gauge
rental_scheduler_running_tasks 0
# HELP rental_build_info Always 1; the labels say what runs
# TYPE rental_build_info gauge
rental_build_info{deno="V",os="O",arch="A"} 1
# HELP process_start_time_seconds When this process started, unix time
# TYPE process_start_time_seconds gauge
process_start_time_seconds N
# HELP process_cpu_seconds_total Processor time of this process, user and system
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total N
# HELP process_resident_memory_bytes Memory of this process
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes N
`;

const BEAT_TEXT =
  `# HELP rental_scheduler_heartbeat_age_seconds Time since the last healthy heartbeat of this scheduler; absent before the first
# TYPE rental_scheduler_heartbeat_age_seconds gauge
rental_scheduler_heartbeat_age_seconds 12.5
`;

testOnBothWarehouses("/metrics shows run log, incidents and process", async (warehouse) => {
  const { sql } = warehouse;
  const counts = { rowsRead: 43, rowsWritten: 42, metrics: { warning_late: 2, warning_none: 0 } };
  await addAttempt(sql, { task: "extract", status: "success", ...counts });
  await addAttempt(sql, { finishedAt: "2026-05-03T00:05:00Z" });
  await addAttempt(sql, {
    attempt: 2,
    status: "success",
    finishedAt: "2026-05-03T06:00:00.5Z",
    rowsWritten: 7,
  });
  await addAttempt(sql, {
    date: "2026-05-04",
    task: "extract",
    finishedAt: "2026-05-04T00:03:00Z",
  });
  await addAttempt(sql, { dag: "cars", status: "running" });
  const backfilled = { date: "2026-05-01", status: "success", rowsWritten: 1 } as const;
  for (const task of ["extract", "load"]) {
    await addAttempt(sql, { ...backfilled, task, finishedAt: "2026-05-04T09:00:00Z" });
  }
  await recordDagEnd(sql, "leads", "2026-05-04");
  assert.equal(
    await scrape(warehouse, stateAt(12.5)),
    `# HELP rental_warehouse_up 1 when the warehouse has answered this scrape in time, else 0
# TYPE rental_warehouse_up gauge
rental_warehouse_up 1
# HELP rental_dag_last_success_timestamp_seconds When the DAG succeeded for the newest date that it has succeeded for, unix time
# TYPE rental_dag_last_success_timestamp_seconds gauge
rental_dag_last_success_timestamp_seconds{dag_id="leads"} 1777788000.5
# HELP rental_dag_last_duration_seconds Working time of the tasks of that success
# TYPE rental_dag_last_duration_seconds gauge
rental_dag_last_duration_seconds{dag_id="leads"} 120
# HELP rental_run_status 1 for how the DAG stands for its newest date, 0 for the other states
# TYPE rental_run_status gauge
rental_run_status{dag_id="cars",status="active"} 1
rental_run_status{dag_id="cars",status="success"} 0
rental_run_status{dag_id="cars",status="failed"} 0
rental_run_status{dag_id="cars",status="upstream_failed"} 0
rental_run_status{dag_id="leads",status="active"} 0
rental_run_status{dag_id="leads",status="success"} 0
rental_run_status{dag_id="leads",status="failed"} 1
rental_run_status{dag_id="leads",status="upstream_failed"} 0
# HELP rental_task_last_rows_read Rows that the task's last success read
# TYPE rental_task_last_rows_read gauge
rental_task_last_rows_read{dag_id="leads",task_id="extract"} 43
# HELP rental_task_last_rows_written Rows that the task's last success wrote
# TYPE rental_task_last_rows_written gauge
rental_task_last_rows_written{dag_id="leads",task_id="extract"} 42
rental_task_last_rows_written{dag_id="leads",task_id="load"} 7
# HELP rental_task_last_warnings Warnings of the task's last success: metrics named warning_ that are above 0
# TYPE rental_task_last_warnings gauge
rental_task_last_warnings{dag_id="leads",task_id="extract"} 1
rental_task_last_warnings{dag_id="leads",task_id="load"} 0
# HELP rental_open_incidents DAGs that have failed for good and are not well again
# TYPE rental_open_incidents gauge
rental_open_incidents 1
# HELP rental_untold_incidents Incidents whose failure or recovery nobody was told of yet
# TYPE rental_untold_incidents gauge
rental_untold_incidents 1
${BEAT_TEXT}${PROCESS_TEXT}`,
  );
});

testOnBothWarehouses(
  "/metrics counts tasks that run and DAGs from the first",
  async (warehouse) => {
    const state = createSchedulerState();
    state.report("leads", "extract", "");
    const text = await scrape(warehouse, state);
    assert.match(text, /^rental_scheduler_running_tasks 1$/m);
    assert.match(text, /^rental_open_incidents 0$/m);
    assert.doesNotMatch(text, /heartbeat_age|dag_id/);
  },
);

/** A warehouse on a server that is not there. */
function absentWarehouse(port: number): Warehouse {
  const sql = connect({
    host: "127.0.0.1",
    port,
    database: "d",
    username: "u",
    password: "p",
    max: 1,
  });
  return {
    sql,
    kind: "server",
    description: "nothing",
    [Symbol.asyncDispose]: () => sql.end({ timeout: 1 }),
  };
}

const DOWN_TEXT =
  `# HELP rental_warehouse_up 1 when the warehouse has answered this scrape in time, else 0
# TYPE rental_warehouse_up gauge
rental_warehouse_up 0
${BEAT_TEXT}${PROCESS_TEXT}`;

Deno.test("/metrics and /healthz answer when the warehouse is away", async () => {
  await using warehouse = absentWarehouse(takeFreePort());
  assert.equal(await scrape(warehouse, stateAt(12.5)), DOWN_TEXT);
  const response = await createMetricsApp(warehouse, stateAt(12.5)).request("/healthz");
  assert.equal(response.status, 503);
  const { problems } = await response.json();
  assert.equal(problems.length, 1);
  assert.match(problems[0], /^the warehouse does not answer: .*ECONNREFUSED/);
});

testOnBothWarehouses("/metrics answers when the warehouse does not", async (warehouse) => {
  const app = createMetricsApp(warehouse, stateAt(12.5));
  // Opens the connections of the pool, which would otherwise be opened in a time that stands still.
  await Promise.all(Array.from({ length: 4 }, () => warehouse.sql`select pg_sleep(0)`));
  const locked = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const holding = warehouse.sql.begin(async (tx) => {
    await tx`lock table ops.run_log in access exclusive mode`;
    locked.resolve();
    await end.promise;
  });
  await locked.promise;
  {
    using time = new FakeTime();
    const answers = [app.request("/metrics"), app.request("/metrics")];
    time.tick(5_000);
    for (const answer of answers) {
      assert.match(await (await answer).text(), /^rental_warehouse_up 0$/m);
    }
  }
  end.resolve();
  await holding;
});

testOnBothWarehouses("/healthz follows the heartbeat", async (warehouse) => {
  const healthOf = async (state: SchedulerState) => {
    const response = await createMetricsApp(warehouse, state).request("/healthz");
    return [response.status, await response.json()];
  };
  assert.deepEqual(await healthOf(stateAt(12)), [
    200,
    { status: "ok", heartbeat_age_s: 12, problems: [] },
  ]);
  assert.deepEqual(await healthOf(stateAt(180)), [503, {
    status: "unhealthy",
    heartbeat_age_s: 180,
    problems: ["the last healthy heartbeat was 180 s ago, expected less than 150 s"],
  }]);
  assert.deepEqual(await healthOf(createSchedulerState()), [503, {
    status: "unhealthy",
    heartbeat_age_s: null,
    problems: ["no healthy heartbeat yet"],
  }]);
});

Deno.test("/healthz is well while a task has the embedded warehouse's connection", () =>
  withEmbedded(async (warehouse) => {
    await warehouse.sql.begin(async () => {
      const response = await createMetricsApp(warehouse, stateAt(12)).request("/healthz");
      assert.equal(response.status, 200);
    });
  }));

testOnBothWarehouses(
  "startMetricsServer() serves both pages and nothing else",
  async (warehouse) => {
    const settings = { metricsPort: 0, metricsHost: "127.0.0.1" };
    await using server = startMetricsServer(settings, warehouse, stateAt(12));
    assert.match(server?.url ?? "", /^http:\/\/127\.0\.0\.1:\d+$/);
    const ask = async (path: string, method = "GET") => {
      const response = await fetch(`${server?.url}${path}`, { method });
      return [response.status, (await response.text()).split("\n")[0]];
    };
    assert.deepEqual(await ask("/healthz"), [
      200,
      '{"status":"ok","heartbeat_age_s":12,"problems":[]}',
    ]);
    assert.equal((await ask("/metrics"))[0], 200);
    assert.deepEqual(await ask("/"), [404, "Here are /healthz and /metrics"]);
    assert.equal((await ask("/healthz", "POST"))[0], 404);
  },
);

Deno.test("startMetricsServer() serves nothing without a port", () =>
  withEmbedded((warehouse) => {
    const settings = { metricsPort: null, metricsHost: "127.0.0.1" };
    assert.equal(startMetricsServer(settings, warehouse, stateAt(0)), null);
    return Promise.resolve();
  }));

Deno.test("startMetricsServer() says when it cannot listen", () =>
  withEmbedded((warehouse) => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const start = (metricsPort: number, metricsHost: string) => () =>
      startMetricsServer({ metricsPort, metricsHost }, warehouse, stateAt(0));
    const { port } = taken.addr;
    assert.throws(
      start(port, "127.0.0.1"),
      new ConfigError(
        `Cannot serve /healthz and /metrics on 127.0.0.1:${port}: the port is taken, ` +
          "expected a free one: set another METRICS_PORT, or stop the program that has it",
      ),
    );
    assert.throws(
      start(0, "192.0.2.1"),
      new ConfigError(
        "Cannot serve /healthz and /metrics on 192.0.2.1:0: this machine has no such address, " +
          "expected one of its own: check METRICS_HOST",
      ),
    );
    return Promise.resolve();
  }));

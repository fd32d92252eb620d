import { Hono } from "hono";
import { type Config, ConfigError } from "../../../lib/config.ts";
import { querySqlFile } from "../../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { createBounded } from "./bounded.ts";
import { judgeHealth } from "./health.ts";
import { readProcessMetrics } from "./process_metrics.ts";
import { formatMetricsText, type Metric, PROMETHEUS_TYPE } from "./prometheus_text.ts";
import { readRunLogMetrics } from "./run_log_metrics.ts";
import type { SchedulerState } from "./scheduler_state.ts";

/** The pages for probes and metrics, until disposed. */
export interface MetricsServer extends AsyncDisposable {
  /** "http://127.0.0.1:9464" */
  readonly url: string;
}

/** Shorter than the time-outs of those who ask: 10 s of Prometheus, 30 s of a container's health check. */
const TIMEOUT_MS = 5_000;

/**
 * Serves `/healthz` and `/metrics` on `METRICS_HOST` and `METRICS_PORT`; null when there is no port. Throws
 * `ConfigError` when it cannot listen there.
 */
export function startMetricsServer(
  config: Pick<Config, "metricsPort" | "metricsHost">,
  warehouse: Warehouse,
  state: SchedulerState,
): MetricsServer | null {
  const { metricsPort: port, metricsHost: hostname } = config;
  if (port === null) return null;
  const { fetch } = createMetricsApp(warehouse, state);
  try {
    const server = Deno.serve({ hostname, port, onListen: () => {} }, (request) => fetch(request));
    const host = hostname.includes(":") ? `[${hostname}]` : hostname;
    return {
      url: `http://${host}:${server.addr.port}`,
      [Symbol.asyncDispose]: () => server.shutdown(),
    };
  } catch (error) {
    throw toListenError(error, hostname, port);
  }
}

/** The two pages, without a port. An answer takes at most 5 s, also when the warehouse is away. */
export function createMetricsApp(warehouse: Warehouse, state: SchedulerState): Hono {
  const app = new Hono();
  const ping = createBounded(() => pingWarehouse(warehouse), TIMEOUT_MS);
  const readRunLog = createBounded(() => readRunLogMetrics(warehouse.sql), TIMEOUT_MS);
  app.get("/healthz", async (context) => {
    const health = judgeHealth(state.heartbeatAgeS, await ping());
    return context.json(health, health.status === "ok" ? 200 : 503);
  });
  app.get("/metrics", async (context) => {
    const runLog = await readRunLog();
    const isUp = "value" in runLog;
    const metrics = [describeUp(isUp), ...(isUp ? runLog.value : []), ...readProcessMetrics(state)];
    return context.body(formatMetricsText(metrics), 200, { "content-type": PROMETHEUS_TYPE });
  });
  app.notFound((context) => context.text("Here are /healthz and /metrics\n", 404));
  return app;
}

/** The embedded warehouse is part of this process; its one connection may belong to a task for minutes. */
async function pingWarehouse({ sql, kind }: Warehouse): Promise<void> {
  if (kind === "server") await querySqlFile(sql, "ops/ping.sql", []);
}

function describeUp(isUp: boolean): Metric {
  return {
    name: "rental_warehouse_up",
    help: "1 when the warehouse has answered this scrape in time, else 0",
    type: "gauge",
    samples: [{ value: isUp ? 1 : 0 }],
  };
}

function toListenError(error: unknown, host: string, port: number): unknown {
  const action = `Cannot serve /healthz and /metrics on ${host}:${port}`;
  if (error instanceof Deno.errors.AddrInUse) {
    return new ConfigError(
      `${action}: the port is taken, expected a free one: set another METRICS_PORT, or stop the program that has it`,
    );
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return new ConfigError(
      `${action}: this machine has no such address, expected one of its own: check METRICS_HOST`,
    );
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new ConfigError(
      `${action}: not allowed, expected a port from 1024 on: set another METRICS_PORT`,
    );
  }
  return error;
}

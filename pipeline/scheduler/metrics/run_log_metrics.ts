import type { ISql } from "postgres";
import { z } from "zod";
import { querySqlFile } from "../../../lib/warehouse/sql_file.ts";
import { warningsOf } from "../../../lib/dag/warnings.ts";
import type { Metric, Sample } from "./prometheus_text.ts";

const STATES = ["active", "success", "failed", "upstream_failed"] as const;

const dagRows = z.array(z.object({
  dag_id: z.string(),
  state: z.enum(STATES),
  last_success_s: z.number().nullable(),
  last_duration_s: z.number().nullable(),
}));
const taskRows = z.array(z.object({
  dag_id: z.string(),
  task_id: z.string(),
  rows_read: z.number().nullable(),
  rows_written: z.number().nullable(),
  metrics: z.record(z.string(), z.union([z.number(), z.string(), z.null()])).nullable(),
}));
const incidentRows = z.array(z.object({
  open_incidents: z.number(),
  untold_incidents: z.number(),
}));

type DagRow = z.infer<typeof dagRows>[number];
type TaskRow = z.infer<typeof taskRows>[number];
type IncidentRow = z.infer<typeof incidentRows>[number];

/** What the run log and the incidents say, for all schedulers of the warehouse alike. */
export async function readRunLogMetrics(sql: ISql): Promise<readonly Metric[]> {
  const dags = dagRows.parse([...await querySqlFile(sql, "ops/list_dag_metrics.sql", [])]);
  const tasks = taskRows.parse([...await querySqlFile(sql, "ops/list_task_metrics.sql", [])]);
  const incidents = incidentRows.parse([...await querySqlFile(sql, "ops/count_incidents.sql", [])]);
  return [...dagMetrics(dags), ...taskMetrics(tasks), ...incidentMetrics(incidents)];
}

function dagMetrics(dags: readonly DagRow[]): readonly Metric[] {
  return [
    {
      name: "rental_dag_last_success_timestamp_seconds",
      help: "When the DAG succeeded for the newest date that it has succeeded for, unix time",
      type: "gauge",
      samples: samplesOf(dags, (dag) => dag.last_success_s),
    },
    {
      name: "rental_dag_last_duration_seconds",
      help: "Working time of the tasks of that success",
      type: "gauge",
      samples: samplesOf(dags, (dag) => dag.last_duration_s),
    },
    {
      name: "rental_run_status",
      help: "1 for how the DAG stands for its newest date, 0 for the other states",
      type: "gauge",
      samples: dags.flatMap((dag) =>
        STATES.map((status) => ({
          labels: { dag_id: dag.dag_id, status },
          value: dag.state === status ? 1 : 0,
        }))
      ),
    },
  ];
}

function taskMetrics(tasks: readonly TaskRow[]): readonly Metric[] {
  return [
    {
      name: "rental_task_last_rows_read",
      help: "Rows that the task's last success read",
      type: "gauge",
      samples: samplesOf(tasks, (task) => task.rows_read),
    },
    {
      name: "rental_task_last_rows_written",
      help: "Rows that the task's last success wrote",
      type: "gauge",
      samples: samplesOf(tasks, (task) => task.rows_written),
    },
    {
      name: "rental_task_last_warnings",
      help: "Warnings of the task's last success: metrics named warning_ that are above 0",
      type: "gauge",
      samples: samplesOf(tasks, (task) => warningsOf(task.metrics ?? {}).length),
    },
  ];
}

function incidentMetrics(rows: readonly IncidentRow[]): readonly Metric[] {
  return [
    {
      name: "rental_open_incidents",
      help: "DAGs that have failed for good and are not well again",
      type: "gauge",
      samples: rows.map((row) => ({ value: row.open_incidents })),
    },
    {
      name: "rental_untold_incidents",
      help: "Incidents whose failure or recovery nobody was told of yet",
      type: "gauge",
      samples: rows.map((row) => ({ value: row.untold_incidents })),
    },
  ];
}

/** One sample per row that has a value, labelled by its ids. */
function samplesOf<Row extends DagRow | TaskRow>(
  rows: readonly Row[],
  valueOf: (row: Row) => number | null,
): Sample[] {
  return rows.flatMap((row) => {
    const value = valueOf(row);
    if (value === null) return [];
    const task = "task_id" in row ? { task_id: row.task_id } : {};
    return [{ labels: { dag_id: row.dag_id, ...task }, value }];
  });
}

import process from "node:process";
import type { Metric } from "./prometheus_text.ts";
import type { SchedulerState } from "./scheduler_state.ts";

/** What this process knows of itself, with no warehouse. */
export function readProcessMetrics(state: SchedulerState): readonly Metric[] {
  return [...schedulerMetrics(state), ...runtimeMetrics()];
}

function schedulerMetrics({ heartbeatAgeS, runningTasks }: SchedulerState): readonly Metric[] {
  return [
    {
      name: "rental_scheduler_heartbeat_age_seconds",
      help: "Time since the last healthy heartbeat of this scheduler; absent before the first",
      type: "gauge",
      samples: heartbeatAgeS === null ? [] : [{ value: heartbeatAgeS }],
    },
    {
      name: "rental_scheduler_running_tasks",
      help: "Tasks that this scheduler is running",
      type: "gauge",
      samples: [{ value: runningTasks }],
    },
  ];
}

function runtimeMetrics(): readonly Metric[] {
  const { user, system } = process.cpuUsage();
  return [
    {
      name: "rental_build_info",
      help: "Always 1; the labels say what runs",
      type: "gauge",
      samples: [{
        labels: { deno: Deno.version.deno, os: Deno.build.os, arch: Deno.build.arch },
        value: 1,
      }],
    },
    {
      name: "process_start_time_seconds",
      help: "When this process started, unix time",
      type: "gauge",
      samples: [{ value: Math.round(performance.timeOrigin) / 1000 }],
    },
    {
      name: "process_cpu_seconds_total",
      help: "Processor time of this process, user and system",
      type: "counter",
      samples: [{ value: (user + system) / 1_000_000 }],
    },
    {
      name: "process_resident_memory_bytes",
      help: "Memory of this process",
      type: "gauge",
      samples: [{ value: Deno.memoryUsage().rss }],
    },
  ];
}

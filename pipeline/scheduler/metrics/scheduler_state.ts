import type { ReportProgress } from "../../../lib/log/live_progress.ts";

/** What the scheduler tells the pages for probes and metrics about itself. */
export interface SchedulerState {
  /** To be called after each healthy heartbeat. */
  beat(): void;
  /** To be called with all progress of runs: it shows which tasks are running. */
  readonly report: ReportProgress;
  /** Seconds since the last healthy heartbeat; null before the first. */
  readonly heartbeatAgeS: number | null;
  readonly runningTasks: number;
}

/** Creates the state of a scheduler that has not begun; `nowMs` never goes backwards. */
export function createSchedulerState(
  nowMs: () => number = () => performance.now(),
): SchedulerState {
  const running = new Set<string>();
  let beatMs: number | null = null;
  return {
    beat: () => {
      beatMs = nowMs();
    },
    report: (dagId, taskId, text) => {
      if (text === null) running.delete(`${dagId}.${taskId}`);
      else running.add(`${dagId}.${taskId}`);
    },
    get heartbeatAgeS() {
      return beatMs === null ? null : Math.round(nowMs() - beatMs) / 1000;
    },
    get runningTasks() {
      return running.size;
    },
  };
}

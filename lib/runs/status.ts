import type { RunStatus } from "../run_log/dag_run.ts";

/** How each status looks: a mark of its own, so that it can be read without colours, its colour and its name. */
const STATUSES = {
  success: { mark: "✓", style: "good", label: "success" },
  failed: { mark: "✗", style: "bad", label: "failed" },
  upstream_failed: { mark: "↑", style: "blocked", label: "upstream failed" },
  running: { mark: ">", style: "active", label: "running" },
  waiting: { mark: "…", style: "active", label: "waiting" },
  partly: { mark: "~", style: "blocked", label: "partly" },
  none: { mark: "·", style: "quiet", label: "no run" },
  skipped: { mark: "-", style: "quiet", label: "skipped" },
} as const satisfies Readonly<Record<RunStatus, unknown>>;

/** The look of a status. */
export function lookOf(status: RunStatus): (typeof STATUSES)[RunStatus] {
  return STATUSES[status];
}

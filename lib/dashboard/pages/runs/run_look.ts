import type { RunStatus } from "../../../run_log/dag_run.ts";

/** How a status looks: a sign of its own, so that it reads without colours, and the class that colours it. */
const LOOKS = {
  success: { mark: "✓", tone: "good" },
  stale: { mark: "≈", tone: "warning" },
  failed: { mark: "✗", tone: "bad" },
  upstream_failed: { mark: "↑", tone: "warning" },
  running: { mark: "▸", tone: "active" },
  waiting: { mark: "…", tone: "active" },
  partly: { mark: "~", tone: "warning" },
  none: { mark: "·", tone: "quiet" },
  skipped: { mark: "-", tone: "quiet" },
} as const satisfies Readonly<Record<RunStatus, unknown>>;

export const STATUSES: readonly RunStatus[] = [
  "success",
  "stale",
  "failed",
  "upstream_failed",
  "running",
  "waiting",
  "partly",
  "none",
];

export function lookOf(status: RunStatus): (typeof LOOKS)[RunStatus] {
  return LOOKS[status];
}

import type { Dag } from "../dag/dag.ts";
import { formatLocalTime } from "../log/time_text.ts";
import type { Attempt } from "../run_log/attempts.ts";
import { formatProse } from "../log/prose.ts";
import type { TaskState } from "../run_log/task_states.ts";
import type { DayView, DetailedStatus } from "./status.ts";

interface Description {
  /** Goes on after "<dag> of <date>". */
  readonly headline: string;
  readonly details: readonly string[];
}

/** One sentence about the status of a DAG, and indented below it what else is known. */
export function describeStatus(dag: Dag, status: DetailedStatus, view: DayView): string {
  const { headline, details } = describe(status, view);
  return [
    formatProse(`${dag.id} of ${view.date} ${headline}`, ""),
    ...details.map((text) => formatProse(text, "  ")),
  ].join("\n");
}

/** The status of a DAG, in the few words that a line of the chain has room for. */
export function describeBriefly(status: DetailedStatus): string {
  switch (status.kind) {
    case "waiting":
      return status.blockers.length > 0 ? "waits for" : "goes on in a moment";
    case "blocked":
      return `${status.state ? "did not run" : "has not run"}, it waits for`;
    case "pausing":
      return "between two tries";
    case "ahead":
      return "its slot is ahead";
    case "free":
      return status.state ? "did not run" : "has not run";
    default:
      return status.kind;
  }
}

/** Whether a running attempt has lost its worker. */
export function isSilent(
  { silent_s }: TaskState,
  { silentAfterS }: Pick<DayView, "silentAfterS">,
): boolean {
  return silent_s > silentAfterS;
}

function describe(status: DetailedStatus, view: DayView): Description {
  const { timeZone } = view;
  const at = (time: Date | Temporal.Instant) => formatLocalTime(time, timeZone);
  switch (status.kind) {
    case "success":
      return describeSuccess(status.state, at);
    case "running":
      return describeRunning(status.state, view, at);
    case "pausing":
      return {
        headline: `waits for attempt ${status.state.attempt} of ${status.state.task_id}`,
        details: describeFailure(status.failed, at),
      };
    case "waiting":
      return {
        headline: `has been waiting since ${at(status.state.started_at)}`,
        details: [`worker ${status.state.worker}`],
      };
    case "stale":
      return describeStale(status.state, at);
    case "failed":
      return {
        headline: "failed",
        details: [
          ...describeFailure(status.state, at),
          ...status.succeededAt
            ? [`the data of its success at ${at(status.succeededAt)} stand`]
            : [],
        ],
      };
    case "blocked":
      return {
        headline: `${
          status.state ? "did not run" : "has not run"
        }: its upstreams have not succeeded`,
        // Its error names what the chain of upstreams shows.
        details: status.state ? describeFailure(status.state, at).slice(0, 2) : [],
      };
    case "ahead":
      return {
        headline: `has not run yet: its slot is ${at(status.slot)} (${timeZone})`,
        details: [],
      };
    case "free":
      return describeFree(status, timeZone, at);
  }
}

type At = (time: Date | Temporal.Instant) => string;

function describeSuccess(
  { reason, error, finished_at, started_at, metrics }: TaskState,
  at: At,
): Description {
  const time = at(finished_at ?? started_at);
  return reason === "marked"
    ? { headline: `counts as a success since ${time}`, details: [error ?? "marked by a person"] }
    : { headline: `succeeded at ${time}`, details: describeReading(metrics?.is_full_scan) };
}

/** What a load that does not read everything each day has read. */
function describeReading(isFullScan: unknown): string[] {
  if (isFullScan === 1) return ["it read everything, not only what had changed"];
  return isFullScan === 0 ? ["it read what had changed; --full reads everything"] : [];
}

function describeStale(state: TaskState, at: At): Description {
  const { task_id, succeeded_at, started_at, newer_upstream, newer_upstream_at } = state;
  const success = `${task_id} succeeded at ${at(succeeded_at ?? started_at)}`;
  const since = at(newer_upstream_at ?? started_at);
  // A task is named "dag.task"; a migration says in words what it is.
  return newer_upstream?.includes(" ")
    ? {
      headline: `is stale: ${newer_upstream} wants its tables computed anew`,
      details: [`${success}, before that was applied at ${since}`],
    }
    : {
      headline: `is stale: ${newer_upstream} has succeeded again since`,
      details: [`${success}, before the end of that at ${since}`],
    };
}

function describeRunning(state: TaskState, view: DayView, at: At): Description {
  const { task_id, started_at, worker, cancel_requested_at, heartbeat_at } = state;
  return {
    headline: `has been running ${task_id} since ${at(started_at)}`,
    details: [
      `attempt ${state.attempt}, worker ${worker}`,
      ...cancel_requested_at ? [`a person asked for its end at ${at(cancel_requested_at)}`] : [],
      ...isSilent(state, view)
        ? [`no sign of life since ${at(heartbeat_at)}: its worker seems to be dead`]
        : [],
    ],
  };
}

/** What came to an attempt's end, by the reason that the run log knows. */
const ENDS: Readonly<Record<string, string>> = {
  check: "found what a check of its data refuses",
  account: "was refused by the amoCRM account",
  budget: "took too long and was cut off",
  worker_died: "lost its worker",
  stopped: "was stopped with its process",
  cancelled: "was cancelled by a person",
  wait_timeout: "gave up waiting",
  upstream: "did not begin",
  marked: "was marked as failed",
};

function describeFailure(attempt: Attempt | TaskState, at: At): string[] {
  const { task_id, status, reason, error, worker, started_at, finished_at } = attempt;
  const end = ENDS[reason ?? ""] ?? (status === "upstream_failed" ? ENDS.upstream : "failed");
  return [
    `${task_id} ${end} at ${at(finished_at ?? started_at)}`,
    `attempt ${attempt.attempt}, worker ${worker}`,
    ...error === null ? [] : [error],
  ];
}

function describeFree(
  { state, slot }: Extract<DetailedStatus, { kind: "free" }>,
  timeZone: string,
  at: At,
): Description {
  if (state) {
    return {
      headline: "did not run, but its upstreams have succeeded since",
      details: describeFailure(state, at),
    };
  }
  return {
    headline: "has not run, though nothing stops it",
    details: slot
      ? [`its slot was ${at(slot)} (${timeZone}): no scheduler was there, or it let the date go`]
      : ["its schedule has no slot on that date"],
  };
}

import type { Dag } from "../dag/dag.ts";
import { formatLocalTime } from "../log/time_text.ts";
import type { Attempt } from "../run_log/attempts.ts";
import { formatProse } from "../log/prose.ts";
import type { DayView, Stand } from "./standing.ts";

interface Description {
  /** Goes on after "<dag> of <date>". */
  readonly headline: string;
  readonly details: readonly string[];
}

/** One sentence about how a DAG stands, and indented below it what else is known. */
export function describeStand(dag: Dag, stand: Stand, view: DayView): string {
  const { headline, details } = describe(stand, view);
  return [
    formatProse(`${dag.id} of ${view.date} ${headline}`, ""),
    ...details.map((text) => formatProse(text, "  ")),
  ].join("\n");
}

/** How a DAG stands, in the few words that a line of the chain has room for. */
export function describeBriefly(stand: Stand): string {
  switch (stand.kind) {
    case "waiting":
      return stand.blockers.length > 0 ? "waits for" : "goes on in a moment";
    case "blocked":
      return `${stand.attempt ? "did not run" : "has not run"}, it waits for`;
    case "pausing":
      return "between two tries";
    case "ahead":
      return "its slot is ahead";
    case "free":
      return stand.attempt ? "did not run" : "has not run";
    default:
      return stand.kind;
  }
}

/** Whether a running attempt has lost its worker. */
export function isSilent(
  { silent_s }: Attempt,
  { silentAfterS }: Pick<DayView, "silentAfterS">,
): boolean {
  return silent_s > silentAfterS;
}

function describe(stand: Stand, view: DayView): Description {
  const { timeZone } = view;
  const at = (time: Date | Temporal.Instant) => formatLocalTime(time, timeZone);
  switch (stand.kind) {
    case "success":
      return describeSuccess(stand.attempt, at);
    case "running":
      return describeRunning(stand.attempt, view, at);
    case "pausing":
      return {
        headline: `waits for attempt ${stand.attempt.attempt} of ${stand.attempt.task_id}`,
        details: describeFailure(stand.failed, at),
      };
    case "waiting":
      return {
        headline: `has been waiting since ${at(stand.attempt.started_at)}`,
        details: [`worker ${stand.attempt.worker}`],
      };
    case "failed":
      return { headline: "failed", details: describeFailure(stand.attempt, at) };
    case "blocked":
      return {
        headline: `${
          stand.attempt ? "did not run" : "has not run"
        }: its upstreams have not succeeded`,
        // Its error names what the chain of upstreams shows.
        details: stand.attempt ? describeFailure(stand.attempt, at).slice(0, 2) : [],
      };
    case "ahead":
      return {
        headline: `has not run yet: its slot is ${at(stand.slot)} (${timeZone})`,
        details: [],
      };
    case "free":
      return describeFree(stand, timeZone, at);
  }
}

type At = (time: Date | Temporal.Instant) => string;

function describeSuccess({ reason, error, finished_at, started_at }: Attempt, at: At): Description {
  const time = at(finished_at ?? started_at);
  return reason === "marked"
    ? { headline: `counts as a success since ${time}`, details: [error ?? "marked by a person"] }
    : { headline: `succeeded at ${time}`, details: [] };
}

function describeRunning(attempt: Attempt, view: DayView, at: At): Description {
  const { task_id, started_at, worker, cancel_requested_at, heartbeat_at } = attempt;
  return {
    headline: `has been running ${task_id} since ${at(started_at)}`,
    details: [
      `attempt ${attempt.attempt}, worker ${worker}`,
      ...cancel_requested_at ? [`a person asked for its end at ${at(cancel_requested_at)}`] : [],
      ...isSilent(attempt, view)
        ? [`no sign of life since ${at(heartbeat_at)}: its worker seems to be dead`]
        : [],
    ],
  };
}

/** What came to an attempt's end, by the reason that the run log knows. */
const ENDS: Readonly<Record<string, string>> = {
  budget: "took too long and was cut off",
  worker_died: "lost its worker",
  stopped: "was stopped with its process",
  cancelled: "was cancelled by a person",
  wait_timeout: "gave up waiting",
  upstream: "did not begin",
  marked: "was marked as failed",
};

function describeFailure(attempt: Attempt, at: At): string[] {
  const { task_id, status, reason, error, worker, started_at, finished_at } = attempt;
  const end = ENDS[reason ?? ""] ?? (status === "upstream_failed" ? ENDS.upstream : "failed");
  return [
    `${task_id} ${end} at ${at(finished_at ?? started_at)}`,
    `attempt ${attempt.attempt}, worker ${worker}`,
    ...error === null ? [] : [error],
  ];
}

function describeFree(
  { attempt, slot }: Extract<Stand, { kind: "free" }>,
  timeZone: string,
  at: At,
): Description {
  if (attempt) {
    return {
      headline: "did not run, but its upstreams have succeeded since",
      details: describeFailure(attempt, at),
    };
  }
  return {
    headline: "has not run, though nothing stops it",
    details: slot
      ? [`its slot was ${at(slot)} (${timeZone}): no scheduler was there, or it let the date go`]
      : ["its schedule has no slot on that date"],
  };
}

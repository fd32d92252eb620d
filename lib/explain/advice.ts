import type { Dag } from "../dag/dag.ts";
import { withDownstream } from "../dag/downstream.ts";
import { formatProse } from "../log/prose.ts";
import { isSilent } from "./describe.ts";
import type { DayView, DetailedStatus } from "./status.ts";

/** A DAG that decides what becomes of others, and its status. */
export interface Cause {
  readonly dag: Dag;
  readonly status: DetailedStatus;
}

/** What to do now, with the commands to type. */
export function adviceFor(causes: readonly Cause[], view: DayView): string {
  const [only] = causes;
  if (only && causes.length === 1) return adviceForOne(only, view);
  const open = causes.filter(({ status }) => !WAITING.includes(status.kind));
  if (open.length === 0) return "What now: wait for them";
  const first = open.every(({ status }) => status.kind === "free")
    ? ""
    : "put right what is wrong there, then ";
  return format(`${first}run what is left of the date`, `deno task daily --date ${view.date}`);
}

/** Nobody has to do anything about these. */
const WAITING: readonly DetailedStatus["kind"][] = [
  "success",
  "running",
  "pausing",
  "waiting",
  "ahead",
];

function adviceForOne({ dag, status }: Cause, view: DayView): string {
  const { date, dags } = view;
  const run = `${dag.id} ${date}`;
  const logs = `deno task runs logs ${run}`;
  const isNeeded = dags.some(({ waitsFor }) =>
    waitsFor.some((upstream) => upstream.dag === dag.id)
  );
  // What has succeeded is not repeated unless it is forced.
  const force = status.kind === "failed" && status.succeededAt ? " --force" : "";
  const retry = `deno task runs retry ${run}${force}${isNeeded ? " --downstream" : ""}`;
  switch (status.kind) {
    case "success":
      return "What now: nothing, all is well";
    case "running":
      return isSilent(status.state, view)
        ? format("run it again, which takes over from the dead worker", retry)
        : status.state.cancel_requested_at
        ? format("wait for its end; what it says", logs)
        : format("wait, look at what it says, or stop it", logs, `deno task runs cancel ${run}`);
    case "pausing":
    case "waiting":
      return format("wait; what it says", logs);
    case "failed":
      return status.goesOn
        ? format("a scheduler takes it up again; by hand", retry)
        : adviceForFailure({ dag, reason: status.state.reason }, view, { logs, retry });
    case "stale":
      return format("run it again with what its upstreams have since, as a scheduler would", retry);
    case "ahead":
      return format("wait for its slot; to run it at once", retry);
    case "blocked":
      return format("run what it waits for first; to try it all the same", retry);
    case "free":
      return status.state
        ? format("a scheduler takes it up again; by hand", retry)
        : format("run it", retry);
  }
}

/** By the reason that the run log knows: what would only run into the same again is not proposed. */
function adviceForFailure(
  { dag, reason }: { readonly dag: Dag; readonly reason: string | null },
  view: DayView,
  { logs, retry }: { readonly logs: string; readonly retry: string },
): string {
  if (reason === "check" && !readsAccount(dag)) {
    return format(
      "see how far it reaches: a load is too old, a hand was in the tables, or this program is wrong; " +
        "then read it again, which runs what builds on it",
      "deno task check-data",
      readAgain(dag, view),
    );
  }
  if (reason === "check") {
    return format(
      "if it is as it should be, raise the limit for one run; else run it again",
      retry,
    );
  }
  if (reason === "account") {
    return format(
      "put right in the account or the settings what it names, then run it again; what the account lacks shows",
      "deno task helper_fields",
      retry,
    );
  }
  return format("look at its log, put right what is wrong, then run it again", logs, retry);
}

/** The command that reads again what a DAG builds on: of one source alone, or the whole date. */
function readAgain(dag: Dag, { dags, date }: DayView): string {
  const sources = upstreamsOf(dag, dags).filter(readsAccount);
  const [only] = sources;
  return only && sources.length === 1
    ? `deno task runs retry ${only.id} ${date} --force --downstream`
    : `deno task daily --date ${date} --force`;
}

/** Every DAG that one waits for, directly or through others. */
function upstreamsOf(dag: Dag, dags: readonly Dag[]): readonly Dag[] {
  return dags.filter((other) => other.id !== dag.id && withDownstream(dags, other).includes(dag));
}

/** Work outside the database means amoCRM in every DAG there is. */
function readsAccount({ tasks }: Dag): boolean {
  return tasks.some(({ prepare }) => prepare !== undefined);
}

function format(what: string, ...commands: readonly string[]): string {
  return [formatProse(`What now: ${what}`, ""), ...commands.map((command) => `  ${command}`)].join(
    "\n",
  );
}

import type { Dag } from "../dag/dag.ts";
import { isSilent } from "./describe.ts";
import type { DayView, Stand } from "./standing.ts";

/** A DAG that decides what becomes of others, and how it stands. */
export interface Cause {
  readonly dag: Dag;
  readonly stand: Stand;
}

/** What to do now, with the commands to type. */
export function adviceFor(causes: readonly Cause[], view: DayView): string {
  const [only] = causes;
  if (only && causes.length === 1) return adviceForOne(only, view);
  const open = causes.filter(({ stand }) => !WAITING.includes(stand.kind));
  if (open.length === 0) return "What now: wait for them";
  const first = open.every(({ stand }) => stand.kind === "free")
    ? ""
    : "put right what is wrong there, then ";
  return format(`${first}run what is left of the date`, `deno task daily --date ${view.date}`);
}

/** Nobody has to do anything about these. */
const WAITING: readonly Stand["kind"][] = ["success", "running", "pausing", "waiting", "ahead"];

function adviceForOne({ dag, stand }: Cause, view: DayView): string {
  const { date, dags } = view;
  const run = `${dag.id} ${date}`;
  const logs = `deno task runs logs ${run}`;
  const isNeeded = dags.some(({ waitsFor }) =>
    waitsFor.some((upstream) => upstream.dag === dag.id)
  );
  const retry = `deno task runs retry ${run}${isNeeded ? " --downstream" : ""}`;
  switch (stand.kind) {
    case "success":
      return "What now: nothing, all is well";
    case "running":
      return isSilent(stand.attempt, view)
        ? format("run it again, which takes over from the dead worker", retry)
        : stand.attempt.cancel_requested_at
        ? format("wait for its end; what it says", logs)
        : format("wait, look at what it says, or stop it", logs, `deno task runs cancel ${run}`);
    case "pausing":
    case "waiting":
      return format("wait; what it says", logs);
    case "failed":
      return stand.goesOn
        ? format("a scheduler takes it up again; by hand", retry)
        : format("look at its log, put right what is wrong, then run it again", logs, retry);
    case "ahead":
      return format("wait for its slot; to run it at once", retry);
    case "blocked":
      return format("run what it waits for first; to try it all the same", retry);
    case "free":
      return stand.attempt
        ? format("a scheduler takes it up again; by hand", retry)
        : format("run it", retry);
  }
}

function format(what: string, ...commands: readonly string[]): string {
  return [`What now: ${what}`, ...commands.map((command) => `  ${command}`)].join("\n");
}

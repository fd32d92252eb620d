import type { DagRun } from "../../../run_log/dag_run.ts";
import { siteLink } from "../../frame/links.ts";
import { Breakable } from "../../frame/parts.tsx";
import { formatOf, wordsOfView } from "../../frame/view.ts";
import type { Markup, PageRequest } from "../../page/page.ts";
import { runsWords } from "../../words/runs_words.ts";
import { lookOf, STATUSES } from "./run_look.ts";

export interface RunGridProps {
  readonly request: PageRequest;
  /** Of each DAG, its runs in the order of the dates. */
  readonly runs: readonly (readonly DagRun[])[];
  readonly dates: readonly Temporal.PlainDate[];
}

/** As many dates as a sheet of paper has room for beside the names; the stylesheet hides the others there. */
const MOST_ON_PAPER = 14;

/** DAGs by dates, newest first, so that a phone shows today's beside the names; each cell leads to its run. */
export function RunGrid({ request, runs, dates }: RunGridProps): Markup {
  const words = runsWords[request.state.language];
  const format = formatOf(request);
  const newestFirst = dates.toReversed();
  return (
    <>
      <div
        class="table-window boxed"
        role="region"
        tabindex={0}
        aria-label={wordsOfView(request).frame.tableOf(words.grid)}
      >
        <table class="data run-grid">
          <caption class="visually-hidden">{words.grid}</caption>
          <thead>
            <tr>
              <th scope="col">{words.columns.dag_id}</th>
              {newestFirst.map((date) => (
                <th scope="col" title={format.date(`${date}`)}>
                  {format.dayAndMonth(`${date}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {runs.map((row) => (
              <tr>
                <th scope="row">
                  <Breakable text={row[0]?.dagId ?? ""} />
                </th>
                {row.toReversed().map((run) => <RunCell request={request} run={run} />)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {dates.length > MOST_ON_PAPER
        ? <p class="paper-only">{words.newestOnPaper(MOST_ON_PAPER, dates.length)}</p>
        : ""}
      <ul class="run-legend" aria-label={words.legend}>
        {STATUSES.map((status) => (
          <li>
            <span class={`run-sign ${lookOf(status).tone}`} aria-hidden="true">
              {lookOf(status).mark}
            </span>{" "}
            {words.statuses[status]}
          </li>
        ))}
      </ul>
      {runs.some((row) => row.some(({ status }) => status === "stale")) ? <p>{words.stale}</p> : ""}
    </>
  );
}

function RunCell(
  { request, run }: { readonly request: PageRequest; readonly run: DagRun },
): Markup {
  const words = runsWords[request.state.language];
  const { mark, tone } = lookOf(run.status);
  const date = formatOf(request).date(run.date);
  return (
    <td class="run-cell">
      <a
        class={`run-sign ${tone}`}
        href={siteLink(request, `/runs/${run.dagId}/${run.date}`)}
        aria-label={words.cell(run.dagId, date, words.statuses[run.status])}
      >
        {mark}
      </a>
    </td>
  );
}

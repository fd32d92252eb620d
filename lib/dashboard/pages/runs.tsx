import { parseSchedule } from "../../dag/schedule.ts";
import { explainRun } from "../../explain/explain.ts";
import { type DagRun, dagRunOf } from "../../run_log/dag_run.ts";
import { readTaskStates } from "../../run_log/task_states.ts";
import { DataTableView } from "../frame/data_table.tsx";
import { Empty, Section } from "../frame/parts.tsx";
import { formatOf } from "../frame/view.ts";
import type { DataTable, Markup, Page, PageRequest } from "../page/page.ts";
import { describeDag } from "../words/dag_words.ts";
import { type RunsWords, runsWords } from "../words/runs_words.ts";
import type { PagesGiven } from "./given.ts";
import { RunGrid } from "./runs/run_grid.tsx";

/** So many dates stand side by side. */
const MOST_DATES = 92;
const USUAL_DATES = 14;

type Given = Pick<PagesGiven, "dags" | "silentAfterS">;

/** `/runs`: how every DAG stands for each date of the period, and when it runs next. */
export function runsPage(given: Given): Page {
  return {
    path: "/runs",
    reads: "everything",
    filters: ["period"],
    defaultPeriod: (today) => ({ from: today.subtract({ days: USUAL_DATES - 1 }), to: today }),
    render: async (request) => {
      const words = runsWords[request.state.language];
      const dates = datesOf(request);
      const states = await readTaskStates(
        request.sql,
        String(dates[0]),
        String(dates.at(-1)),
      );
      const runs = given.dags.map((dag) => dates.map((date) => dagRunOf(dag, `${date}`, states)));
      const table = runsTable(runs.flat(), words);
      const next = nextTable(given, request, words);
      const problem = findNewest(runs, "failed") ?? findNewest(runs, "stale");
      return {
        title: words.title,
        body: (
          <>
            <Section id="grid" title={words.grid} intro={words.gridIntro}>
              <Grid request={request} runs={runs} dates={dates} words={words} table={table} />
            </Section>
            {problem ? await Problem({ given, request, words, run: problem }) : ""}
            <Section id="next" title={words.next} intro={words.nextIntro}>
              <div class="titled">
                <DataTableView view={request} table={next} />
              </div>
            </Section>
          </>
        ),
        tables: [table, next],
      };
    },
  };
}

function datesOf({ state: { period } }: PageRequest): readonly Temporal.PlainDate[] {
  const days = Math.min(MOST_DATES, period.from.until(period.to).days + 1);
  return Array.from({ length: days }, (_, i) => period.to.subtract({ days: days - 1 - i }));
}

function Grid(
  props: {
    readonly request: PageRequest;
    readonly runs: readonly (readonly DagRun[])[];
    readonly dates: readonly Temporal.PlainDate[];
    readonly words: RunsWords;
    readonly table: DataTable;
  },
): Markup {
  const { request, runs, dates, words, table } = props;
  const { period } = request.state;
  const { date } = formatOf(request);
  const isCut = period.from.until(period.to).days + 1 > dates.length;
  const isEmpty = runs.every((row) => row.every(({ status }) => status === "none"));
  return (
    <>
      {isEmpty
        ? (
          <Empty
            title={words.grid}
            text={words.gridEmpty(date(`${dates[0]}`), date(`${period.to}`))}
          />
        )
        : ""}
      {isCut ? <p>{words.gridCut(dates.length)}</p> : ""}
      <RunGrid request={request} runs={runs} dates={dates} />
      <DataTableView view={request} table={table} isFolded />
    </>
  );
}

async function Problem(
  props: {
    readonly given: Given;
    readonly request: PageRequest;
    readonly words: RunsWords;
    readonly run: DagRun;
  },
): Promise<Markup> {
  const { given: { dags, silentAfterS }, request, words, run: { dagId, date } } = props;
  const text = await explainRun(
    request.sql,
    dags,
    dagId,
    date,
    request.settings.timeZone,
    silentAfterS,
  );
  return (
    <Section id="problem" title={words.problem} intro={words.whyIntro}>
      <pre class="told" tabindex={0} role="group" aria-label={words.problem}>{text}</pre>
    </Section>
  );
}

/** The newest run with a status; of one date the first in the order of the DAGs. */
function findNewest(
  runs: readonly (readonly DagRun[])[],
  status: DagRun["status"],
): DagRun | null {
  const found = runs.flat().filter((run) => run.status === status);
  return found.reduce<DagRun | null>(
    (newest, run) => newest === null || run.date > newest.date ? run : newest,
    null,
  );
}

function runsTable(runs: readonly DagRun[], words: RunsWords): DataTable {
  const { columns } = words;
  return {
    name: "runs",
    title: words.grid,
    columns: [
      {
        key: "dag_id",
        title: columns.dag_id,
        kind: "text",
        linkTo: ({ dag_id: dag, date }) => `/runs/${dag}/${date}`,
      },
      { key: "date", title: columns.date, kind: "date" },
      { key: "status", title: columns.status, kind: "text" },
      { key: "tasks", title: columns.tasks, kind: "count" },
      { key: "tasks_succeeded", title: columns.tasks_succeeded, kind: "count" },
      { key: "attempts", title: columns.attempts, kind: "count" },
      { key: "first_started_at", title: columns.first_started_at, kind: "moment" },
      { key: "error", title: columns.error, kind: "text" },
    ],
    rows: runs.filter(({ status }) => status !== "none").map((run) => {
      const states = run.tasks.flatMap(({ state }) => state ?? []);
      const starts = states.map((state) => state.first_started_at.getTime());
      const failure = states.find((state) => state.status !== "success" && state.error !== null);
      return {
        dag_id: run.dagId,
        date: run.date,
        status: words.statuses[run.status],
        tasks: run.tasks.length,
        tasks_succeeded: states.filter((state) => state.has_success).length,
        attempts: states.reduce((sum, state) => sum + state.attempts, 0),
        first_started_at: new Date(Math.min(...starts)).toISOString(),
        error: failure?.error ?? null,
      };
    }),
    sqlFile: "ops/list_task_states.sql",
  };
}

function nextTable({ dags }: Given, request: PageRequest, words: RunsWords): DataTable {
  const { columns } = words;
  const { timeZone } = request.settings;
  return {
    name: "next",
    title: words.next,
    columns: [
      { key: "dag_id", title: columns.dag_id, kind: "text" },
      { key: "schedule", title: columns.schedule, kind: "text" },
      { key: "next_at", title: columns.next_at, kind: "moment" },
      { key: "description", title: columns.description, kind: "text" },
    ],
    rows: dags.map((dag) => ({
      dag_id: dag.id,
      schedule: dag.schedule,
      next_at: parseSchedule(dag.schedule, timeZone).next(request.now).at.toString(),
      description: describeDag(dag, request.state.language),
    })),
    sqlFile: "ops/list_task_states.sql",
  };
}

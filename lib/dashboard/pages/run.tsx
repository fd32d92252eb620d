import type { Dag } from "../../dag/dag.ts";
import { warningsOf } from "../../dag/warnings.ts";
import { explainRun } from "../../explain/explain.ts";
import { type Attempt, readAttempts } from "../../run_log/attempts.ts";
import { type DagRun, dagRunOf } from "../../run_log/dag_run.ts";
import { readTaskStates } from "../../run_log/task_states.ts";
import { nameOf } from "../../run_log/upstreams.ts";
import { DataTableView } from "../frame/data_table.tsx";
import { siteLink } from "../frame/links.ts";
import { NoticeBox } from "../frame/notice_box.tsx";
import { Section } from "../frame/parts.tsx";
import { formatOf } from "../frame/view.ts";
import type { DataTable, Markup, Page, PageRequest } from "../page/page.ts";
import { PageError } from "../page/page.ts";
import { parseSiteDay } from "../page/site_day.ts";
import { describeDag } from "../words/dag_words.ts";
import { type RunsWords, runsWords } from "../words/runs_words.ts";
import { siteWords } from "../words/site_words.ts";
import type { PagesGiven } from "./given.ts";
import { AttemptLogs } from "./runs/attempt_logs.tsx";
import { RunButtons } from "./runs/run_buttons.tsx";
import { lookOf } from "./runs/run_look.ts";

type Given = Pick<PagesGiven, "dags" | "silentAfterS" | "logDir">;

/** `/runs/DAG/DATE`: the attempts of one run, what they said, why it stands as it does, and what now. */
export function runPage(given: Given): Page {
  return {
    path: "/runs/:dag/:date",
    reads: "everything",
    filters: [],
    defaultPeriod: (today) => ({ from: today, to: today }),
    render: async (request) => {
      const words = runsWords[request.state.language];
      const { dag, date } = readName(request, given, words);
      const day = date.toString();
      const { sql, settings: { timeZone } } = request;
      const run = dagRunOf(dag, day, await readTaskStates(sql, day));
      const attempts = await readAttempts(sql, { from: day, to: day, dagId: dag.id });
      const told = await explainRun(sql, given.dags, dag.id, date, timeZone, given.silentAfterS);
      const table = attemptsTable(attempts, words);
      const metrics = metricsTable(attempts, words);
      return {
        title: words.runTitle(dag.id, day),
        body: (
          <>
            <Head request={request} run={run} dag={dag} date={date} words={words} />
            <Warnings request={request} attempts={attempts} words={words} />
            <Section id="why" title={words.why} intro={words.whyIntro}>
              <pre class="told" tabindex={0} role="group" aria-label={words.why}>{told}</pre>
            </Section>
            {request.settings.hasWriteButtons
              ? <RunButtons request={request} dag={dag} date={day} words={words} />
              : ""}
            <Section id="attempts" title={words.attempts}>
              <div class="titled">
                <DataTableView view={request} table={table} emptyText={words.attemptsEmpty} />
              </div>
            </Section>
            {await AttemptLogs({ request, dag, date: day, attempts, logDir: given.logDir })}
            <Section id="metrics" title={words.metrics} intro={words.metricsIntro}>
              <div class="titled">
                <DataTableView view={request} table={metrics} emptyText={words.metricsEmpty} />
              </div>
            </Section>
          </>
        ),
        tables: [table, metrics],
      };
    },
  };
}

function readName(
  { params, today, state }: PageRequest,
  { dags }: Given,
  words: RunsWords,
): { readonly dag: Dag; readonly date: Temporal.PlainDate } {
  const { dag: id = "", date: text = "" } = params;
  const dag = dags.find((one) => one.id === id);
  if (!dag) {
    const known = dags.map((one) => one.id).join(", ");
    throw new PageError(
      404,
      words.unknownDag(id, known),
      siteWords[state.language].noSuch.dag,
    );
  }
  const date = parseSiteDay(text);
  if (date === null) throw new PageError(400, words.badDate(text));
  if (Temporal.PlainDate.compare(date, today) > 0) {
    throw new PageError(400, siteWords[state.language].futureDay("DATE", text, `${today}`));
  }
  return { dag, date };
}

function Head(
  props: {
    readonly request: PageRequest;
    readonly run: DagRun;
    readonly dag: Dag;
    readonly date: Temporal.PlainDate;
    readonly words: RunsWords;
  },
): Markup {
  const { request, run, dag, date, words } = props;
  const to = (id: string, day: Temporal.PlainDate) => siteLink(request, `/runs/${id}/${day}`);
  return (
    <>
      <p class="record-head">
        <span class={`run-sign ${lookOf(run.status).tone}`} aria-hidden="true">
          {lookOf(run.status).mark}
        </span>{" "}
        <strong>{words.statuses[run.status]}</strong>. {describeDag(dag, request.state.language)}
      </p>
      <p class="run-upstreams">
        {words.waitsFor}:{" "}
        {dag.waitsFor.length === 0 ? words.waitsForNothing : dag.waitsFor.map((upstream, i) => (
          <>
            {i > 0 ? ", " : ""}
            <a href={to(upstream.dag, date)}>{nameOf(upstream)}</a>
          </>
        ))}
      </p>
      <nav class="pagination" aria-label={words.columns.date}>
        <a rel="prev" href={to(dag.id, date.subtract({ days: 1 }))}>← {words.dayBefore}</a>
        <a href={siteLink(request, "/runs")}>{words.allRuns}</a>
        {Temporal.PlainDate.compare(date, request.today) < 0
          ? <a rel="next" href={to(dag.id, date.add({ days: 1 }))}>{words.dayAfter} →</a>
          : ""}
      </nav>
    </>
  );
}

/** What the last attempt of each task wants people to look at, though nothing failed. */
function Warnings(
  props: {
    readonly request: PageRequest;
    readonly attempts: readonly Attempt[];
    readonly words: RunsWords;
  },
): Markup {
  const { request, attempts, words } = props;
  const last = new Map(attempts.map((attempt) => [attempt.task_id, attempt]));
  const warnings = [...last.values()].flatMap(({ task_id: task, status, metrics }) =>
    status === "success"
      ? warningsOf(metrics ?? {}).map(({ name, value }) => ({ task, name, value }))
      : []
  );
  const { count } = formatOf(request);
  return (
    <>
      {warnings.map(({ task, name, value }) => (
        <NoticeBox
          language={request.state.language}
          tone="warning"
          text={words.warning(task, name.replace(/^warning_/, ""), count(value))}
        />
      ))}
    </>
  );
}

function attemptsTable(attempts: readonly Attempt[], words: RunsWords): DataTable {
  const { columns } = words;
  return {
    name: "attempts",
    title: words.attempts,
    columns: [
      { key: "task_id", title: columns.task_id, kind: "text" },
      { key: "attempt", title: columns.attempt, kind: "id" },
      { key: "status", title: columns.status, kind: "text" },
      { key: "started_at", title: columns.started_at, kind: "moment" },
      { key: "finished_at", title: columns.finished_at, kind: "moment" },
      { key: "seconds", title: columns.seconds, kind: "seconds" },
      { key: "rows_read", title: columns.rows_read, kind: "count" },
      { key: "rows_written", title: columns.rows_written, kind: "count" },
      { key: "reason", title: columns.reason, kind: "text" },
      { key: "worker", title: columns.worker, kind: "text" },
      { key: "error", title: columns.error, kind: "text" },
    ],
    rows: attempts.map((attempt) => ({
      task_id: attempt.task_id,
      attempt: attempt.attempt,
      status: words.statuses[attempt.status],
      started_at: attempt.started_at.toISOString(),
      finished_at: attempt.finished_at?.toISOString() ?? null,
      seconds: attempt.seconds,
      rows_read: attempt.rows_read,
      rows_written: attempt.rows_written,
      reason: attempt.reason,
      worker: attempt.worker,
      error: attempt.error,
    })),
    sqlFile: "ops/list_attempts.sql",
  };
}

function metricsTable(attempts: readonly Attempt[], words: RunsWords): DataTable {
  const { columns } = words;
  return {
    name: "metrics",
    title: words.metrics,
    columns: [
      { key: "task_id", title: columns.task_id, kind: "text" },
      { key: "attempt", title: columns.attempt, kind: "id" },
      { key: "metric", title: columns.metric, kind: "text" },
      { key: "value", title: columns.value, kind: "text" },
    ],
    rows: attempts.flatMap(({ task_id, attempt, metrics }) =>
      Object.entries(metrics ?? {}).map(([metric, value]) => ({
        task_id,
        attempt,
        metric,
        value: value === null ? null : String(value),
      }))
    ),
    sqlFile: "ops/list_attempts.sql",
  };
}

import { z } from "zod";
import type { Check } from "../../../checks/file.ts";
import { DataTableView } from "../../frame/data_table.tsx";
import { siteLink } from "../../frame/links.ts";
import { NoticeBox } from "../../frame/notice_box.tsx";
import { Section } from "../../frame/parts.tsx";
import { formatOf } from "../../frame/view.ts";
import type { DataTable, Markup, PageRequest, Row } from "../../page/page.ts";
import { type DataWords, dataWords } from "../../words/data_words.ts";

const FILE = "dashboard/check_results.sql";

const resultRows = z.array(z.object({
  check_name: z.string(),
  table_name: z.string(),
  severity: z.enum(["error", "warn"]),
  offenders: z.number(),
  sample: z.array(z.object({ id: z.string(), detail: z.string() })),
  checked_at: z.date(),
  dag_id: z.string().nullable(),
  logical_date: z.string().nullable(),
  failing_since: z.date().nullable(),
}));

type Result = z.infer<typeof resultRows>[number];

/** What each check found last, and of those that found something what, since when and why that matters. */
export async function checksPart(
  request: PageRequest,
  checks: readonly Check[],
): Promise<{ readonly section: Markup; readonly table: DataTable }> {
  const words = dataWords[request.state.language];
  const asked = checks.flatMap(({ name, tables }) =>
    tables.map(({ table }) => ({ check_name: name, table_name: table }))
  );
  const results = resultRows.parse(await request.ask(FILE, [JSON.stringify(asked)]));
  const table = toTable(results, checks, words);
  const failing = results.filter(({ offenders }) => offenders > 0);
  return {
    table,
    section: (
      <Section id="checks" title={words.checks} intro={words.checksIntro}>
        {results.length > 0 && failing.length === 0
          ? <NoticeBox language={request.state.language} tone="good" text={words.allPassed} />
          : ""}
        {failing.length === 0 ? "" : (
          <ul class="findings" aria-label={words.failing}>
            {failing.map((result) => (
              <Finding request={request} result={result} checks={checks} words={words} />
            ))}
          </ul>
        )}
        <div class="titled">
          <DataTableView view={request} table={table} emptyText={words.checksEmpty} />
        </div>
      </Section>
    ),
  };
}

function toTable(
  results: readonly Result[],
  checks: readonly Check[],
  words: DataWords,
): DataTable {
  const { columns } = words;
  return {
    name: "checks",
    title: words.checks,
    columns: [
      { key: "check_name", title: columns.check_name, kind: "text" },
      { key: "severity", title: columns.severity, kind: "text" },
      {
        key: "table_name",
        title: columns.table_name,
        kind: "text",
        linkTo: ({ table_name: name }) => `/data?focus=${name}`,
      },
      { key: "offenders", title: columns.offenders, kind: "count" },
      { key: "failing_since", title: columns.failing_since, kind: "moment" },
      {
        key: "checked_at",
        title: columns.checked_at,
        kind: "moment",
        linkTo: ({ run_path: path }) => typeof path === "string" ? path : null,
      },
      { key: "offender", title: columns.offender, kind: "text" },
    ],
    rows: results.map((result): Row => ({
      check_name: result.check_name,
      severity: words.severities[result.severity],
      table_name: result.table_name,
      offenders: result.offenders,
      failing_since: result.failing_since?.toISOString() ?? null,
      checked_at: result.checked_at.toISOString(),
      run_path: result.dag_id === null ? null : `/runs/${result.dag_id}/${result.logical_date}`,
      offender: checks.find(({ name }) => name === result.check_name)?.offender ?? null,
    })),
    sqlFile: FILE,
  };
}

function Finding(
  props: {
    readonly request: PageRequest;
    readonly result: Result;
    readonly checks: readonly Check[];
    readonly words: DataWords;
  },
): Markup {
  const { request, result, checks, words } = props;
  const format = formatOf(request);
  const check = checks.find(({ name }) => name === result.check_name);
  const more = result.offenders - result.sample.length;
  const since = result.failing_since === null
    ? ""
    : `, ${words.columns.failing_since.toLowerCase()} ${
      format.moment(result.failing_since.toISOString())
    }`;
  return (
    <li>
      <details>
        <summary>
          <span
            class={`run-sign ${result.severity === "error" ? "bad" : "warning"}`}
            aria-hidden="true"
          >
            {result.severity === "error" ? "✗" : "!"}
          </span>{" "}
          {result.check_name} ({words.severities[result.severity]}):{" "}
          {format.count(result.offenders)}
          {" · "}
          {result.table_name}
          {since}
        </summary>
        <p>{check?.offender}</p>
        {check?.why ? <p>{words.why}: {check.why}</p> : ""}
        <ul class="branches">
          {result.sample.map(({ id, detail }) => (
            <li>
              <Offender request={request} table={result.table_name} id={id} />: {detail}
            </li>
          ))}
          {more > 0 ? <li>{words.andMore(format.count(more))}</li> : ""}
        </ul>
      </details>
    </li>
  );
}

/** Linked to its history where the table says what the id is of. */
function Offender(
  props: { readonly request: PageRequest; readonly table: string; readonly id: string },
): Markup {
  const { request, table, id } = props;
  const kind = /client/.test(table)
    ? "client"
    : /car/.test(table)
    ? "car"
    : /lead|fact_rentals/.test(table)
    ? "lead"
    : null;
  return kind !== null && /^\d+$/.test(id)
    ? <a href={siteLink(request, `/history/${kind}/${id}`)}>{id}</a>
    : <bdi>{id}</bdi>;
}

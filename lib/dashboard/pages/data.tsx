import { z } from "zod";
import { readChecks } from "../../checks/file.ts";
import { findNearest } from "../../dag/find_dag.ts";
import { LAYERS, type LineageNode } from "../../lineage/lineage.ts";
import { DataTableView } from "../frame/data_table.tsx";
import { siteLink } from "../frame/links.ts";
import { NoticeBox } from "../frame/notice_box.tsx";
import { Breakable, Section } from "../frame/parts.tsx";
import { formatOf } from "../frame/view.ts";
import {
  type DataTable,
  type Markup,
  type Page,
  PageError,
  type PageRequest,
} from "../page/page.ts";
import { describeCheck } from "../words/check_words.ts";
import { type DataWords, dataWords } from "../words/data_words.ts";
import { siteWords } from "../words/site_words.ts";
import { checksPart } from "./data/checks_part.tsx";
import { LineageView } from "./data/lineage_view.tsx";
import { lastBuildOf, readTableFacts, type TableFacts } from "./data/table_facts.ts";
import type { PagesGiven } from "./given.ts";

type Given = Pick<PagesGiven, "dags" | "freshnessHours">;

/** `/data`: how fresh the data are, what the checks found, and which table is made of what. */
export function dataPage(given: Given): Page {
  return {
    path: "/data",
    reads: "everything",
    filters: [],
    parameters: ["focus"],
    defaultPeriod: (today) => ({ from: today, to: today }),
    render: async (request) => {
      const { language } = request.state;
      const words = dataWords[language];
      const known = (await readChecks()).map((check) => describeCheck(check, language));
      const facts = await readTableFacts(request, given.dags);
      const node = findFocus(request, facts, words);
      const trust = await trustTable(request, given, words);
      const found = await checksPart(request, known);
      const table = tablesTable(facts, words);
      return {
        title: words.title,
        body: (
          <>
            {node === null ? "" : (
              <LineageView
                request={request}
                node={node}
                facts={facts}
                checks={known.filter(({ tables }) => tables.some((one) => one.table === node.name))
                  .map(({ name }) => name)}
              />
            )}
            <Freshness request={request} given={given} words={words} table={trust} />
            {found.section}
            <Section id="tables" title={words.tables} intro={words.tablesIntro}>
              <Layers request={request} facts={facts} words={words} />
              <p class="hint">{words.rowsHint}</p>
              <div class="titled">
                <DataTableView view={request} table={table} />
              </div>
            </Section>
          </>
        ),
        tables: [trust, found.table, table],
      };
    },
  };
}

function findFocus(
  { state }: PageRequest,
  { lineage }: TableFacts,
  words: DataWords,
): LineageNode | null {
  const { focus } = state.own;
  if (focus === undefined) return null;
  const node = lineage.get(focus);
  if (node) return node;
  const nearest = findNearest(focus.slice(0, 80), [...lineage.keys()]);
  throw new PageError(
    404,
    words.unknownTable(focus, nearest === null ? words.chooseOne : words.didYouMean(nearest)),
    siteWords[state.language].noSuch.table,
  );
}

const trustRows = z.array(z.object({
  source: z.enum(["leads", "clients", "cars", "lead_events"]),
  newest_change: z.date().nullable(),
  landed: z.date().nullable(),
  loaded_at: z.date().nullable(),
  built: z.date().nullable(),
  missed_by_incremental: z.coerce.number().nullable(),
  max_lateness_s: z.coerce.number().nullable(),
  chain_breaks: z.coerce.number().nullable(),
  failed_checks: z.coerce.number().nullable(),
}));

async function trustTable(
  request: PageRequest,
  { freshnessHours }: Given,
  words: DataWords,
): Promise<DataTable> {
  const { columns } = words;
  const rows = trustRows.parse(await request.ask("dashboard/data_trust.sql", []));
  return {
    name: "data_trust",
    title: words.freshness,
    columns: [
      { key: "source", title: columns.source, kind: "text" },
      {
        key: "newest_change",
        title: columns.newest_change,
        kind: "moment",
        definition: "dm.data_trust.newest_change",
      },
      { key: "landed", title: columns.landed, kind: "moment", definition: "dm.data_trust.landed" },
      { key: "built", title: columns.built, kind: "moment", definition: "dm.data_trust.built" },
      { key: "deadline", title: columns.deadline, kind: "moment" },
      {
        key: "missed_by_incremental",
        title: columns.missed_by_incremental,
        kind: "count",
        definition: "dm.data_trust.missed_by_incremental",
      },
      {
        key: "max_lateness_s",
        title: columns.max_lateness_s,
        kind: "seconds",
        definition: "dm.data_trust.max_lateness_s",
      },
      {
        key: "chain_breaks",
        title: columns.chain_breaks,
        kind: "count",
        definition: "dm.data_trust.chain_breaks",
      },
      {
        key: "failed_checks",
        title: columns.failed_checks,
        kind: "count",
        definition: "dm.data_trust.failed_checks",
      },
    ],
    rows: rows.map((row) => ({
      ...row,
      source: words.sources[row.source],
      newest_change: row.newest_change?.toISOString() ?? null,
      landed: row.landed?.toISOString() ?? null,
      built: row.built?.toISOString() ?? null,
      loaded_at: null,
      deadline: row.loaded_at === null ? null : deadlineOf(row.loaded_at, freshnessHours),
    })),
    sqlFile: "dashboard/data_trust.sql",
  };
}

/** When data that were loaded at a moment count as stale. */
function deadlineOf(loadedAt: Date, freshnessHours: number): string {
  return Temporal.Instant.fromEpochMilliseconds(loadedAt.getTime())
    .add({ seconds: Math.round(freshnessHours * 3600) }).toString();
}

function Freshness(
  props: {
    readonly request: PageRequest;
    readonly given: Given;
    readonly words: DataWords;
    readonly table: DataTable;
  },
): Markup {
  const { request, given, words, table } = props;
  const format = formatOf(request);
  const late = table.rows.filter(({ deadline }) =>
    typeof deadline === "string" &&
    Temporal.Instant.compare(Temporal.Instant.from(deadline), request.now) < 0
  );
  return (
    <Section
      id="freshness"
      title={words.freshness}
      intro={words.freshnessIntro(format.cell("decimal", given.freshnessHours))}
    >
      {late.map(({ source, deadline }) => (
        <NoticeBox
          language={request.state.language}
          tone="warning"
          text={words.overdue(String(source), format.moment(String(deadline)))}
        />
      ))}
      <div class="titled">
        <DataTableView view={request} table={table} emptyText={words.freshnessEmpty} />
      </div>
    </Section>
  );
}

/** Every table below its layer, from the CRM to the marts. */
function Layers(
  props: {
    readonly request: PageRequest;
    readonly facts: TableFacts;
    readonly words: DataWords;
  },
): Markup {
  const { request, facts, words } = props;
  return (
    <ol class="layers">
      {LAYERS.map((layer) => (
        <li>
          <h3>{words.layers[layer]}</h3>
          <ul>
            {[...facts.lineage.values()].filter((node) => node.layer === layer).map(({ name }) => (
              <li>
                <a
                  href={siteLink(request, "/data", { focus: name })}
                  aria-current={request.state.own.focus === name ? "true" : undefined}
                >
                  <Breakable text={name.slice(name.indexOf(".") + 1)} />
                </a>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}

function tablesTable(facts: TableFacts, words: DataWords): DataTable {
  const { columns } = words;
  return {
    name: "tables",
    title: words.tables,
    columns: [
      {
        key: "name",
        title: columns.name,
        kind: "text",
        linkTo: ({ name }) => `/data?focus=${name}`,
      },
      { key: "kind", title: columns.kind, kind: "text" },
      { key: "rows", title: columns.rows, kind: "count" },
      { key: "is_estimate", title: columns.is_estimate, kind: "flag" },
      { key: "bytes", title: columns.bytes, kind: "count" },
      {
        key: "filled_by",
        title: columns.filled_by,
        kind: "text",
        linkTo: ({ run_path: path }) => typeof path === "string" ? path : null,
      },
      { key: "built_at", title: columns.built_at, kind: "moment" },
      { key: "reads", title: columns.reads, kind: "text" },
      { key: "read_by", title: columns.read_by, kind: "text" },
      { key: "files", title: columns.files, kind: "text" },
    ],
    rows: [...facts.lineage.values()].map((node) => {
      const size = facts.sizes.get(node.name);
      const build = lastBuildOf(node, facts);
      return {
        name: node.name,
        kind: words.kinds[node.kind],
        rows: size?.rows ?? null,
        is_estimate: size?.rows === null || size === undefined ? null : size.isEstimate,
        bytes: size?.bytes ?? null,
        filled_by: node.filledBy.map(({ dagId, taskId }) => `${dagId}.${taskId}`).join(", ") ||
          null,
        run_path: build === null ? null : `/runs/${build.filler.dagId}/${build.date}`,
        built_at: build?.at ?? null,
        reads: node.reads.join(", ") || null,
        read_by: node.readBy.join(", ") || null,
        files: [...new Set([...node.madeBy, ...node.filledBy.flatMap(({ files }) => files)])]
          .join(", ") || null,
      };
    }),
    sqlFile: "dashboard/table_rows.sql",
  };
}

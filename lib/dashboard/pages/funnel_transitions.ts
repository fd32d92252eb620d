import { z } from "zod";
import type { Column, DataTable, PageRequest, Row } from "../page/page.ts";
import { funnelWords } from "../words/funnel_page.ts";
import { stageName } from "../words/stage_name.ts";
import { STAGES } from "../words/stage_words.ts";
import { leadListHref } from "./lead_list.ts";

const SQL_FILE = "dashboard/funnel_transitions.sql";

const transitionRows = z.array(z.object({
  from_stage: z.enum(STAGES),
  to_stage: z.enum(STAGES).nullable(),
  moves: z.number(),
  median_dwell_seconds: z.string().nullable(),
  p90_dwell_seconds: z.string().nullable(),
  open_visits: z.number(),
  share_exact: z.string().nullable(),
}));

type TransitionRow = z.infer<typeof transitionRows>[number];

/** Moves from stage to stage, all time. */
export interface Transitions {
  /** A row per stage that was left, a column per stage that was entered. */
  readonly matrix: DataTable;
  /** A row per pair, with the time spent in the first. */
  readonly dwell: DataTable;
  readonly rows: readonly TransitionRow[];
}

export async function readTransitions(request: PageRequest): Promise<Transitions> {
  const rows = transitionRows.parse(await request.ask(SQL_FILE, []));
  return { rows, matrix: matrixOf(request, rows), dwell: dwellOf(request, rows) };
}

function matrixOf({ state }: PageRequest, rows: readonly TransitionRow[]): DataTable {
  const words = funnelWords[state.language];
  const from = STAGES.filter((stage) => rows.some((row) => row.from_stage === stage));
  const to = STAGES.filter((stage) => rows.some((row) => row.to_stage === stage));
  const columns = to.map((stage): Column => ({
    key: stage,
    title: stageName(stage, state.language) ?? stage,
    kind: "count",
    definition: "dm.stage_transition.moves",
    linkTo: (row) => row[stage] === null ? null : leadListHref(`left-${row.from_stage}-${stage}`),
  }));
  const rowOf = (stage: typeof STAGES[number]): Row => {
    const left = rows.filter((row) => row.from_stage === stage);
    return {
      from_stage: stage,
      from_name: stageName(stage, state.language),
      ...Object.fromEntries(
        to.map((
          entered,
        ) => [entered, left.find((row) => row.to_stage === entered)?.moves ?? null]),
      ),
      still_there: left.find((row) => row.to_stage === null)?.open_visits ?? null,
    };
  };
  return {
    name: "transitions",
    title: words.matrix,
    sqlFile: SQL_FILE,
    columns: [
      { key: "from_name", title: words.from, kind: "text" },
      ...columns,
      {
        key: "still_there",
        title: words.stillThere,
        kind: "count",
        definition: "dm.stage_transition.open_visits",
        linkTo: (row) => row.still_there === null ? null : leadListHref(`in-${row.from_stage}`),
      },
    ],
    rows: from.map(rowOf),
  };
}

function dwellOf({ state }: PageRequest, rows: readonly TransitionRow[]): DataTable {
  const words = funnelWords[state.language];
  const of = (column: string) => `dm.stage_transition.${column}`;
  const openIn = (stage: string) =>
    rows.find((row) => row.from_stage === stage && row.to_stage === null)?.open_visits ?? 0;
  return {
    name: "dwell",
    title: words.dwell,
    sqlFile: SQL_FILE,
    columns: [
      { key: "from_name", title: words.from, kind: "text" },
      { key: "to_name", title: words.to, kind: "text" },
      {
        key: "moves",
        title: words.movesCount,
        kind: "count",
        definition: of("moves"),
        linkTo: (row) => leadListHref(`left-${row.from_stage}-${row.to_stage}`),
      },
      {
        key: "median_dwell_seconds",
        title: words.median,
        kind: "seconds",
        definition: of("median_dwell_seconds"),
      },
      {
        key: "p90_dwell_seconds",
        title: words.p90,
        kind: "seconds",
        definition: of("p90_dwell_seconds"),
      },
      {
        key: "open_visits",
        title: words.stillThere,
        kind: "count",
        definition: of("open_visits"),
        linkTo: (row) => row.open_visits === 0 ? null : leadListHref(`in-${row.from_stage}`),
      },
      {
        key: "share_exact",
        title: words.shareExact,
        kind: "ratio",
        definition: of("share_exact"),
      },
    ],
    rows: rows.filter((row) => row.to_stage !== null).map((row) => ({
      ...row,
      from_name: stageName(row.from_stage, state.language),
      to_name: stageName(row.to_stage, state.language),
      open_visits: openIn(row.from_stage),
    })),
  };
}

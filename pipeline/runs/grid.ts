import type { ISql } from "postgres";
import { type Config, readConfig } from "../../lib/config.ts";
import type { Dag } from "../../lib/dag/dag.ts";
import { type DagRun, dagRunOf, type RunStatus } from "../../lib/run_log/dag_run.ts";
import { readTaskStates, type TaskState } from "../../lib/run_log/task_states.ts";
import { wholeNumber } from "../../lib/script/command.ts";
import { listDates, parseLogicalDate } from "../../lib/script/dates.ts";
import { EXIT_CODE } from "../../lib/script/exit_code.ts";
import { NoRunLogError, openMigratedWarehouse } from "../../lib/script/read_only.ts";
import { columnsOfStdout, lookOf, type Paint, paintForStdout } from "../../lib/script/look.ts";
import { querySqlFile } from "../../lib/warehouse/sql_file.ts";
import { asTyped } from "../../lib/log/typed_commands.ts";
import { createSubcommand, type Subcommand } from "./subcommand.ts";

/** The runs of some DAGs on some dates. */
export interface Grid {
  readonly dates: readonly Temporal.PlainDate[];
  /** Of each DAG, its runs in the order of the dates. */
  readonly dags: readonly { readonly id: string; readonly runs: readonly DagRun[] }[];
  readonly timeZone: string;
}

const LEGEND: readonly RunStatus[] = [
  "success",
  "failed",
  "upstream_failed",
  "running",
  "waiting",
  "partly",
  "none",
];
const CELL_WIDTH = 3;

/** One line per DAG and one mark per date, in blocks of dates that fit into `columns`. */
export function formatGrid(grid: Grid, columns: number, paint: Paint): string {
  const idWidth = Math.max(...grid.dags.map(({ id }) => id.length));
  const perBlock = Math.max(1, Math.floor((columns - idWidth) / CELL_WIDTH));
  const blocks: string[] = [];
  for (let start = 0; start < grid.dates.length; start += perBlock) {
    blocks.push(formatBlock(grid, { start, end: start + perBlock, idWidth }, paint));
  }
  const head = `Runs from ${grid.dates[0]} to ${grid.dates.at(-1)}, dates in ${grid.timeZone}`;
  return [head, ...blocks, formatLegend(grid, paint), ...formatProblem(grid)].join("\n\n");
}

/** The grid for programs. */
export function toGridJson({ dates, dags, timeZone }: Grid): string {
  return JSON.stringify(
    {
      time_zone: timeZone,
      dates: dates.map(String),
      dags: dags.map(({ id, runs }) => ({ id, runs: runs.map(toRunJson) })),
    },
    null,
    2,
  );
}

function toRunJson({ date, status, hasSuccess, tasks }: DagRun) {
  const states = tasks.flatMap(({ state }) => state ?? []);
  const starts = states.map(({ first_started_at }) => first_started_at.getTime());
  const failure = states.find((state) => state.status !== "success" && state.error !== null);
  return {
    date,
    status,
    has_success: hasSuccess,
    tasks: tasks.length,
    tasks_succeeded: states.filter(({ has_success }) => has_success).length,
    is_full_scan: states.some(({ metrics }) => metrics?.is_full_scan === 1),
    attempts: states.reduce((sum, { attempts }) => sum + attempts, 0),
    started_at: starts.length === 0 ? null : new Date(Math.min(...starts)),
    error: failure?.error ?? null,
  };
}

function formatBlock(
  { dates, dags }: Grid,
  block: { readonly start: number; readonly end: number; readonly idWidth: number },
  paint: Paint,
): string {
  const shown = dates.slice(block.start, block.end);
  const months = shown.map((date, i) => namesMonth(shown, i) ? formatMonth(date) : "");
  const days = shown.map((date) => String(date.day).padStart(2, "0"));
  const head = [months, days].map((cells) =>
    " ".repeat(block.idWidth) + cells.map((cell) => cell.padStart(CELL_WIDTH)).join("")
  );
  const lines = dags.map(({ id, runs }) =>
    id.padEnd(block.idWidth) +
    runs.slice(block.start, block.end).map(({ status }) => formatCell(status, paint)).join("")
  );
  return [...head.map((line) => paint("quiet", line.trimEnd())), ...lines].join("\n");
}

/** Over the first day that is shown and over each first of a month, but not side by side. */
function namesMonth(dates: readonly Temporal.PlainDate[], i: number): boolean {
  return dates[i]?.day === 1 || (i === 0 && dates[1]?.day !== 1);
}

function formatMonth(date: Temporal.PlainDate): string {
  return date.toLocaleString("en", { month: "short" });
}

function formatCell(status: RunStatus, paint: Paint): string {
  const { mark, style } = lookOf(status);
  return " ".repeat(CELL_WIDTH - 1) + paint(style, mark);
}

/** What is rare is explained where it is there, on a line of its own. */
function formatLegend({ dags }: Grid, paint: Paint): string {
  const isStale = dags.some(({ runs }) => runs.some(({ status }) => status === "stale"));
  const format = (status: RunStatus) => {
    const { mark, style, label } = lookOf(status);
    return `${paint(style, mark)} ${label}`;
  };
  return [
    LEGEND.map(format).join("  "),
    ...isStale
      ? [
        `${
          format("stale")
        }: due again, since what it waited for has succeeded later, or an upgrade wants it`,
      ]
      : [],
  ].join("\n");
}

/** The newest failure, or else the newest stale run, with the command that tells more. */
function formatProblem(grid: Grid): string[] {
  const failed = findNewest(grid, "failed");
  const run = failed ?? findNewest(grid, "stale");
  if (!run) return [];
  const { dagId, date, hasSuccess } = run;
  const found = !failed
    ? "is stale"
    : hasSuccess
    ? "failed though it had succeeded before"
    : "failed";
  return [
    asTyped(`Why ${dagId} ${found}, and what now:\n  deno task runs explain ${dagId} ${date}`),
  ];
}

function findNewest({ dates, dags }: Grid, status: RunStatus): DagRun | null {
  for (const i of dates.keys().toArray().reverse()) {
    const found = dags.map(({ runs }) => runs[i]).find((run) => run?.status === status);
    if (found) return found;
  }
  return null;
}

interface GridFlags {
  readonly days: number;
  readonly to?: string;
  readonly json?: boolean;
}

/** `runs` or `runs grid`: how every DAG stands for the last dates. */
export const gridCommand: Subcommand = (dags, act) =>
  createSubcommand("grid", "Shows how every DAG stands for the last dates (the default)", [
    "--days 30",
    "--days 7 --to 2026-05-03 --json",
  ])
    .option("--days <count>", "number of dates", wholeNumber(1, 366), 14)
    .option("--to <date>", "the last of them (default: today, or else the last with runs)")
    .option("--json", "print one JSON object")
    .action(act(async (flags: GridFlags) => {
      const grid = await readGrid(dags, flags);
      console.log(
        flags.json ? toGridJson(grid) : formatGrid(grid, columnsOfStdout(), paintForStdout()),
      );
      return EXIT_CODE.done;
    }));

async function readGrid(dags: readonly Dag[], flags: GridFlags): Promise<Grid> {
  const config = readConfig(undefined, { amo: false });
  const to = parseLogicalDate(flags.to ?? "today", config.businessTz);
  const mayMove = flags.to === undefined && !flags.json;
  const found = await readOrNone(config, { to, days: flags.days, mayMove }, flags.json ?? false);
  return {
    timeZone: config.businessTz,
    dates: found.dates,
    dags: dags.map((dag) => ({
      id: dag.id,
      runs: found.dates.map((date) => dagRunOf(dag, date.toString(), found.states)),
    })),
  };
}

/** Which dates are asked for. */
export interface Range {
  readonly to: Temporal.PlainDate;
  readonly days: number;
  /** To the last dates that have runs, when these have none. */
  readonly mayMove: boolean;
}

/** The dates that are shown, and how the tasks stand on them. */
export interface Found {
  readonly dates: readonly Temporal.PlainDate[];
  readonly states: readonly TaskState[];
}

/** A program that asks for JSON gets some, even before the first run. */
async function readOrNone(config: Config, range: Range, isForProgram: boolean): Promise<Found> {
  try {
    await using warehouse = await openMigratedWarehouse(config);
    return await readDates(warehouse.sql, range);
  } catch (error) {
    if (!isForProgram || !(error instanceof NoRunLogError)) throw error;
    console.error(error.note);
    return { dates: datesOf(range), states: [] };
  }
}

/** The tasks of a range; of the last range with runs where this one has none and may move, which is printed. */
export async function readDates(sql: ISql, range: Range): Promise<Found> {
  const dates = datesOf(range);
  const states = await readTaskStates(sql, String(dates[0]), String(dates.at(-1)));
  if (states.length > 0 || !range.mayMove) return { dates, states };
  const [row] = await querySqlFile(sql, "ops/find_last_date.sql", [range.to.toString()]);
  if (!row?.last_date) return { dates, states };
  console.log(`No runs from ${dates[0]} to ${range.to}: these are the last dates that have some\n`);
  const to = Temporal.PlainDate.from(String(row.last_date));
  return await readDates(sql, { ...range, to, mayMove: false });
}

function datesOf({ to, days }: Range): readonly Temporal.PlainDate[] {
  return listDates(to.subtract({ days: days - 1 }), to);
}

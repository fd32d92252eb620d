import { wholeNumber } from "../../script/command.ts";
import { type Config, readConfig } from "../../config.ts";
import type { Dag } from "../../dag/dag.ts";
import { EXIT_CODE } from "../../script/exit_code.ts";
import { type Attempt, readAttempts } from "../../run_log/attempts.ts";
import { dagRunOf } from "../../run_log/dag_run.ts";
import { listDates, parseDate } from "../../script/dates.ts";
import { formatGrid, type Grid, toGridJson } from "../../../pipeline/runs/grid.ts";
import { NoRunLogError, openRunLog } from "../open_run_log.ts";
import { columnsOfStdout, paintForStdout } from "../../../pipeline/runs/look.ts";
import { createSubcommand, type Subcommand } from "../../../pipeline/runs/subcommand.ts";

interface GridFlags {
  readonly days: number;
  readonly to: string;
  readonly json?: boolean;
}

/** `runs` or `runs grid`: how every DAG stands for the last dates. */
export const gridCommand: Subcommand = (dags, act) =>
  createSubcommand("grid", "Shows how every DAG stands for the last dates (the default)", [
    "--days 30",
    "--days 7 --to 2026-05-03 --json",
  ])
    .option("--days <count>", "so many dates", wholeNumber(1, 366), 14)
    .option("--to <date>", "the last of them", "today")
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
  const to = parseDate(flags.to, config.businessTz);
  const dates = listDates(to.subtract({ days: flags.days - 1 }), to);
  const range = { from: String(dates[0]), to: String(dates.at(-1)) };
  const attempts = await readOrNone(config, range, flags.json ?? false);
  return {
    timeZone: config.businessTz,
    dates,
    dags: dags.map((dag) => ({
      id: dag.id,
      runs: dates.map((date) => dagRunOf(dag, date.toString(), attempts)),
    })),
  };
}

/** A program that asks for JSON gets some, even before the first run. */
async function readOrNone(
  config: Config,
  range: { readonly from: string; readonly to: string },
  isForProgram: boolean,
): Promise<Attempt[]> {
  try {
    await using warehouse = await openRunLog(config);
    return await readAttempts(warehouse.sql, range);
  } catch (error) {
    if (!isForProgram || !(error instanceof NoRunLogError)) throw error;
    console.error(error.message);
    return [];
  }
}

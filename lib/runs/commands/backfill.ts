import { type Config, ConfigError, readConfig } from "../../config.ts";
import type { Dag } from "../../dag/dag.ts";
import { readsAmo } from "../../script/dag_command.ts";
import { EXIT_CODE } from "../../script/exit_code.ts";
import { openSession } from "../../script/session.ts";
import type { Warehouse } from "../../warehouse/warehouse.ts";
import { readAttempts } from "../../run_log/attempts.ts";
import {
  findOpenDays,
  formatOpenDays,
  type OpenDay,
  runBackfill,
} from "../../../pipeline/runs/backfill.ts";
import { listDates, parseDate } from "../../script/dates.ts";
import { inRunOrder } from "../../dag/downstream.ts";
import { findDag } from "../../dag/find_dag.ts";
import { openRunLog } from "../open_run_log.ts";
import { createSubcommand, type Subcommand } from "../../../pipeline/runs/subcommand.ts";

interface BackfillFlags {
  readonly from: string;
  readonly to: string;
  readonly dag?: string;
  readonly yes?: boolean;
  readonly continue?: boolean;
}

/** `runs backfill`: runs what has not succeeded on many dates, one after the other. */
export const backfillCommand: Subcommand = (dags, act) =>
  createSubcommand("backfill", "Runs what has not succeeded on many dates, date by date", [
    "backfill --from 2026-05-01 --to 2026-05-03",
    "backfill --from 2026-05-01 --to yesterday --yes",
    "backfill --from 2026-05-01 --to yesterday --dag daily_load_ods_cars --yes",
  ])
    .requiredOption("--from <date>", "the first date")
    .requiredOption("--to <date>", "the last date, today at the latest")
    .option("--dag <dag>", "this DAG alone")
    .option("--yes", "run it; without, only the list is shown")
    .option("--continue", "go on with the next date after one that failed")
    .action(act(async (flags: BackfillFlags) => {
      const chosen = flags.dag === undefined ? inRunOrder(dags) : [findDag(dags, flags.dag)];
      const config = readConfig(undefined, { amo: chosen.some(readsAmo) });
      const dates = pastDates(flags, config);
      if (!flags.yes) return await showList(chosen, dates, config);
      await using session = await openSession({ amo: chosen.some(readsAmo) }, config);
      const days = await readOpenDays(session.warehouse, chosen, dates);
      console.log(formatOpenDays(days, chosen));
      return await runBackfill(days, {
        run: session,
        dags,
        continues: flags.continue ?? false,
        tell: console.log,
      });
    }));

function pastDates(flags: BackfillFlags, { businessTz }: Config): Temporal.PlainDate[] {
  const to = parseDate(flags.to, businessTz);
  if (Temporal.PlainDate.compare(to, Temporal.Now.plainDateISO(businessTz)) > 0) {
    throw new ConfigError(`Cannot backfill to ${to}: it is in the future, expected today at most`);
  }
  return listDates(parseDate(flags.from, businessTz), to);
}

async function showList(
  chosen: readonly Dag[],
  dates: readonly Temporal.PlainDate[],
  config: Config,
): Promise<number> {
  await using warehouse = await openRunLog(config);
  const days = await readOpenDays(warehouse, chosen, dates);
  const count = days.filter(({ dags }) => dags.length > 0).length;
  console.log(formatOpenDays(days, chosen));
  console.log(
    count === 0
      ? "\nNothing is left to run"
      : `\n${count} of ${days.length} dates would run: add --yes to run them, one after the other`,
  );
  return EXIT_CODE.done;
}

async function readOpenDays(
  { sql }: Warehouse,
  chosen: readonly Dag[],
  dates: readonly Temporal.PlainDate[],
): Promise<readonly OpenDay[]> {
  const range = { from: String(dates[0]), to: String(dates.at(-1)) };
  return findOpenDays(chosen, dates, await readAttempts(sql, range));
}

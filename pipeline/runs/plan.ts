import { readConfig } from "../../lib/config.ts";
import { readsAmo } from "../../lib/script/dag_command.ts";
import { chooseDates, type DateFlags } from "../../lib/script/dates.ts";
import { showDryRun } from "../../lib/script/dry_session.ts";
import { createSubcommand, type Subcommand } from "./subcommand.ts";

/** `runs plan`: what would run, what would be pulled, and what that would change. */
export const planCommand: Subcommand = (dags, act) =>
  createSubcommand("plan", "Shows what would run, and what it would change, and writes nothing", [
    "plan",
    "plan --date 2026-05-03",
    "plan --from 2026-05-01 --to 2026-05-03",
  ])
    .option("--date <date>", "logical date: YYYY-MM-DD, today or yesterday (default: today)")
    .option("--from <date>", "the first of several dates")
    .option("--to <date>", "the last of them (default: today)")
    .action(act(async (flags: DateFlags) => {
      const dates = chooseDates(flags, readConfig(undefined, { amo: false }).businessTz);
      const config = readConfig(undefined, { amo: dags.some(readsAmo) });
      // What people asked for is all that they want to see.
      return await showDryRun(dags, dates, { ...config, logLevel: "warning" });
    }));

// Reads:  amoCRM, and every layer of the warehouse
// Writes: every layer of the warehouse, for one date
// When:   by hand, or once a day from a plain cron after 06:00 local
// Try:    deno task daily --date 2026-05-03 --dry-run
import { readConfig } from "../lib/config.ts";
import type { Dag } from "../lib/dag/dag.ts";
import { ACCEPT_DELETES } from "../lib/dag/deletions.ts";
import { ACCEPT_EMPTIED } from "../lib/dag/emptied.ts";
import { canReadInFull } from "../lib/dag/full.ts";
import { runDaily } from "../lib/runner/daily_run.ts";
import { createCommand, runMain } from "../lib/script/command.ts";
import type { RunFlags } from "../lib/script/dag_command.ts";
import { parseLogicalDate } from "../lib/script/dates.ts";
import { showDryRun } from "../lib/script/dry_session.ts";
import { exitCodeOfDay } from "../lib/script/exit_code.ts";
import { formatOutcomes } from "../lib/script/outcome_table.ts";
import { openSession } from "../lib/script/session.ts";
import { dag as loadCars } from "./daily_amocrm_load_cars.ts";
import { dag as loadClients } from "./daily_amocrm_load_clients.ts";
import { dag as loadEvents } from "./daily_amocrm_load_events.ts";
import { dag as loadLeads } from "./daily_amocrm_load_leads.ts";
import { dag as buildDimensions } from "./daily_build_dds_dim.ts";
import { dag as buildFacts } from "./daily_build_dds_fact.ts";
import { dag as buildMarts } from "./daily_build_dm.ts";
import { dag as buildStatuses } from "./daily_build_dict_status_leads.ts";
import { dag as mergeCars } from "./daily_load_ods_cars.ts";
import { dag as mergeClients } from "./daily_load_ods_clients.ts";
import { dag as mergeLeads } from "./daily_load_ods_leads.ts";

/** Every DAG of a day, in the order of its schedule. */
export const dags: readonly Dag[] = [
  loadLeads,
  loadClients,
  loadCars,
  loadEvents,
  buildStatuses,
  mergeLeads,
  mergeClients,
  mergeCars,
  buildDimensions,
  buildFacts,
  buildMarts,
];

/** Runs the DAGs of the date that the arguments name, and prints the closing table. */
export async function main(args: readonly string[]): Promise<number> {
  const flags = createCommand("daily", "Runs all DAGs of one date in dependency order", [
    "deno task daily",
    "deno task daily --date 2026-05-03",
    "deno task daily --date 2026-05-03 --dry-run",
    "deno task daily --full",
  ])
    .option("--date <date>", "logical date: YYYY-MM-DD, today or yesterday (default: today)")
    .option("--dry-run", "write nothing, show what would be written")
    .option("--force", "run again even what has succeeded for this date")
    .option("--full", "read all leads, not only those that changed, and build on what that brings")
    .option("--accept-deletes", ACCEPT_DELETES)
    .option("--accept-emptied", ACCEPT_EMPTIED)
    .parse(args, { from: "user" })
    .opts<RunFlags>();
  const config = readConfig();
  const logicalDate = parseLogicalDate(flags.date ?? "today", config.businessTz);
  if (flags.dryRun) return await showDryRun(dags, [logicalDate], config, flags);
  await using session = await openSession({ amo: true }, config);
  const { force = false, full = false, acceptDeletes = false, acceptEmptied = false } = flags;
  const outcomes = await runDaily(dags, {
    ...session,
    logicalDate,
    force,
    full,
    acceptDeletes,
    acceptEmptied,
    // What builds on them is stale then.
    ...full && !force ? { forceOnly: dags.filter(canReadInFull).map(({ id }) => id) } : {},
  });
  console.log(formatOutcomes(outcomes, logicalDate));
  return exitCodeOfDay(outcomes);
}

if (import.meta.main) await runMain(() => main(Deno.args));

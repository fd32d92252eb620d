// Reads:  ops.run_log, and what the DAGs read
// Writes: what the DAGs write; ops.incident
// When:   always: one heartbeat a minute, by Deno.cron
// Try:    deno task scheduler
import { getLogger } from "@logtape/logtape";
import { readConfig, readScheduleOverrides } from "../lib/config.ts";
import {
  findLateUpstreams,
  formatNextRuns,
  scheduleDags,
  withSetSchedules,
} from "../lib/dag/scheduled_dags.ts";
import { explainRun } from "../lib/explain/explain.ts";
import { createCommand, runMain } from "../lib/script/command.ts";
import { EXIT_CODE } from "../lib/script/exit_code.ts";
import { openSession } from "../lib/script/session.ts";
import { untilStopped } from "../lib/stop_signal.ts";
import { readClock } from "../lib/warehouse/clock.ts";
import { dags } from "./daily.ts";
import { createAlerts } from "./scheduler/alerts/alerts.ts";
import { createDeadman } from "./scheduler/alerts/deadman.ts";
import { startSite } from "./dashboard/scheduler_site.ts";
import { createScheduler } from "./scheduler/beats.ts";
import { startMetricsServer } from "./scheduler/metrics/metrics_server.ts";
import { createSchedulerState } from "./scheduler/metrics/scheduler_state.ts";

const DESCRIPTION = `Runs every DAG at its time, in BUSINESS_TZ, until it is stopped. Any number of
schedulers may share a warehouse on a server. SCHEDULE_<DAG_ID> changes a time, CATCHUP says what becomes
of dates that were missed`;

const log = getLogger(["scheduler"]);

/** Runs until SIGINT or SIGTERM. */
export async function main(args: readonly string[]): Promise<number> {
  createCommand("scheduler", DESCRIPTION, [
    "deno task scheduler",
    "SCHEDULE_DAILY_AMOCRM_LOAD_LEADS=03:30 deno task scheduler",
    "CATCHUP=last deno task scheduler",
  ]).parse(args, { from: "user" });
  const config = readConfig();
  const overrides = readScheduleOverrides(dags.map(({ id }) => id));
  const scheduled = scheduleDags(dags, config, overrides);
  await using session = await openSession({ amo: true }, config);
  const { warehouse: { sql, kind } } = session;
  const now = await readClock(sql);
  console.log(formatNextRuns(scheduled, now, config.businessTz));
  for (const text of findLateUpstreams(scheduled, now, config)) log.warn("{text}", { text });
  // An explanation names the times that are really kept.
  const known = withSetSchedules(dags, config);
  const state = createSchedulerState();
  await using pages = startMetricsServer(config, session.warehouse, state);
  if (pages) console.log(`Serving ${pages.url}/healthz and /metrics`);
  await using site = await startSite(session, known);
  if (site) console.log(`Serving ${site.url}`);
  await using alerts = createAlerts({
    sql,
    config,
    explain: (dagId, date) =>
      // Nobody gives a sign of life on the embedded warehouse, and all that runs there runs here.
      explainRun(
        sql,
        known,
        dagId,
        date,
        config.businessTz,
        ...(kind === "embedded" ? [Infinity] : []),
      ),
  });
  const pingDeadman = createDeadman(config.deadmanUrl);
  const scheduler = createScheduler({
    ...session,
    dags: scheduled,
    report: (...progress) => {
      state.report(...progress);
      session.report(...progress);
    },
    onDagEnd: alerts.onDagEnd,
    onBeat: async () => {
      state.beat();
      void pingDeadman();
      await alerts.onBeat();
    },
  });
  // Local times, catch-up and retries are ours: cron knows UTC alone, and an over-running handler swallows ticks.
  Deno.cron("heartbeat", "* * * * *", { backoffSchedule: [], signal: session.signal }, () => {
    void scheduler.beat();
  });
  await scheduler.beat();
  const reason = await untilStopped(session.signal);
  await scheduler.stop(reason, config.stopGraceMs);
  return EXIT_CODE.done;
}

if (import.meta.main) await runMain(() => main(Deno.args));

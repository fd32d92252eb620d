import assert from "node:assert/strict";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { dags } from "../../pipeline/daily.ts";
import { fillAccount, onServer } from "../support/daily_setup.ts";
import { createRentalAccount } from "../support/rental_account.ts";
import { startSandboxProcess } from "../support/sandbox_process.ts";
import {
  isWholeDay,
  readRunLog,
  type RunLogRow,
  startScheduler,
  untilRunLog,
} from "../support/scheduler_process.ts";
import { headlines, serveChat } from "../support/webhook.ts";
import { serverAvailable } from "../support/warehouses.ts";

/** The first has not reached a date on which the second lives already: they are 26 hours apart. */
const ZONES = ["Etc/GMT+12", "Pacific/Kiritimati"] as const;

Deno.test({
  name:
    "the scheduler runs a day by itself, says what fails on the next, and makes it good (server)",
  ignore: !serverAvailable,
  fn: async () => {
    await using sandbox = await startSandboxProcess();
    await sandbox.control("POST", "/switches", { requestsPerSecond: null });
    const account = await createRentalAccount(fetch, sandbox.token, sandbox.url);
    await fillAccount({ account });
    const [today, tomorrow] = ZONES.map((zone) => Temporal.Now.plainDateISO(zone).toString());
    assert.ok(today && tomorrow && today < tomorrow);
    await onServer({ sandbox, account }, async (setup) => {
      await using first = startScheduler(setup, { BUSINESS_TZ: ZONES[0] });
      const good = await untilRunLog(setup, (rows) => isWholeDay(rows, today), first.said);
      assert.deepEqual(
        good.filter(({ status, attempt }) => status !== "success" || attempt > 1),
        [],
      );
      assert.deepEqual(await setup.inspect(findTooEarly), []);
      first.kill("SIGTERM");
      assert.equal(await first.ended(), 0);

      await sandbox.control("POST", "/faults", {
        fault: { kind: "status", status: 403, body: "problem" },
        when: { path: "/api/v4/leads/custom_fields", times: 1000 },
      });
      await using chat = serveChat();
      // A warehouse keeps to its zone; here another one stands for the next day.
      await setup.inspect(({ sql }) => sql`delete from ops.warehouse_setting`);
      const env = { BUSINESS_TZ: ZONES[1], ALERT_WEBHOOK_URL: chat.url };
      await using second = startScheduler(setup, env);
      await untilRunLog(setup, (rows) => failuresOf(rows, tomorrow) !== null, second.said);
      assert.deepEqual(failuresOf(await setup.inspect(readRunLog), tomorrow), {
        extract_leads: [
          "failed",
          "Cannot read /api/v4/leads/custom_fields: amoCRM answered 403, expected 200: the token has " +
          "no right to this; check the scopes of the integration and the rights and IP list of its user",
        ],
        load_leads: ["upstream_failed", `${EXTRACT} of ${tomorrow} failed`],
        merge_ods_leads: [
          "upstream_failed",
          `${LOAD} of ${tomorrow} could not run: ${EXTRACT} of ${tomorrow} failed`,
        ],
        ...endsOf([...DIMS, ...FACTS, ...MARTS], [
          "upstream_failed",
          `${MERGE} of ${tomorrow} could not run: ${LOAD} of ${tomorrow} could not run: ` +
          `${EXTRACT} of ${tomorrow} failed`,
        ]),
      });

      await sandbox.control("DELETE", "/faults");
      const repair = await setup.run("daily_amocrm_load_leads", ["--date", tomorrow], {
        BUSINESS_TZ: ZONES[1],
      });
      assert.equal(repair.code, 0, repair.stderr);
      // Nobody starts the others: the scheduler sees at its next heartbeat that they may go now.
      await untilRunLog(setup, (rows) => isWholeDay(rows, tomorrow), second.said);
      await untilRunLog(setup, () => chat.texts.length >= 2, second.said);
      assert.deepEqual(headlines(chat), [
        `FAILED: daily_amocrm_load_leads of ${tomorrow}`,
        `RECOVERED: daily_amocrm_load_leads of ${tomorrow}`,
      ]);
      assert.match(chat.texts[0] ?? "", /amoCRM answered 403, expected 200/);
      assert.match(chat.texts[0] ?? "", /deno task runs retry daily_amocrm_load_leads/);
      second.kill("SIGTERM");
      assert.equal(await second.ended(), 0);
    });
  },
});

const EXTRACT = "daily_amocrm_load_leads.extract_leads";
const LOAD = "daily_amocrm_load_leads.load_leads";
const MERGE = "daily_load_ods_leads.merge_ods_leads";
const DIMS = ["merge_dim_car", "merge_dim_client", "merge_dim_status"];
const FACTS = [
  "merge_fact_lead_status_change",
  "merge_fact_rentals",
  "merge_fact_fleet_usage_day",
  "merge_dim_date",
];
const MARTS = dags.filter(({ id }) => id === "daily_build_dm")
  .flatMap(({ tasks }) => tasks.map(({ id }) => id));

/** Tasks that the leads have no part in, and those that come to nothing without them. */
const UNHURT = 8;
const HURT = 10 + MARTS.length;

type End = readonly [status: string, error: string];

function endsOf(tasks: readonly string[], end: End): Record<string, End> {
  return Object.fromEntries(tasks.map((task) => [task, end]));
}

/** How the tasks of a date ended that did not succeed; null while anything is still open. */
function failuresOf(rows: readonly RunLogRow[], date: string): Record<string, End> | null {
  const own = rows.filter((row) => row.logical_date === date);
  const failed = own.filter(({ status }) => status === "failed" || status === "upstream_failed");
  const good = own.filter(({ status }) => status === "success");
  if (good.length < UNHURT || failed.length < HURT) return null;
  return Object.fromEntries(
    // The facts wait for the dimensions and for the leads, whichever of the two they saw first; the marts for the facts.
    failed.map(({ task_id, status, error }) => [
      task_id,
      [
        status,
        error?.replace(/^(?:daily_build_dds_(?:dim|fact) of \S+ could not run: )+/, "") ?? "",
      ],
    ]),
  );
}

/** Whether each task began after all that its DAG waits for had ended. */
async function findTooEarly({ sql }: Warehouse): Promise<string[]> {
  const rows = await sql`
    select dag_id, task_id, started_at, finished_at from ops.run_log where status = 'success'
  `;
  return dags.flatMap((dag) =>
    dag.waitsFor.flatMap((upstream) => {
      const ends = rows.filter((row) =>
        row.dag_id === upstream.dag && (upstream.task ?? row.task_id) === row.task_id
      ).map((row) => row.finished_at.getTime());
      return rows.filter((row) => row.dag_id === dag.id && ends.some((end) => end > row.started_at))
        .map((row) => `${row.dag_id}.${row.task_id}`);
    })
  );
}

import assert from "node:assert/strict";
import type { Dag } from "../../../lib/dag/dag.ts";
import type { Notice } from "../../../lib/dashboard/page/notice.ts";
import { dags } from "../../../pipeline/daily.ts";
import { buildDay } from "../../support/marts.ts";
import { addAttempt } from "../../support/run_log_rows.ts";
import { CRM_TABLE, serveTestSite, testPage } from "../../support/site.tsx";
import { testOnBothWarehouses } from "../../support/warehouses.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";

/** The notices that a page of one file gets, and what it then says. */
async function noticesFor(
  warehouse: Warehouse,
  sqlFile: string,
  known: readonly Dag[] = dags,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly notices: readonly Notice[]; readonly html: string }> {
  let notices: readonly Notice[] = [];
  const page = testPage("/", async (request) => {
    notices = await request.notices(sqlFile);
    return { tables: [{ ...CRM_TABLE, sqlFile }] };
  });
  await using site = serveTestSite(warehouse, [page], env, { dags: known });
  return { html: await (await fetch(site.url)).text(), notices };
}

const FILE = "dashboard/find_filters.sql";

const LOADS = [
  ["daily_amocrm_load_leads", "load_leads"],
  ["daily_amocrm_load_clients", "load_clients"],
  ["daily_amocrm_load_cars", "load_cars"],
  ["daily_amocrm_load_events", "load_events"],
  ["daily_build_dict_status_leads", "merge_dict_status_leads"],
] as const;

/** Every load and the cars are fresh, for one date. */
async function loadEverything({ sql }: Warehouse): Promise<void> {
  for (const [dag, task] of LOADS) {
    await addAttempt(sql, { dag, task, status: "success", finishedAt: new Date().toISOString() });
  }
}

testOnBothWarehouses("a page is told nothing while its data are whole", async (warehouse) => {
  await loadEverything(warehouse);
  const { notices, html } = await noticesFor(warehouse, FILE);
  assert.deepEqual(notices, []);
  assert.doesNotMatch(html, /class="banner"/);
});

testOnBothWarehouses(
  "a page is told what is wrong with the tables behind it, and no other",
  async (warehouse) => {
    const { sql } = warehouse;
    await loadEverything(warehouse);
    await sql`
    update ops.run_log set finished_at = '2026-05-01T00:00:00Z'
    where task_id in ('load_cars', 'load_clients')
  `;
    await addAttempt(sql, { dag: "daily_build_dds_dim", task: "merge_dim_car", status: "failed" });
    await addAttempt(sql, {
      dag: "daily_build_dds_dim",
      task: "merge_dim_client",
      status: "failed",
    });
    await sql`
    insert into ops.check_result
      (run_id, task_id, check_name, table_name, severity, offenders, checked_at)
    select gen_random_uuid(), 't', check_name, table_name, severity, offenders, checked_at
    from (values
      ('duplicate_plates', 'ods.ods_cars_hist', 'warn', 3, now()),
      ('duplicate_licenses', 'ods.ods_clients_hist', 'warn', 4, now()),
      ('history_overlaps', 'ods.ods_cars_hist', 'error', 2, now() - interval '1 day'),
      ('history_overlaps', 'ods.ods_cars_hist', 'error', 0, now())
    ) as found (check_name, table_name, severity, offenders, checked_at)
  `;
    const { notices, html } = await noticesFor(warehouse, FILE);
    const levels = html.matchAll(/<strong>(Problem|Warning)\./g);
    // The worst first.
    assert.deepEqual([...levels].map(([, level]) => level), ["Problem", "Problem", "Warning"]);
    assert.deepEqual(notices, [
      {
        level: "error",
        kind: "build",
        subject: "daily_build_dds_dim.merge_dim_car",
        tables: ["dds.dim_car"],
        text: "daily_build_dds_dim.merge_dim_car of 2026-05-03: failed. What it builds is older; " +
          "deno task runs explain daily_build_dds_dim 2026-05-03 says why.",
      },
      {
        level: "warning",
        kind: "check",
        subject: "duplicate_plates",
        tables: ["ods.ods_cars_hist"],
        text: "The check duplicate_plates of ods.ods_cars_hist found 3. " +
          "deno task check-data duplicate_plates shows them.",
      },
      {
        level: "error",
        kind: "source",
        subject: "load_cars",
        tables: ["stg.stg_cars"],
        text:
          "stg.stg_cars was last loaded at 1 May 2026, 04:00: what changed since is not here. " +
          "See deno task runs.",
      },
    ]);
    for (const { text } of notices) assert.ok(html.includes(text), text);
    assert.doesNotMatch(html, /duplicate_licenses/);
  },
);

testOnBothWarehouses(
  "a page says by which settings its figures are counted where others are set now",
  async (warehouse) => {
    await loadEverything(warehouse);
    await buildDay(warehouse, "2026-05-04");
    const told = async (sqlFile: string, env: Readonly<Record<string, string>>) =>
      (await noticesFor(warehouse, sqlFile, dags, { UI_LANG: "en", ...env })).notices
        .filter(({ kind }) => kind === "setting").map(({ text }) => text);
    const cohorts = "dashboard/funnel_cohorts.sql";

    assert.deepEqual(await told(cohorts, {}), []);
    assert.deepEqual(await told(cohorts, { COHORT_MATURITY_DAYS: "45" }), [
      "Counted with COHORT_MATURITY_DAYS=30, as it was set for the build of 2026-05-04: " +
      "COHORT_MATURITY_DAYS=45, as it is set now, counts from the next build on.",
    ]);
    // Nothing of it is in the days of cars.
    assert.deepEqual(await told("dashboard/fleet_days.sql", { COHORT_MATURITY_DAYS: "45" }), []);
    assert.deepEqual(
      (await told("dashboard/fleet_days.sql", { MAX_HORIZON_DAYS: "90", GRACE_MINUTES: "5" })).map((
        text,
      ) => text.split(",")[0]),
      ["Counted with GRACE_MINUTES=29", "Counted with MAX_HORIZON_DAYS=730"],
    );

    await buildDay(warehouse, "2026-05-05", {}, { cohort_maturity_days: "45" });
    assert.deepEqual(await told(cohorts, { COHORT_MATURITY_DAYS: "45" }), []);
  },
);

testOnBothWarehouses(
  "a period may reach as far as the days that are built, whatever the horizon is set to now",
  async (warehouse) => {
    await buildDay(warehouse, "2026-05-04", {}, { max_horizon_days: "90" });
    const page = { ...testPage("/", () => ({})), filters: ["period"] as const };
    await using site = serveTestSite(warehouse, [page], {
      UI_LANG: "en",
      MAX_HORIZON_DAYS: "730",
    });
    const today = Temporal.Now.plainDateISO("Asia/Dubai");
    const ask = async (days: number) =>
      (await (await fetch(`${site.url}/?to=${today.add({ days })}`)).text())
        .includes("are not built");

    assert.equal(await ask(89), false);
    assert.equal(await ask(92), true);
  },
);

import assert from "node:assert/strict";
import { csvRecords, get, plainText, serveLook } from "../../../support/look_site.ts";
import { CONFIRMED, dubai, element, lead, liveDay } from "../../../support/rentals.ts";
import { addAttempt } from "../../../support/run_log_rows.ts";
import { testOnBothWarehouses } from "../../../support/warehouses.ts";

testOnBothWarehouses(
  "dataPage() shows freshness, checks since when, the rows and builds of tables, and a table's neighbours",
  async (warehouse) => {
    const { sql } = warehouse;
    await liveDay(warehouse, "2026-05-04", {
      cars: [element(5, "2026-05-01 08:00", { plate: "A 1" })],
      leads: [
        lead(7, "2026-05-02 10:00", {
          status_id: CONFIRMED,
          plate: "A 1",
          rental_start: dubai("2026-05-03 00:00"),
          rental_end: dubai("2026-05-05 00:00"),
        }),
      ],
    });
    const load = { dag: "daily_amocrm_load_leads", task: "load_leads", status: "success" } as const;
    await addAttempt(sql, { ...load, date: "2026-05-04", finishedAt: "2026-05-04T00:10:00Z" });
    await addAttempt(sql, {
      dag: "daily_build_dds_fact",
      task: "merge_fact_rentals",
      date: "2026-05-04",
      status: "success",
      finishedAt: "2026-05-04T01:40:00Z",
    });
    for (
      const [checkedAt, offenders] of [["02", 0], ["03", 2], ["04", 7]] as const
    ) {
      await sql`
        insert into ops.check_result
          (run_id, task_id, check_name, table_name, severity, offenders, sample, checked_at)
        values (
          gen_random_uuid(), 'merge_fact_rentals', 'double_bookings', 'dds.fact_fleet_usage_day',
          'warn', ${offenders},
          ${JSON.stringify([{ id: "7", detail: "<img src=x>" }])}::jsonb,
          ${`2026-05-${checkedAt}T01:00:00Z`}
        )
      `;
    }
    await using site = serveLook(warehouse);

    const page = await get(site, "/data");
    assert.equal(page.status, 200);
    const text = plainText(page.text);
    assert.match(
      text,
      /double_bookings \( ?warning ?\) ?: 7 · dds\.fact_fleet_usage_day ?, since 3 May 2026/,
    );
    assert.match(text, /Why ?: /);
    assert.ok(!page.text.includes("<img src=x"));

    const trust = await csvRecords(site, "/data.csv");
    const expected = await sql`
      select source, landed from dm.data_trust order by source
    `;
    assert.deepEqual(
      trust.map(({ landed = "" }) => landed === "" ? "" : new Date(landed).toISOString()),
      expected.map(({ landed }) => landed instanceof Date ? landed.toISOString() : ""),
    );
    // FRESHNESS_HOURS is 30 unless it is set.
    assert.equal(
      trust.find(({ source }) => source === "Leads")?.deadline,
      "2026-05-05T10:10:00+04:00",
    );

    const tables = await csvRecords(site, "/data.csv?table=tables");
    const rentals = tables.find(({ name }) => name === "dds.fact_rentals");
    const [{ rows } = { rows: null }] = await sql`
      select count(*)::text as rows from dds.fact_rentals
    `;
    assert.equal(rentals?.rows, rows);
    assert.equal(rentals?.is_estimate, "false");
    assert.equal(rentals?.built_at, "2026-05-04T05:40:00+04:00");
    assert.equal(rentals?.filled_by, "daily_build_dds_fact.merge_fact_rentals");

    const checks = await csvRecords(site, "/data.csv?table=checks");
    assert.deepEqual(
      checks.map(({ check_name, offenders, failing_since }) => [
        check_name,
        offenders,
        failing_since,
      ]),
      [["double_bookings", "7", "2026-05-03T05:00:00+04:00"]],
    );

    const focus = await get(site, "/data?focus=dds.fact_rentals");
    assert.match(plainText(focus.text), /Lineage of dds\.fact_rentals/);
    assert.match(focus.text, /href="\/data\?focus=ods\.ods_leads_hist"/);
    assert.match(focus.text, /href="\/data\?focus=amocrm\.leads"/);
    assert.match(focus.text, /href="\/runs\/daily_build_dds_fact\/2026-05-04"/);

    const wrong = await get(site, "/data?focus=dds.fact_rental");
    assert.equal(wrong.status, 404);
    assert.match(plainText(wrong.text), /did you mean dds\.fact_rentals/);
  },
);

testOnBothWarehouses("dataPage() explains an empty warehouse in Russian", async (warehouse) => {
  await using site = serveLook(warehouse);
  const page = await get(site, "/data?lang=ru");
  assert.equal(page.status, 200);
  assert.match(plainText(page.text), /Проверок ещё не было/);
});

// What happened in real life and once gave wrong figures, through the real process; on both kinds of warehouse
// where zones or locales play a part, which each brings with it.
import assert from "node:assert/strict";
import { DAY, fillAccount, testScriptsOnServer } from "../support/daily_setup.ts";
import { testWorld, testWorldOnServer, type WorldSetup } from "../support/worlds.ts";

/** Lives on to a time of a date and runs it; returns what each lead of the case became. */
async function runDay(
  setup: WorldSetup,
  date: string,
  timeZone: string,
  plainTime = "04:00",
): Promise<Record<string, unknown>[]> {
  const moment = Temporal.PlainDate.from(date).toZonedDateTime({ timeZone, plainTime });
  await setup.account.liveTo(moment.epochMilliseconds / 1000);
  const { code, stderr } = await setup.run("daily", ["--date", date], { BUSINESS_TZ: timeZone });
  assert.equal(code, 0, stderr);
  const rows = await setup.inspect(({ sql }) =>
    sql`
      select
        lead_id::integer, car_id::integer, client_id::integer, rental_days, budget::text,
        amount::float8, stage, is_cancelled
      from dds.fact_rentals
    `.then((found) => [...found])
  );
  return [...setup.account.leads.values()].map((lead) => ({
    ...rows.find(({ lead_id }) => lead_id === lead),
  }));
}

testWorld(
  "dst_rental_days",
  "daily counts the days of a rental by the wall clock where the clock is changed on the way",
  async (setup) => {
    const leads = await runDay(setup, "2026-10-02", "Europe/Paris");

    assert.deepEqual(leads.map((lead) => [lead.rental_days, lead.amount]), [
      [2, 200],
      [2, 200],
      [2, 200],
      [1, 100],
    ]);
  },
);

testWorld(
  "lookup_key_locale",
  "daily finds car and client by Cyrillic plates and licences in any case",
  async (setup) => {
    const leads = await runDay(setup, "2026-05-02", "Asia/Dubai");

    const { elements } = setup.account;
    assert.deepEqual(leads.map((lead) => [lead.car_id, lead.client_id]), [
      [elements.get(10), elements.get(20)],
      [elements.get(10), elements.get(20)],
    ]);
  },
);

testWorldOnServer("price_minor_units", "daily keeps the minor units of prices", async (setup) => {
  const leads = await runDay(setup, "2026-05-02", "Asia/Dubai");

  assert.deepEqual(leads.map((lead) => lead.budget), ["249.9", "249.9", "249.9", "249.9", "0.75"]);
  const sum = await setup.inspect(async ({ sql }) => {
    const [row] = await sql`select sum(amount)::text as amount from dds.fact_rentals`;
    return row?.amount;
  });
  assert.equal(sum, "1000.35");
});

testWorldOnServer(
  "updated_at_backwards",
  "daily shows what the CRM shows, though it was written with an updated_at before the last one",
  async (setup) => {
    const first = await runDay(setup, "2026-05-01", "Asia/Dubai", "10:10");
    const [last] = await runDay(setup, "2026-05-02", "Asia/Dubai");

    assert.deepEqual(first.map(({ stage, budget }) => [stage, budget]), [["confirmed", "1000"]]);
    assert.deepEqual([last?.stage, last?.is_cancelled, last?.budget], ["cancelled", true, "0"]);
    const versions = await setup.inspect(({ sql }) =>
      sql`
        select
          stage, budget::text, is_current,
          to_char(valid_from at time zone 'Asia/Dubai', 'DD HH24:MI') as opened
        from ods.ods_leads_hist
        inner join dict.dict_status_leads using (pipeline_id, status_id)
        order by valid_from
      `.then((found) => found.map((row) => Object.values(row)))
    );
    // The first was written an hour ahead, so it counts from when it was seen.
    assert.deepEqual(versions, [
      ["confirmed", "1000", false, "01 10:10"],
      ["cancelled", "0", true, "01 10:20"],
    ]);
  },
);

testScriptsOnServer(
  "daily fails as long as the rental pipeline is not there, and is whole afterwards",
  async (setup) => {
    await fillAccount(setup);

    const early = await setup.run("daily", ["--date", DAY], { AMO_PIPELINE: "Rentals to come" });
    const later = await setup.run("daily");

    assert.equal(early.code, 1);
    assert.match(early.stdout, /^daily_build_dict_status_leads +failed/m);
    assert.match(early.stdout, /Cannot find the pipeline "Rentals to come": found 0 among 2/);
    assert.equal(later.code, 0, later.stdout);
    const [row] = await setup.inspect(({ sql }) =>
      sql`
        select
          count(*) as facts,
          count(dim_status.status_id) as with_status,
          count(dim_date.date_day) as with_date
        from dds.fact_rentals
        left join dds.dim_status using (pipeline_id, status_id)
        left join dds.dim_date
          on dim_date.date_day = (fact_rentals.rental_end at time zone 'Asia/Dubai')::date
      `.then((rows) => [...rows])
    );
    assert.deepEqual({ ...row }, { facts: 20, with_status: 20, with_date: 20 });
  },
);

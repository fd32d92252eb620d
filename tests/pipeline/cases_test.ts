// Worlds from real life that once gave wrong figures, through the real process.
import assert from "node:assert/strict";
import { testWorld, type WorldSetup } from "../support/worlds.ts";

/** Lives on to four in the morning of a date and runs it; returns what each lead of the case became. */
async function runDay(
  setup: WorldSetup,
  date: string,
  timeZone: string,
): Promise<Record<string, unknown>[]> {
  const morning = Temporal.PlainDate.from(date).toZonedDateTime({ timeZone, plainTime: "04:00" });
  await setup.account.liveTo(morning.epochMilliseconds / 1000);
  const { code, stderr } = await setup.run("daily", ["--date", date], { BUSINESS_TZ: timeZone });
  assert.equal(code, 0, stderr);
  const rows = await setup.inspect(({ sql }) =>
    sql`
      select
        lead_id::integer, car_id::integer, client_id::integer, rental_days, budget::text,
        amount::float8
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

testWorld("price_minor_units", "daily keeps the minor units of prices", async (setup) => {
  const leads = await runDay(setup, "2026-05-02", "Asia/Dubai");

  assert.deepEqual(leads.map((lead) => lead.budget), ["249.9", "249.9", "249.9", "249.9", "0.75"]);
  const sum = await setup.inspect(async ({ sql }) => {
    const [row] = await sql`select sum(amount)::text as amount from dds.fact_rentals`;
    return row?.amount;
  });
  assert.equal(sum, "1000.35");
});

import assert from "node:assert/strict";
import { buildDay } from "../../support/marts.ts";
import {
  CONFIRMED,
  dubai,
  element,
  INQUIRY,
  lead,
  moved,
  ON_RENT,
  RENTALS,
  RETURNED,
} from "../../support/rentals.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const NOON = dubai("2026-05-10 12:00");

function rental(id: number, status: number, car: number | null, start: string, end: string | null) {
  return lead(id, "2026-05-01 10:00", {
    status_id: status,
    car_element_id: car,
    budget: 100,
    rental_start: dubai(`2026-05-${start}`),
    rental_end: end === null ? null : dubai(`2026-05-${end}`),
  });
}

const LANDED = {
  cars: [1, 2, 3, 4, 5, 6].map((id) => element(id, "2026-05-01 08:00", { model: "Sedan" })),
  leads: [
    rental(1, CONFIRMED, 1, "10 09:00", "10 18:00"), // a same-day rental, not out yet
    rental(2, ON_RENT, 2, "08 10:00", "10 10:00"), // due two hours ago
    rental(3, CONFIRMED, null, "12 10:00", "13 10:00"), // no car yet
    rental(4, CONFIRMED, 3, "11 10:00", "13 10:00"), // the 11th and 12th
    rental(5, CONFIRMED, 3, "12 10:00", "14 10:00"), // the 12th and 13th
    rental(6, ON_RENT, 4, "09 10:00", "11 12:00"), // back three hours after 7 starts
    rental(7, CONFIRMED, 4, "11 09:00", "12 10:00"),
    rental(8, CONFIRMED, 5, "07 10:00", "08 10:00"), // over, and never went out
    rental(9, RETURNED, 5, "15 10:00", "16 10:00"), // back before it begins
    rental(10, ON_RENT, 6, "09 10:00", null), // no end
  ],
};

testOnBothWarehouses("dm.today_at names every kind of what a day asks for", async (warehouse) => {
  await buildDay(warehouse, "2026-05-10", LANDED);

  const rows = await warehouse.sql`
    select kind, lead_id::integer, car_id::integer, to_char(usage_date, 'DD') as day, is_done
    from dm.today_at(${NOON}) where kind <> 'free_car' order by 1, 2, 4
  `.values();

  assert.deepEqual([...rows].map((row) => [...row]), [
    ["contradiction", 8, 5, "08", null],
    ["contradiction", 9, 5, "15", null],
    ["contradiction", 10, 6, "09", null],
    ["double_booked", 4, 3, "12", null],
    ["double_booked", 5, 3, "12", null],
    ["handover_clash", 6, 4, "11", null],
    ["handover_clash", 7, 4, "11", null],
    ["in_today", 1, 1, "10", false],
    ["in_today", 2, 2, "10", false],
    ["out_today", 1, 1, "10", false],
    ["overdue", 2, 2, "10", null],
    ["unassigned", 3, 0, "12", null],
  ]);
});

testOnBothWarehouses(
  "dm.today_at shows cars free that no booking covers, and never an overdue one",
  async (warehouse) => {
    await buildDay(warehouse, "2026-05-10", LANDED);

    const rows = await warehouse.sql`
      select car_id::integer, string_agg(to_char(usage_date, 'DD'), ' ' order by usage_date)
      from dm.today_at(${NOON}) where kind = 'free_car' group by 1 order by 1
    `.values();

    // Car 2 is overdue, and 6 is out without an end.
    assert.deepEqual([...rows].map((row) => [...row]), [
      [1, "11 12 13 14 15 16 17"],
      [3, "10 14 15 16 17"],
      [4, "12 13 14 15 16 17"],
      [5, "10 11 12 13 14 16 17"],
    ]);
  },
);

/*
 * Car 1 went out on the 9th at 9:00, three hours before the rental before it was to end: that one is over on the 10th,
 * the later one is not. On the 11th the end of the first is found to have been at 8:00, so there is no clash any more.
 */
testOnBothWarehouses(
  "dm.today_at and dm.today_as_of name a hand-over that overlaps while the later rental is out",
  async (warehouse) => {
    await buildDay(warehouse, "2026-05-10", {
      cars: [element(1, "2026-05-01 08:00", { model: "Sedan" })],
      leads: [
        rental(1, RETURNED, 1, "07 10:00", "09 12:00"),
        rental(2, ON_RENT, 1, "09 09:00", "12 10:00"),
      ],
    });
    const clashes = async (state: string): Promise<unknown[][]> => {
      const rows = await warehouse.sql.unsafe(`
        select lead_id::integer, car_id::integer, to_char(usage_date, 'DD')
        from ${state} where kind = 'handover_clash' order by 1
      `).values();
      return [...rows].map((row) => [...row]);
    };
    const both = [[1, 1, "09"], [2, 1, "09"]];
    assert.deepEqual(await clashes(`dm.today_at('${NOON}')`), both);
    assert.deepEqual(await clashes("dm.today_as_of('2026-05-10')"), both);

    const corrected = { ...rental(1, RETURNED, 1, "07 10:00", "09 08:00") };
    await buildDay(warehouse, "2026-05-12", {
      leads: [{ ...corrected, updated_at: dubai("2026-05-11 10:00") }],
    });
    assert.deepEqual(await clashes("dm.today_as_of('2026-05-10')"), both);
    assert.deepEqual(await clashes("dm.today_as_of('2026-05-11')"), []);
  },
);

testOnBothWarehouses(
  "rental_bi may ask dm.today and the state of any day, reading only, and others may not",
  async (warehouse) => {
    await buildDay(warehouse, "2026-05-10", LANDED);

    await warehouse.sql.begin("read only", async (tx) => {
      await tx`set local role rental_bi`;
      await tx`select * from dm.today`;
      const [counts] = await tx`
        select
          (select count(*)::integer from dm.today_as_of('2026-05-10') where kind = 'overdue') as overdue,
          (select count(*)::integer from dm.rentals_as_of('2026-05-10', '2026-05-08', '2026-05-08')) as rentals,
          (select count(*)::integer from dm.fleet_usage_as_of('2026-05-10', '2026-05-10', '2026-05-10')) as cars,
          (select rented_days from dm.revenue_day_as_of('2026-05-10', '2026-05-10', '2026-05-10')) as rented,
          (
            select string_agg(to_char(usage_date, 'DD'), ' ')
            from dm.revenue_day_as_of('2026-05-10', '2026-04-29', '2026-05-02')
          ) as known,
          (select count(*)::integer from dm.revenue_month_as_of('2026-05-10', '2026-03-01', '2026-04-01'))
            as earlier_money,
          (select count(*)::integer from dm.fleet_utilisation_as_of('2026-05-10', '2026-03-01', '2026-04-01'))
            as earlier_fleet,
          (select count(*)::integer from dm.revenue_month_as_of('2026-05-10', '2026-05-01', '2026-05-01')) as money,
          (select count(*)::integer from dm.fleet_utilisation_as_of('2026-05-10', '2026-05-01', '2026-05-01'))
            as fleet
      `;
      // Overdue at midnight: 2 alone. On the 8th: 2 and 8 (their dates reach into it). On the 10th: cars 1 and 4.
      assert.deepEqual({ ...counts }, {
        overdue: 1,
        rentals: 2,
        cars: 6,
        rented: 2,
        // The cars came on 1 May: nothing is known of days and months before, which is not 0.
        known: "01 02",
        earlier_money: 0,
        earlier_fleet: 0,
        money: 8,
        fleet: 8,
      });
    });
    const open = await warehouse.sql`
      select proname from pg_proc
      where pronamespace = 'dm'::regnamespace and has_function_privilege('public', oid, 'execute')
    `.values();
    assert.deepEqual([...open], []);
  },
);

testOnBothWarehouses(
  "dm.today_as_of() and the marts end a day at the first of two midnights",
  async (warehouse) => {
    // The Azores put the clock back from one to midnight: the 25th of October begins at 00:00Z, and again at 01:00Z.
    const azores = { business_tz: "Atlantic/Azores" };
    const start = "2026-10-23T10:00:00Z";
    const columns = { car_element_id: 1, created_at: start, rental_end: "2026-10-25T00:00:00Z" };
    await buildDay(warehouse, "2026-10-25", {
      cars: [element(1, "2026-10-20 08:00", { model: "Sedan" })],
      leads: [
        { ...columns, id: 1, pipeline_id: RENTALS, status_id: INQUIRY, updated_at: start },
        // In the first hour of the 25th.
        {
          ...{ ...columns, id: 1, pipeline_id: RENTALS, status_id: CONFIRMED },
          ...{ rental_start: "2026-10-24T10:00:00Z", updated_at: "2026-10-25T00:30:00Z" },
        },
      ],
      events: [moved(1, "2026-10-25 04:30:00", INQUIRY, CONFIRMED)],
    }, azores);
    const { sql } = warehouse;
    const read = () =>
      sql`
        select
          to_char(dm.end_of_day('2026-10-24') at time zone 'UTC', 'MM-DD HH24:MI:SS') as ends,
          (select count(*)::integer from dm.lead_visit) as visits,
          (select confirmed_day::text from dm.lead_state) as confirmed,
          (select to_char(last_finished_day, 'MM-DD') from dm.build) as last_day
      `.values().then(([row]) => [...row ?? []]);

    assert.deepEqual(await read(), ["10-24 23:59:59", 0, null, "10-24"]);
    await buildDay(warehouse, "2026-10-26", {}, azores);
    assert.deepEqual(await read(), ["10-24 23:59:59", 1, "2026-10-25", "10-25"]);
  },
);

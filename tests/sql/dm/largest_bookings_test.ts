import assert from "node:assert/strict";
import { buildDay } from "../../support/marts.ts";
import { CLOSED, dubai, element, lead } from "../../support/rentals.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

/** Booking 1 to 24 for 100, 200, … of car 1, 2 and 3 in turn; 23, of car 2, is for 9,000 from the 8th on. */
const BOOKINGS = Array.from({ length: 24 }, (_, i) =>
  lead(i + 1, "2026-05-01 09:00", {
    plate: `A ${i % 3 + 1}`,
    status_id: CLOSED,
    rental_start: dubai("2026-05-03 10:00"),
    rental_end: dubai("2026-05-04 10:00"),
    budget: (i + 1) * 100,
  }));

testOnBothWarehouses(
  "dds.bookings_by_amount() finds the same bookings down the amounts as car by car",
  async (warehouse) => {
    const cars = [1, 2, 3].map((id) => element(id, "2026-05-01 07:00", { plate: `A ${id}` }));
    await buildDay(warehouse, "2026-05-06", { cars, leads: BOOKINGS });
    const dearer = { ...BOOKINGS[22], budget: 9000, updated_at: dubai("2026-05-08 09:00") };
    await buildDay(warehouse, "2026-05-09", { leads: [dearer] });
    // By what the planner knows of the size of the table: until it does, all bookings of the cars are looked at.
    await warehouse.sql`analyze dds.fact_rentals`;
    const listLeads = async (most: number, asked: string, moment: string) =>
      (await warehouse.sql.unsafe(
        `select lead_id::integer as id from dds.bookings_by_amount(
           '2026-05-01Z', '2026-06-01Z', ${most}, ${asked}, ${moment}
         )`,
      )).map(({ id }) => id);
    const then = "dm.end_of_day('2026-05-06')";
    for (
      const [asked, moment, largest] of [
        ["null", "null", [23, 24, 22]],
        ["'{1, 2}'", "null", [23, 22, 20]],
        ["'{1, 2}'", then, [22, 20, 19]],
        ["'{2}'", then, [20, 17, 14]],
        ["null", then, [24, 22, 21]],
      ] as const
    ) {
      assert.deepEqual(await listLeads(3, asked, moment), largest, `${asked}, ${moment}`);
      assert.deepEqual((await listLeads(1000, asked, moment)).slice(0, 3), largest);
    }
    // Of the eight of car 2 one was otherwise then.
    assert.equal((await listLeads(1000, "'{2}'", then)).length, 7);
  },
);

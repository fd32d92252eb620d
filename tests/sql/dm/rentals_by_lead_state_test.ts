import assert from "node:assert/strict";
import fc from "fast-check";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { casesOn } from "../../support/cases.ts";
import { buildMarts, listRows, startAnew } from "../../support/marts.ts";
import {
  CANCELLED,
  CLOSED,
  CONFIRMED,
  INQUIRY,
  liveDay,
  ON_RENT,
  RENTALS,
} from "../../support/rentals.ts";
import type { StagedRow } from "../../support/staged.ts";
import { watchPlans } from "../../support/plans.ts";
import { FIRST_DAY, moment, seen } from "../../support/staged_days.ts";
import { testOnServer, withEmbedded } from "../../support/warehouses.ts";

const CASES = casesOn({ embedded: 1, server: 8 });
/** One into which all dates fall, of which the amounts are gone down, and one from whose edges some reach out. */
const PERIODS = [["2026-04-01Z", "2026-06-01Z"], ["2026-05-02Z", "2026-05-09Z"]] as const;

const lead = fc.record({
  id: fc.integer({ min: 1, max: 9 }),
  pipeline: fc.constantFrom(RENTALS, RENTALS, RENTALS, RENTALS, 20),
  status: fc.constantFrom(INQUIRY, CONFIRMED, CONFIRMED, ON_RENT, CLOSED, CANCELLED),
  carId: fc.constantFrom(1, 1, 2, null),
  budget: fc.constantFrom(null, 100, 200, 300, 400),
  start: fc.constantFrom(-3, 0, 1, 4, 8, 12, null, null),
  hasEnd: fc.integer({ min: 0, max: 3 }).map((dice) => dice !== 0),
  isDeleted: fc.integer({ min: 0, max: 7 }).map((dice) => dice === 0),
});
const step = fc.record({
  leads: fc.array(lead, { minLength: 2, maxLength: 8 }),
  /** What follows the merges: the marts are built, or not yet, or are to be built anew as after a rebuild of the facts. */
  then: fc.constantFrom("built", "built", "built", "not yet", "due anew"),
});

Deno.test("rentals found by what dm.lead_state knows are those of the fact (embedded)", () =>
  withEmbedded((warehouse) => checkSteps(warehouse, CASES.embedded)));

testOnServer(
  "rentals found by what dm.lead_state knows are those of the fact",
  (warehouse) => checkSteps(warehouse, CASES.server),
);

testOnServer(
  "a few bookings without dates are not looked for among all the leads without any",
  async (warehouse) => {
    const { sql } = warehouse;
    const without = (id: number, status_id: number): StagedRow => ({
      id,
      pipeline_id: RENTALS,
      status_id,
      created_at: moment(0, 8),
      ...seen(FIRST_DAY, 12, id, false),
    });
    const leads = Array.from({ length: 2_000 }, (_, id) => without(id + 1, INQUIRY));
    await liveDay(warehouse, `${FIRST_DAY}`, { leads: [...leads, without(3_000, CONFIRMED)] });
    await buildMarts(warehouse, `${FIRST_DAY}`);
    await sql`vacuum analyze dds.fact_rentals`;
    await sql`vacuum analyze dm.lead_state`;

    await using plans = await watchPlans(warehouse, {});
    if (plans === null) return;
    const statements = await plans.watch((tx) => tx`select from dds.undated_bookings()`);

    const rowsRead = statements.flatMap(({ steps }) => steps).filter(({ table }) => table !== null)
      .map(({ table, rowsRead }) => [table, rowsRead]);
    assert.deepEqual(rowsRead.filter(([table]) => table !== "watermark"), [
      ["lead_state", 1],
      ["changed_lead", 0],
      ["fact_rentals", 1],
    ]);
  },
);

async function checkSteps(warehouse: Warehouse, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 5 }), async (steps) => {
      await startAnew(warehouse);
      let today = FIRST_DAY;
      for (const { leads, then } of steps) {
        today = today.add({ days: 1 });
        const cars = [1, 2].map((id, i) => ({ id, ...seen(FIRST_DAY, 8, i, false) }));
        await liveDay(warehouse, `${today}`, {
          cars,
          leads: leads.map((one, i) => toLeadRow(one, today, i)),
        });
        await checkLookUps(warehouse);
        if (then === "due anew") await makeDueAnew(warehouse);
        if (then === "built") await buildMarts(warehouse, `${today}`);
        await checkLookUps(warehouse);
      }
    }),
    { numRuns, endOnFailure: true },
  );
}

/** What the functions find is what the whole fact says, however many are asked for. */
async function checkLookUps(warehouse: Warehouse): Promise<void> {
  assert.deepEqual(
    await listRows(warehouse, "select * from dds.open_rentals() order by lead_id"),
    await listRows(
      warehouse,
      "select * from dds.fact_rentals where stage in ('confirmed', 'on_rent') order by lead_id",
    ),
  );
  assert.deepEqual(
    await listRows(warehouse, "select * from dds.undated_bookings() order by lead_id"),
    await listRows(
      warehouse,
      `select * from dds.fact_rentals
       where is_booking and rental_start is null and rental_end is null
       order by lead_id`,
    ),
  );
  // By what the planner knows of the size of the table they are looked for down the amounts.
  await warehouse.sql`analyze dds.fact_rentals`;
  for (const [from, to] of PERIODS) {
    for (const most of [1, 2, 1000]) {
      for (const cars of ["null", "'{1}'"]) {
        const source = `dds.bookings_by_amount('${from}', '${to}', ${most}, ${cars}, null)`;
        const found = await listRows(warehouse, `select * from ${source}`);
        assert.equal(new Set(found).size, found.length, "each is found once");
        const largest = `order by amount desc nulls last, lead_id limit ${most}`;
        assert.deepEqual(
          await listRows(warehouse, `select * from ${source} ${largest}`),
          await listRows(
            warehouse,
            `select * from dds.fact_rentals
             where
               is_booking and car_id <> 0 and rental_end >= rental_start
               and (${cars} is null or car_id = any(${cars}::bigint[]))
               and rental_start >= '${from}' and rental_end < '${to}'
             ${largest}`,
          ),
          `the largest ${most} of the cars ${cars}`,
        );
      }
    }
  }
}

/** Leaves the marts as they are, and lets the next build start from nothing: so does a rebuild of the facts. */
async function makeDueAnew({ sql }: Warehouse): Promise<void> {
  await sql`update ops.watermark set position = 0, settings = null where name like 'dm.%'`;
}

function toLeadRow(
  { id, pipeline, status, carId, budget, start, hasEnd, isDeleted }: typeof lead extends
    fc.Arbitrary<infer V> ? V : never,
  today: Temporal.PlainDate,
  i: number,
): StagedRow {
  const columns = {
    pipeline_id: pipeline,
    status_id: status,
    car_element_id: carId,
    budget,
    rental_start: start === null ? null : moment(start, 9),
    rental_end: toEnd(start, hasEnd),
    created_at: moment(0, 8),
  };
  return { id, ...(isDeleted ? {} : columns), ...seen(today, 12, i, isDeleted) };
}

/** Nearly all leads have both dates or none. */
function toEnd(start: number | null, hasEnd: boolean): string | null {
  if (start === null) return hasEnd ? null : moment(2, 9);
  return hasEnd ? moment(start + 2, 9) : null;
}

// What merge_fact_rentals tells fleet usage of a booking that changed: too much would go unseen, for it is derived anew.
import assert from "node:assert/strict";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import {
  CANCELLED,
  CONFIRMED,
  dubai,
  element,
  INQUIRY,
  lead,
  liveDay,
  RETURNED,
} from "../../support/rentals.ts";
import { land, MERGES, runFiles, type StagedRow } from "../../support/staged.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const RENTALS_MERGE = MERGES.indexOf("dds/merge_fact_rentals.sql") + 1;

/** Of car 5, from the 10th at 10:00 to the 13th at 12:00, for 300: three days of the calendar, four that are charged. */
const BOOKING = {
  status_id: CONFIRMED,
  plate: "A 1",
  budget: 300,
  rental_start: dubai("2026-05-10 10:00"),
  rental_end: dubai("2026-05-13 12:00"),
};
const ITS_DAYS = "5: 10 to 12";

interface Case {
  readonly name: string;
  readonly before?: StagedRow;
  readonly after: StagedRow;
  readonly told: readonly string[];
}

const CASES: readonly Case[] = [
  { name: "another status, still booked", after: { status_id: RETURNED }, told: [] },
  { name: "another amount", after: { budget: 301 }, told: [ITS_DAYS] },
  { name: "no amount any more", after: { budget: 0 }, told: [ITS_DAYS] },
  {
    name: "another hour of the same days, charged as before",
    after: { rental_start: dubai("2026-05-10 11:00") },
    told: [],
  },
  {
    name: "another hour of the same days, and another amount",
    after: { rental_start: dubai("2026-05-10 11:00"), budget: 301 },
    told: [ITS_DAYS],
  },
  {
    name: "another hour of the same days, and fewer days that are charged",
    after: { rental_end: dubai("2026-05-13 10:00") },
    told: [ITS_DAYS],
  },
  {
    name: "shorter by a day",
    after: { rental_end: dubai("2026-05-12 12:00") },
    told: ["5: 10 to 11", ITS_DAYS],
  },
  {
    name: "later by a day",
    after: { rental_start: dubai("2026-05-11 10:00"), rental_end: dubai("2026-05-14 12:00") },
    told: [ITS_DAYS, "5: 11 to 13"],
  },
  { name: "another car", after: { plate: "B 2" }, told: [ITS_DAYS, "6: 10 to 12"] },
  { name: "nobody's car", after: { plate: "C 3" }, told: [ITS_DAYS] },
  { name: "a car found", before: { plate: null }, after: {}, told: [ITS_DAYS] },
  { name: "cancelled", after: { status_id: CANCELLED }, told: [ITS_DAYS] },
  { name: "booked", before: { status_id: INQUIRY }, after: {}, told: [ITS_DAYS] },
  { name: "out of the pipeline", after: { pipeline_id: 20 }, told: [ITS_DAYS] },
  { name: "end before start", after: { rental_end: dubai("2026-05-09 12:00") }, told: [ITS_DAYS] },
  { name: "without an end", after: { rental_end: null }, told: [ITS_DAYS] },
  {
    name: "no booking, of another amount",
    before: { status_id: INQUIRY },
    after: { status_id: INQUIRY, budget: 301 },
    told: [],
  },
  {
    name: "no booking, on other days",
    before: { status_id: INQUIRY },
    after: { status_id: INQUIRY, rental_end: dubai("2026-05-15 12:00") },
    told: [],
  },
  {
    name: "no car, and another amount",
    before: { plate: "C 3" },
    after: { plate: "C 3", budget: 301 },
    told: [],
  },
];

testOnBothWarehouses(
  "merge_fact_rentals tells fleet usage the days that a booking leaves and those that it enters",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-02", {
      cars: [
        element(5, "2026-05-01 08:00", { plate: "A 1" }),
        element(6, "2026-05-01 08:00", { plate: "B 2" }),
      ],
      leads: CASES.map(({ before }, i) =>
        lead(i + 1, "2026-05-02 10:00", { ...BOOKING, ...before })
      ),
    });
    await land(
      warehouse,
      "stg_leads",
      CASES.map(({ after }, i) => lead(i + 1, "2026-05-03 10:00", { ...BOOKING, ...after })),
    );
    await runFiles(warehouse, "2026-05-03", MERGES.slice(0, RENTALS_MERGE));

    const told = await toldDays(warehouse);
    const found = CASES.map(({ name }, i) => ({ name, told: told.get(i + 1) ?? [] }));
    assert.deepEqual(found, CASES.map(({ name, told }) => ({ name, told: [...told].sort() })));
  },
);

testOnBothWarehouses(
  "merge_fact_rentals tells fleet usage nothing that was never built",
  async (warehouse) => {
    const upToRentals = MERGES.slice(0, RENTALS_MERGE);
    await liveDay(warehouse, "2026-05-01", {});
    await warehouse.sql`
      update ops.watermark set settings = null, cursor_day = null where name = 'dds.fact_fleet_usage_day'
    `;
    await land(warehouse, "stg_cars", [element(5, "2026-05-01 08:00", { plate: "A 1" })]);
    for (const day of ["02", "03"]) {
      const copy = { ...BOOKING, budget: Number(day) };
      await land(warehouse, "stg_leads", [lead(1, `2026-05-${day} 10:00`, copy)]);
      await runFiles(warehouse, `2026-05-${day}`, upToRentals);
    }
    assert.deepEqual(await toldDays(warehouse), new Map());
  },
);

/** By lead: its car and the days of May, as they stand in the notes. */
async function toldDays({ sql }: Warehouse): Promise<ReadonlyMap<number, string[]>> {
  const rows = await sql<{ lead: number; days: string }[]>`
    select
      told.lead_id::integer as lead,
      told.car_id || ': ' || extract(day from told.first_day) || ' to '
        || extract(day from told.last_day) as days
    from dds.fact_fleet_usage_day_pending as note
    cross join unnest(
      note.lead_ids, note.car_ids, note.first_days, note.last_days
    ) as told (lead_id, car_id, first_day, last_day)
  `;
  return new Map(
    Map.groupBy(rows, ({ lead }) => lead).entries()
      .map(([id, found]) => [id, found.map(({ days }) => days).sort()]),
  );
}

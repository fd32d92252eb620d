import assert from "node:assert/strict";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { dags } from "../../../pipeline/daily.ts";
import { dagsOfNight } from "../../../pipeline/demo/nights.ts";
import { buildMarts, listRows } from "../../support/marts.ts";
import {
  CANCELLED,
  CLOSED,
  CONFIRMED,
  dubai,
  element,
  INQUIRY,
  type Landed,
  lead,
  liveDay,
  moved,
  ON_RENT,
} from "../../support/rentals.ts";
import { land, landEvents, MERGES, runFiles } from "../../support/staged.ts";
import { testOnServer, withServerDatabase } from "../../support/warehouses.ts";

Deno.test("dagsOfNight() builds facts and marts weekly, and in each of the last fourteen nights", () => {
  const full = (days: number) =>
    Array.from({ length: days }, (_, i) => i + 1)
      .filter((number) => dagsOfNight(dags, number, days).length === dags.length);

  assert.deepEqual(full(5), [1, 2, 3, 4, 5]);
  assert.deepEqual(full(24), [7, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
  assert.deepEqual(dagsOfNight(dags, 1, 90).map(({ id }) => id), [
    "daily_amocrm_load_leads",
    "daily_amocrm_load_clients",
    "daily_amocrm_load_cars",
    "daily_amocrm_load_events",
    "daily_build_dict_status_leads",
    "daily_load_ods_leads",
    "daily_load_ods_clients",
    "daily_load_ods_cars",
  ]);
});

const booking = (id: number, updatedAt: string, statusId: number, from: string, to: string) =>
  lead(id, updatedAt, {
    status_id: statusId,
    plate: id === 3 ? null : "A 1",
    license: "L 1",
    budget: 100 * id,
    rental_start: dubai(`${from} 10:00`),
    rental_end: dubai(`${to} 10:00`),
  });

/** A booking that is extended, one that goes out and is cancelled, one that comes late, and a new plate. */
const NIGHTS: readonly (readonly [day: string, landed: Landed])[] = [
  ["2026-05-02", {
    cars: [element(501, "2026-05-01 07:00", { plate: "A 1", model: "Kia Rio" })],
    clients: [element(601, "2026-05-01 07:00", { client_name: "Anna", license: "L 1" })],
    leads: [
      booking(1, "2026-05-02 09:00", CONFIRMED, "2026-05-03", "2026-05-05"),
      booking(2, "2026-05-02 10:00", INQUIRY, "2026-05-07", "2026-05-09"),
    ],
    events: [moved(1, "2026-05-02 09:00:00", INQUIRY, CONFIRMED)],
  }],
  ["2026-05-03", {
    leads: [
      booking(1, "2026-05-03 10:00", ON_RENT, "2026-05-03", "2026-05-06"),
      booking(2, "2026-05-03 11:00", CONFIRMED, "2026-05-07", "2026-05-09"),
    ],
    events: [
      moved(1, "2026-05-03 10:00:00", CONFIRMED, ON_RENT),
      moved(2, "2026-05-03 11:00:00", INQUIRY, CONFIRMED),
    ],
  }],
  ["2026-05-04", {
    cars: [element(501, "2026-05-04 08:00", { plate: "A 9", model: "Kia Rio" })],
    leads: [booking(3, "2026-05-04 12:00", CONFIRMED, "2026-05-08", "2026-05-10")],
  }],
  ["2026-05-05", {
    leads: [booking(2, "2026-05-05 09:00", CANCELLED, "2026-05-07", "2026-05-09")],
    events: [moved(2, "2026-05-05 09:00:00", CONFIRMED, CANCELLED)],
  }],
  ["2026-05-06", {
    leads: [booking(1, "2026-05-06 11:00", CLOSED, "2026-05-03", "2026-05-06")],
    events: [moved(1, "2026-05-06 11:00:00", ON_RENT, CLOSED)],
  }],
];

testOnServer(
  "a night with everything makes up for those that built no facts and marts",
  async (warehouse) => {
    await withServerDatabase(async (other) => {
      for (const [day, landed] of NIGHTS) {
        await liveDay(warehouse, day, landed);
        await buildMarts(warehouse, day);
      }

      const isHistory = (path: string) => path.startsWith("ods/") || path.startsWith("dict/");
      for (const [day, landed] of NIGHTS.slice(0, -1)) {
        await land(other, "stg_cars", landed.cars ?? []);
        await land(other, "stg_clients", landed.clients ?? []);
        await land(other, "stg_leads", landed.leads ?? []);
        await landEvents(other, landed.events ?? []);
        await runFiles(other, day, MERGES.filter(isHistory));
      }
      const [day, landed] = NIGHTS.at(-1) ?? ["", {}];
      await liveDay(other, day, landed);
      await buildMarts(other, day);

      const rows = await listFigures(warehouse);
      assert.deepEqual(await listFigures(other), rows);
      assert.ok(rows.length > 100, `${rows.length} rows are too few to tell anything`);
    });
  },
);

/** The rows of all facts, dimensions and marts, but when they were written. */
async function listFigures(warehouse: Warehouse): Promise<string[]> {
  const tables = await warehouse.sql`
    select format('%I.%I', schemaname, tablename) as name
    from pg_tables
    where
      schemaname in ('dds', 'dm')
      -- Which changes have been read, and by which run.
      and tablename not in ('build', 'data_trust', 'source_change', 'failed_check', 'task_freshness')
      and tablename not like 'changed%'
    order by 1
  `;
  const lists = await Promise.all(tables.map(async ({ name }) => {
    const rows = await listRows(
      warehouse,
      `select (to_jsonb(t) - 'load_date' - 'change_seq')::text as row from ${name} as t order by 1`,
    );
    return rows.map((row) => `${name} ${row}`);
  }));
  return lists.flat();
}

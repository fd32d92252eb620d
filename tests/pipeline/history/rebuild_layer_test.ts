import assert from "node:assert/strict";
import { readConfig } from "../../../lib/config.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { dags } from "../../../pipeline/daily.ts";
import {
  describeLayer,
  type Layer,
  rebuildLayer,
} from "../../../pipeline/history/rebuild_layer.ts";
import { testScripts } from "../../support/daily_setup.ts";
import { path } from "../../support/lead_marts.ts";
import { buildDay, buildMarts, listRows } from "../../support/marts.ts";
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
  RETURNED,
} from "../../support/rentals.ts";
import { addAttempt } from "../../support/run_log_rows.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const CONFIG = readConfig({}, { amo: false });

/** What a hand could do to each table that a build fills; each is a whole statement. */
const SPOILED: Readonly<Record<string, string>> = {
  "dm.build": "update dm.build set first_load_day = '2026-04-01', pipeline_id = 99",
  "dm.unattributed_booking": "update dm.unattributed_booking set revenue = revenue + 5",
  "dm.fleet_utilisation_month":
    "update dm.fleet_utilisation_month set rented_days = 9, idle_days = 9",
  "dm.revenue_day": "update dm.revenue_day set revenue = revenue * 2",
  "dm.model_day": "update dm.model_day set rented_days = rented_days + 1",
  "dm.model_day_car": "update dm.model_day_car set model = 'Van'",
  "dm.revenue_month": "delete from dm.revenue_month where level = 'car'",
  "dm.booking_pace": "update dm.booking_pace set booked_days = booked_days + 1",
  "dds.booked_version": "update dds.booked_version set amount = amount + 1",
  "dds.booked_step": "delete from dds.booked_step",
  "dm.status_stage": "update dm.status_stage set stage = 'returned' where stage = 'confirmed'",
  "dm.lead_state": "update dm.lead_state set amount = 1, stage = 'closed'",
  "dm.lead_visit": "insert into dm.lead_visit select * from dm.lead_visit",
  "dm.lead_funnel_day": "update dm.lead_funnel_day set leads = leads + 7",
  "dm.lead_funnel_week": "update dm.lead_funnel_week set won = won + 1",
  "dm.stage_move_count": "delete from dm.stage_move_count",
  "dm.stage_visit_count": "update dm.stage_visit_count set moves = moves + 1",
  "dm.stage_dwell_count": "update dm.stage_dwell_count set visits = visits + 1",
  "dm.stage_transition": "update dm.stage_transition set moves = moves + 1",
  "dm.client_value": "update dm.client_value set revenue = 0, rentals = 99",
  "dm.cancellations": "update dm.cancellations set confirmed = confirmed + 1",
  "dm.lead_time_count": "update dm.lead_time_count set bookings = bookings + 1",
  "dm.rental_changes": "update dm.rental_changes set kind = 'moved', days_delta = 40",
  "dm.rental_change_month": "delete from dm.rental_change_month",
  "dm.rental_changes_ahead":
    "insert into dm.rental_changes_ahead (lead_id, next_day) values (99, '2030-01-01')",
  "dm.source_change": "update dm.source_change set newest_change = '2030-01-01Z'",
};

/** The same for dimensions and facts; each table twice, some with a row that no merge would look at. */
const SPOILED_FACTS: Readonly<Record<string, readonly string[]>> = {
  "dds.dim_car": [
    "update dds.dim_car set model = 'Van' where car_id <> 0",
    "insert into dds.dim_car (car_id, is_deleted, load_date) values (99, false, '2026-05-01')",
  ],
  "dds.dim_client": ["delete from dds.dim_client where client_id <> 0"],
  "dds.dim_date": ["update dds.dim_date set iso_week = 1, is_weekend = not is_weekend"],
  "dds.dim_status": ["update dds.dim_status set stage = 'other'"],
  "dds.fact_fleet_usage_day": [
    "update dds.fact_fleet_usage_day set is_rented = not is_rented, amount_share = 5",
    `insert into dds.fact_fleet_usage_day
     select (jsonb_populate_record(days, '{"usage_date": "2026-04-25"}')).*
     from dds.fact_fleet_usage_day as days limit 1`,
  ],
  "dds.fact_lead_status_change": ["update dds.fact_lead_status_change set dwell_seconds = 7"],
  "dds.fact_rentals": [
    "update dds.fact_rentals set amount = 1, stage = 'closed'",
    "delete from dds.fact_rentals where lead_id = 2",
  ],
  "dds.lead_first_status": ["delete from dds.lead_first_status"],
  "dds.unresolved_link": [
    "delete from dds.unresolved_link",
    "insert into dds.unresolved_link (lead_id, kind, key) values (99, 'car', 'B2')",
  ],
};

const booked = (start: string, end: string, budget: number) => ({
  plate: "A 1",
  budget,
  client_element_id: 70,
  rental_start: dubai(`${start} 10:00`),
  rental_end: dubai(`${end} 10:00`),
});

/** Two days of a small business: booked, moved, cancelled, lacking a car, and on the books for later. */
const FIRST: Landed = {
  cars: [element(5, "2026-05-01 08:00", { plate: "A 1", model: "Sedan" })],
  clients: [element(70, "2026-05-01 08:00", { client_name: "Anna" })],
  leads: [
    ...path(1, "2026-04-20 10:00", booked("2026-04-28", "2026-05-02", 400), [
      ["2026-04-21 10:00", INQUIRY],
      ["2026-04-22 10:00", CONFIRMED],
      ["2026-04-28 10:00", ON_RENT],
    ]),
    lead(2, "2026-05-01 11:00", {
      status_id: CONFIRMED,
      ...booked("2026-05-10", "2026-05-14", 500),
    }),
    lead(3, "2026-05-01 12:00", { status_id: CONFIRMED, budget: 90, plate: "B 2" }),
    lead(4, "2026-05-01 12:00", { status_id: INQUIRY }),
  ],
  events: [
    moved(1, "2026-04-22 10:00:00", INQUIRY, CONFIRMED),
    moved(1, "2026-04-28 10:00:00", CONFIRMED, ON_RENT),
  ],
};
const SECOND: Landed = {
  leads: [
    ...path(1, "2026-04-20 10:00", booked("2026-04-28", "2026-05-02", 400), [
      ["2026-05-02 12:00", RETURNED],
      ["2026-05-02 13:00", CLOSED],
    ]),
    lead(2, "2026-05-02 11:00", {
      status_id: CONFIRMED,
      ...booked("2026-05-10", "2026-05-16", 700),
    }),
    lead(4, "2026-05-02 12:00", { status_id: CANCELLED }),
  ],
};

async function buildTwoDays(warehouse: Warehouse): Promise<void> {
  await buildDay(warehouse, "2026-05-02", FIRST);
  await buildDay(warehouse, "2026-05-04", SECOND);
}

const rebuild = (warehouse: Warehouse, dryRun: boolean, layer: Layer = "marts") =>
  rebuildLayer(warehouse, layer, { dags, config: CONFIG, dryRun });

async function readTables(warehouse: Warehouse): Promise<Record<string, string[]>> {
  const tables: Record<string, string[]> = {};
  for (const table of Object.keys(SPOILED)) {
    tables[table] = await listRows(warehouse, `select * from ${table} as rows order by rows::text`);
  }
  return tables;
}

testOnBothWarehouses(
  "rebuildLayer() finds nothing where runs have built the marts, and writes nothing then",
  async (warehouse) => {
    assert.equal(await rebuild(warehouse, false), null);
    await buildTwoDays(warehouse);
    const before = await readTables(warehouse);
    for (const [table, rows] of Object.entries(before)) {
      // Whose changes of dates would lie after the last finished day: of none here.
      if (table !== "dm.rental_changes_ahead") assert.notEqual(rows.length, 0, table);
    }

    assert.deepEqual(await rebuild(warehouse, false), {
      date: "2026-05-04",
      differences: [],
      rowsDue: 0,
    });
    assert.deepEqual(await readTables(warehouse), before);
    const again = await buildMarts(warehouse, "2026-05-04");
    assert.deepEqual([...again].filter(([, { rows_written: rows }]) => rows), []);
  },
);

testOnBothWarehouses(
  "rebuildLayer() heals every mart that was altered by hand, a dry run none",
  async (warehouse) => {
    const { sql } = warehouse;
    await buildTwoDays(warehouse);
    const right = await readTables(warehouse);
    const filled = await sql`
      select schemaname || '.' || tablename as name from pg_tables
      where schemaname = 'dm' or tablename in ('booked_version', 'booked_step') order by 1
    `;
    assert.deepEqual(filled.map(({ name }) => name), Object.keys(SPOILED).sort());
    for (const spoil of Object.values(SPOILED)) await sql.unsafe(spoil);
    const wrong = await readTables(warehouse);
    for (const table of Object.keys(SPOILED)) {
      assert.notDeepEqual(wrong[table], right[table], table);
    }

    await rebuild(warehouse, true);
    assert.deepEqual(await readTables(warehouse), wrong);
    await rebuild(warehouse, false);
    assert.deepEqual(await readTables(warehouse), right);
    const again = await buildMarts(warehouse, "2026-05-04");
    assert.deepEqual([...again].filter(([, { rows_written: rows }]) => rows), []);
  },
);

testOnBothWarehouses(
  "rebuildLayer() says which rows differ, and not what is merely due",
  async (warehouse) => {
    const { sql } = warehouse;
    await buildTwoDays(warehouse);
    const right = await readTables(warehouse);
    await sql`update dm.revenue_day set revenue = 1 where usage_date = '2026-05-01'`;
    await sql`delete from dm.client_value`;
    // The next run would count one lead more.
    await liveDay(warehouse, "2026-05-04", {
      leads: [lead(9, "2026-05-03 03:00", { status_id: INQUIRY })],
    });

    assert.deepEqual((await rebuild(warehouse, false))?.differences, [
      { table: "dm.client_value", missing: 2, surplus: 0 },
      { table: "dm.revenue_day", missing: 1, surplus: 1 },
    ]);

    const healed = await readTables(warehouse);
    assert.deepEqual(healed["dm.revenue_day"], right["dm.revenue_day"]);
    assert.deepEqual(healed["dm.client_value"], right["dm.client_value"]);
    const [counted] = await sql`select sum(leads)::integer as leads from dm.lead_funnel_day`;
    assert.equal(counted?.leads, 5);
  },
);

testOnBothWarehouses(
  "rebuildLayer() writes what the next run would have put right as well",
  async (warehouse) => {
    await buildTwoDays(warehouse);
    const right = await readTables(warehouse);
    await warehouse.sql.unsafe(SPOILED["dm.stage_transition"] ?? "");

    const found = await rebuild(warehouse, false);

    assert.deepEqual(found?.differences, []);
    assert.notEqual(found?.rowsDue, 0);
    assert.deepEqual(await readTables(warehouse), right);
  },
);

testOnBothWarehouses(
  "rebuildLayer() heals dimensions and facts, and lets the marts be built anew that took them in",
  async (warehouse) => {
    const { sql } = warehouse;
    await buildTwoDays(warehouse);
    await addAttempt(sql, {
      ...{
        dag: "daily_build_dm",
        task: "build_revenue_day",
        date: "2026-05-04",
        status: "success",
      },
    });
    const read = async () => {
      const tables: Record<string, string[]> = {};
      for (const table of Object.keys(SPOILED_FACTS)) {
        const rows = `select to_jsonb(rows) - 'load_date' as row from ${table} as rows order by 1`;
        tables[table] = await listRows(warehouse, rows);
      }
      return tables;
    };
    const right = await read();
    const marts = await readTables(warehouse);
    assert.deepEqual((await rebuild(warehouse, false, "facts"))?.differences, []);
    for (const statement of Object.values(SPOILED_FACTS).flat()) await sql.unsafe(statement);
    const wrong = await read();
    for (const table of Object.keys(SPOILED_FACTS)) {
      assert.notDeepEqual(wrong[table], right[table], table);
    }

    await rebuild(warehouse, true, "facts");
    assert.deepEqual(await read(), wrong);
    const found = await rebuild(warehouse, false, "facts");

    // A merge looks at all statuses anyway.
    assert.deepEqual(
      found?.differences.map(({ table }) => table),
      Object.keys(SPOILED_FACTS).filter((table) => table !== "dds.dim_status"),
    );
    assert.deepEqual(await read(), right);
    const stale = await sql`
      select newer_upstream from ops.task_state where task_id = 'build_revenue_day'
    `.values();
    assert.deepEqual([...stale], [["the rebuilt facts"]]);
    await buildMarts(warehouse, "2026-05-04");
    assert.deepEqual(await readTables(warehouse), marts);
  },
);

testScripts(
  "history rebuild marts shows what differs, and replaces it with --yes",
  async (setup) => {
    await setup.run("migrate", []);
    const never = await setup.run("history", ["rebuild", "marts"]);
    await setup.inspect((warehouse) => buildTwoDays(warehouse));
    await setup.inspect(({ sql }) => sql`update dm.revenue_day set revenue = 1`);
    const tried = await setup.run("history", ["rebuild", "--dry-run", "--yes"]);
    const done = await setup.run("history", ["rebuild", "marts", "--yes"]);
    const again = await setup.run("history", ["rebuild", "marts"]);

    assert.match(
      never.stdout,
      /\nmarts: they were never built, so there is nothing to build anew\nNothing differs/,
    );
    assert.match(
      tried.stdout,
      /\nmarts: computed anew as of the date 2026-05-04, 1 table differs \(.*\)\n {2}dm\.revenue_day: \d+ rows missing, \d+ rows too many\nNothing was changed: add --yes to replace what differs \(marts\)\n$/,
    );
    assert.match(
      done.stdout,
      /\n {2}dm\.revenue_day: .*\nReplaced \(marts\); nothing else is due\n$/,
    );
    assert.match(
      again.stdout,
      /\nmarts: they are what the facts say, as of the date 2026-05-04\nNothing differs, nothing was changed\n$/,
    );
  },
);

Deno.test("describeLayer() counts rows by table", () => {
  const differences = [
    { table: "dm.client_value", missing: 1, surplus: 0 },
    { table: "dm.revenue_day", missing: 1234, surplus: 1 },
  ];
  assert.equal(
    describeLayer("marts", { date: "2026-05-04", differences, rowsDue: 0 }),
    "marts: computed anew as of the date 2026-05-04, 2 tables differ (a wrong row counts in both)\n" +
      "  dm.client_value: 1 row missing, 0 rows too many\n" +
      "  dm.revenue_day: 1,234 rows missing, 1 row too many",
  );
});

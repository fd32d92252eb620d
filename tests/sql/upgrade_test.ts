// What the migrations make of a warehouse that holds data already.
import assert from "node:assert/strict";
import { hashRow } from "../../lib/landing/records/row_hash.ts";
import { dagRunOf } from "../../lib/run_log/dag_run.ts";
import { readTaskStates } from "../../lib/run_log/task_states.ts";
import { migrate } from "../../lib/warehouse/migrations.ts";
import { dags } from "../../pipeline/daily.ts";
import { migrateTo } from "../support/old_warehouse.ts";
import {
  CANCELLED,
  CONFIRMED,
  dubai,
  element,
  INQUIRY,
  lead,
  liveDay,
  moved,
} from "../support/rentals.ts";
import { addAttempt } from "../support/run_log_rows.ts";
import {
  dump,
  land,
  landEvents,
  listStatuses,
  MERGES,
  runFiles,
  type StagedRow,
} from "../support/staged.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { testOnEmpty } from "../support/warehouses.ts";

/** A copy of lead 1 that an older program has parsed: `budget` is the price alone. */
function oldCopy(updatedAt: string, budget: number, payload: object): StagedRow {
  return lead(1, updatedAt, { budget, payload, row_hash: `old ${updatedAt}` });
}

testOnEmpty(
  "an upgrade reads budgets again with their minor units, and no version is false",
  async (warehouse) => {
    const exact = (price: number, minor: unknown) => ({ price, price_with_minor_units: minor });
    await migrateTo(warehouse, 10);
    await land(warehouse, "stg_leads", [
      oldCopy("2026-05-01 10:00", 100, exact(100, null)),
      oldCopy("2026-05-01 11:00", 249, exact(249, 249.9)),
      oldCopy("2026-05-01 12:00", 249, exact(249, "249.90")),
      oldCopy("2026-05-01 13:00", 250, { price: 250 }),
    ]);
    // What the merges of then had made of them, up to the last landed copy.
    await warehouse.sql`update ops.watermark set position = 4 where name = 'ods.ods_leads_hist'`;
    await warehouse.sql`update ops.watermark set position = 4 where name like 'dds.%'`;

    await migrate(warehouse);
    // The same state again, as the next read shows it.
    await land(warehouse, "stg_leads", [
      lead(1, "2026-05-01 13:00", {
        budget: 250,
        row_hash: "new",
        observed_at: dubai("2026-05-02 04:00"),
      }),
    ]);
    await liveDay(warehouse, "2026-05-02");

    const versions = await warehouse.sql`
      select budget::float8, to_char(valid_from at time zone 'Asia/Dubai', 'HH24:MI') as opened
      from ods.ods_leads_hist
      order by valid_from
    `.values();
    assert.deepEqual([...versions], [[100, "10:00"], [249.9, "11:00"], [250, "13:00"]]);
    const facts = await warehouse.sql`select budget::text from dds.fact_rentals`.values();
    assert.deepEqual([...facts], [["250"]]);
  },
);

testOnEmpty("an upgrade looks every rental up anew by the new key", async (warehouse) => {
  await migrateTo(warehouse, 10);
  await migrate(warehouse);
  const [row] = await warehouse.sql`
    select position::integer, settings from ops.watermark where name = 'dds.fact_rentals'
  `;
  assert.deepEqual({ ...row }, { position: 0, settings: null });
});

testOnEmpty("an upgrade keeps the dates succeeded whose facts had", async (warehouse) => {
  const { sql } = warehouse;
  await migrateTo(warehouse, 10);
  const note = (day: number, dag: string, tasks: Readonly<Record<string, string>>) =>
    Promise.all(
      Object.entries(tasks).map(([task, status]) =>
        sql`
          insert into ops.run_log
            (run_id, dag_id, task_id, logical_date, attempt, status, finished_at, worker)
          values (
            gen_random_uuid(), ${dag}, ${task}, ${`2026-05-0${day}`}, 1, ${status}, now(), 'w'
          )
        `
      ),
    );
  const facts = (status: string) => ({
    merge_fact_rentals: "success",
    merge_fact_lead_status_change: status,
    merge_fact_fleet_usage_day: status,
  });
  const dims = (status: string) => ({ merge_dim_status: "success", merge_dim_date: status });
  for (const [day, dim, fact] of [[1, "success", "success"], [2, "success", "failed"]] as const) {
    await note(day, "daily_build_dds_dim", dims(dim));
    await note(day, "daily_build_dds_fact", facts(fact));
  }
  await note(3, "daily_build_dds_dim", dims("failed"));

  await migrate(warehouse);

  const states = await sql`
    select logical_date::text, dag_id, state from ops.dag_state order by 1, 2
  `.values();
  assert.deepEqual([...states], [
    ["2026-05-01", "daily_build_dds_dim", "success"],
    ["2026-05-01", "daily_build_dds_fact", "success"],
    ["2026-05-01", "daily_build_dm", "success"],
    ["2026-05-02", "daily_build_dds_dim", "success"],
    ["2026-05-02", "daily_build_dds_fact", "failed"],
    ["2026-05-03", "daily_build_dds_dim", "success"],
  ]);
  const dates = await sql`
    select dag_id, logical_date::text, status from ops.run_log where task_id = 'merge_dim_date'
  `.values();
  assert.deepEqual([...dates], [["daily_build_dds_fact", "2026-05-01", "success"]]);
});

/** Rows as programs before 0016 landed them: under a key of id, updated_at and a hash of the payload too. */
async function fillAsBefore(warehouse: Warehouse): Promise<void> {
  const seen = (day: string, hash: string) => ({
    observed_at: dubai(`2026-05-${day}`),
    row_hash: hash,
  });
  await land(warehouse, "stg_leads", [
    // Cancelled with an updated_at written back: the confirmed state was taken for the present.
    lead(1, "2026-05-02 10:00", { status_id: CONFIRMED, budget: 100, ...seen("02 12:00", "1a") }),
    lead(1, "2026-05-01 09:00", { status_id: CANCELLED, budget: 0, ...seen("03 04:00", "1b") }),
    // The same state with another tag.
    lead(2, "2026-05-01 10:00", { plate: "A 1", ...seen("02 12:00", "2a") }),
    lead(2, "2026-05-01 10:00", { plate: "A 1", payload: { x: 1 }, ...seen("03 04:00", "2b") }),
    // The same state, touched within the second in which it was read twice.
    lead(3, "2026-05-01 10:00", { plate: "A 1", ...seen("02 12:00", "3a") }),
    lead(3, "2026-05-01 11:00", { plate: "A 1", ...seen("02 12:00", "3b") }),
    // A touch, and a state that came back: both stay.
    lead(4, "2026-05-01 10:00", { plate: "A 1", ...seen("02 12:00", "4a") }),
    lead(4, "2026-05-02 13:00", { plate: "A 1", ...seen("03 04:00", "4b") }),
    lead(4, "2026-05-03 10:00", { plate: null, ...seen("04 04:00", "4c") }),
    lead(4, "2026-05-04 10:00", { plate: "A 1", ...seen("05 04:00", "4d") }),
    // A marker that carried a value.
    lead(5, "2026-05-01 10:00", { plate: "A 1", ...seen("02 12:00", "5a") }),
    lead(5, "2026-05-03 04:00", {
      plate: "A 1",
      is_deleted: true,
      deleted_by: "only_deleted",
      ...seen("03 04:00", "5b"),
    }),
  ]);
  await land(warehouse, "stg_clients", [
    element(9, "2026-05-01 10:00", { license: "L 1", ...seen("02 12:00", "9a") }),
    element(9, "2026-05-01 10:00", {
      license: "L 1",
      payload: { x: 1 },
      ...seen("03 04:00", "9b"),
    }),
  ]);
  await land(warehouse, "stg_cars", [
    element(6, "2026-05-01 10:00", {
      plate: "A 1",
      dailyrate: "100.50",
      ...seen("02 12:00", "6a"),
    }),
  ]);
  await buildAsBefore(warehouse);
}

/** What the merges of then had made of lead 1, as far as a test looks at it. */
async function buildAsBefore({ sql }: Warehouse): Promise<void> {
  const times = {
    created_at: dubai("2026-05-01 08:00"),
    updated_at: dubai("2026-05-02 10:00"),
    load_date: "2026-05-03",
  };
  await sql`
    insert into ods.ods_leads_hist ${
    sql({
      id: 1,
      pipeline_id: 10,
      status_id: CONFIRMED,
      budget: 100,
      valid_from: times.updated_at,
      is_current: true,
      ...times,
    })
  }`;
  await sql`
    insert into dds.fact_rentals ${
    sql({
      lead_id: 1,
      car_id: 0,
      client_id: 0,
      pipeline_id: 10,
      status_id: CONFIRMED,
      stage: "confirmed",
      budget: 100,
      amount: 100,
      is_booking: true,
      is_cancelled: false,
      ...times,
    })
  }`;
  await sql`
    insert into dds.fact_lead_status_change ${
    sql({
      lead_id: 1,
      from_pipeline_id: 10,
      from_status_id: CANCELLED,
      to_pipeline_id: 10,
      to_status_id: CONFIRMED,
      source: "history",
      dwell_seconds: 90_000,
      change_ts: times.updated_at,
      load_date: times.load_date,
    })
  }`;
  await sql`update ops.watermark set position = 100 where name not like 'stg.%'`;
}

/** Table (first letter), id, updated_at, observed_at and a value of each row of STG. */
async function staged({ sql }: Warehouse): Promise<unknown[]> {
  const rows = await sql`
    with copies as (
      select 'lead' as kind, id, updated_at, observed_at, is_deleted, row_hash,
        coalesce(plate, budget::text) as value
      from stg.stg_leads
      union all
      select 'client', id, updated_at, observed_at, is_deleted, row_hash, license
      from stg.stg_clients
      union all
      select 'car', id, updated_at, observed_at, is_deleted, row_hash, plate from stg.stg_cars
    )
    select
      kind || ' ' || id as record,
      to_char(updated_at at time zone 'Asia/Dubai', 'DD HH24:MI') as changed,
      to_char(observed_at at time zone 'Asia/Dubai', 'DD HH24:MI') as seen,
      value
    from copies
    order by record, observed_at, updated_at, is_deleted
  `;
  return rows.map(({ record, changed, seen, value }) => [record, changed, seen, value]);
}

for (const version of [10, 15]) {
  testOnEmpty(
    `an upgrade from ${version} keeps the rows of STG, and the next run computes the rest anew`,
    async (warehouse) => {
      const { sql } = warehouse;
      await migrateTo(warehouse, version);
      await fillAsBefore(warehouse);
      const before = await dump(warehouse, "ods.ods_leads_hist", "id");

      await migrate(warehouse);

      assert.deepEqual(await staged(warehouse), [
        ["car 6", "01 10:00", "02 12:00", "A 1"],
        ["client 9", "01 10:00", "02 12:00", "L 1"],
        ["lead 1", "02 10:00", "02 12:00", "100"],
        ["lead 1", "01 09:00", "03 04:00", "0"],
        ["lead 2", "01 10:00", "02 12:00", "A 1"],
        ["lead 3", "01 11:00", "02 12:00", "A 1"],
        ["lead 4", "01 10:00", "02 12:00", "A 1"],
        ["lead 4", "02 13:00", "03 04:00", "A 1"],
        ["lead 4", "03 10:00", "04 04:00", null],
        ["lead 4", "04 10:00", "05 04:00", "A 1"],
        ["lead 5", "01 10:00", "02 12:00", "A 1"],
        ["lead 5", "03 04:00", "03 04:00", null],
      ]);
      const [migration] = await sql`select metrics from ops.schema_migration where version = 16`;
      assert.deepEqual(migration?.metrics, {
        copies_hashed: 15,
        equal_keys_removed: 1,
        repeats_removed: 2,
      });
      const [car] = await sql`select row_hash from stg.stg_cars`;
      const typed = {
        plate: "A 1",
        dailyrate: "100.5",
        is_deleted: false,
        created_at: "2026-05-01T03:00:00Z",
      };
      assert.equal(car?.row_hash, hashRow(typed, new Set(["dailyrate"])));
      // Nothing but the run replaces them, each task its own tables.
      assert.deepEqual(await dump(warehouse, "ods.ods_leads_hist", "id"), before);
      assert.deepEqual(await factsOf(warehouse), ["confirmed"]);
      await listStatuses(warehouse, { 10: ["Car Rental", { 4: "Confirmed", 143: "Cancelled" }] });
      await runFiles(warehouse, "2026-05-03", ["ods/merge_ods_leads.sql"]);
      assert.deepEqual(await factsOf(warehouse), ["confirmed"]);
      await liveDay(warehouse, "2026-05-03");

      const versions = await sql`
        select status_id::integer, to_char(valid_from at time zone 'Asia/Dubai', 'DD HH24:MI') as opened
        from ods.ods_leads_hist
        where id = 1
        order by valid_from
      `.values();
      assert.deepEqual([...versions], [[CONFIRMED, "02 10:00"], [CANCELLED, "03 04:00"]]);
      assert.deepEqual(await factsOf(warehouse), ["cancelled"]);
      const changes = await sql`
        select from_status_id::integer, to_status_id::integer, source
        from dds.fact_lead_status_change where lead_id = 1
      `.values();
      assert.deepEqual([...changes], [[CONFIRMED, CANCELLED, "history"]]);
    },
  );
}

/** The stages of the rentals that came from before. */
async function factsOf({ sql }: Warehouse): Promise<string[]> {
  return (await sql`select stage from dds.fact_rentals where lead_id = 1`).map(({ stage }) =>
    String(stage)
  );
}

testOnEmpty(
  "an upgrade makes the last run of what it wants anew due once, and leaves other dates alone",
  async (warehouse) => {
    const { sql } = warehouse;
    await migrateTo(warehouse, 15);
    const old = dags.filter(({ id }) =>
      id !== "daily_amocrm_load_events" && id !== "daily_build_dm"
    );
    for (const date of ["2026-05-02", "2026-05-03"]) {
      for (const { id: dag, tasks } of old) {
        for (const { id: task } of tasks) {
          const finishedAt = `${date}T00:03:00Z`;
          await addAttempt(sql, { dag, task, date, status: "success", finishedAt });
        }
      }
    }

    await migrate(warehouse);

    const events = dags.filter(({ id }) => id === "daily_amocrm_load_events");
    for (const [date, status] of [["2026-05-03", "success"], ["2026-05-04", "none"]] as const) {
      const states = await readTaskStates(sql, date);
      assert.deepEqual(events.map((dag) => dagRunOf(dag, date, states).status), [status]);
    }
    const stale = async (date: string) => {
      const states = await readTaskStates(sql, date);
      return old.filter((dag) => dagRunOf(dag, date, states).status === "stale").map(({ id }) =>
        id
      );
    };
    const due = [
      "daily_load_ods_leads",
      "daily_load_ods_clients",
      "daily_load_ods_cars",
      "daily_build_dds_dim",
      "daily_build_dds_fact",
    ];
    assert.deepEqual(await stale("2026-05-02"), []);
    assert.deepEqual(await stale("2026-05-03"), due);
    const [state] = await sql`
      select newer_upstream, has_success from ops.task_state
      where task_id = 'merge_ods_leads' and logical_date = '2026-05-03'
    `;
    assert.deepEqual({ ...state }, {
      newer_upstream: "the upgrade (0016_observations.sql)",
      has_success: true,
    });

    // Run again for its date, or for the next one: a success since is all it wants.
    const again = { status: "success", finishedAt: "2100-01-01T00:00:00Z" } as const;
    const leads = { dag: "daily_load_ods_leads", task: "merge_ods_leads" };
    await addAttempt(sql, { ...leads, date: "2026-05-03", attempt: 2, ...again });
    const cars = { dag: "daily_load_ods_cars", task: "merge_ods_cars" };
    await addAttempt(sql, { ...cars, date: "2026-05-04", ...again });
    assert.deepEqual(await stale("2026-05-03"), due.filter((id) => !/leads|cars/.test(id)));
  },
);

testOnEmpty(
  "an upgrade notes the links of rentals that lead nowhere",
  async (warehouse) => {
    const { sql } = warehouse;
    await migrateTo(warehouse, 60);
    const said = { status_id: CONFIRMED, plate: "a-1", license: "L 1" };
    const leads = [
      lead(1, "2026-05-01 10:00", said),
      lead(2, "2026-05-01 10:00", { ...said, car_element_id: 77, client_element_id: 88 }),
      lead(3, "2026-05-01 10:00", { ...said, car_element_id: 0, client_element_id: 0 }),
      lead(4, "2026-05-01 10:00", { ...said, car_element_id: 6, client_element_id: 9 }),
      lead(5, "2026-05-01 10:00", { ...said, plate: null, license: " " }),
    ];
    await land(warehouse, "stg_leads", leads);
    await listStatuses(warehouse, { 10: ["Car Rental", { [CONFIRMED]: "Confirmed" }] });
    await runFiles(warehouse, "2026-05-01", MERGES.slice(0, 4));
    // As the merges of then had written them: lead 2 was found by plate and licence.
    await sql`
      insert into dds.fact_rentals (
        lead_id, car_id, client_id, pipeline_id, status_id, status_name, stage, is_booking,
        is_cancelled, created_at, updated_at, load_date
      )
      select
        id, car, client, 10, ${CONFIRMED}, 'Confirmed', 'confirmed', true,
        false, '2026-05-01Z', '2026-05-01Z', '2026-05-01'
      from (values (1, 0, 0), (2, 5, 8), (3, 0, 0), (4, 6, 9), (5, 0, 0)) as found (id, car, client)
    `;

    await migrate(warehouse);

    const notes = await sql`
      select lead_id::integer, kind, key from dds.unresolved_link order by lead_id, kind, key
    `.values();
    assert.deepEqual([...notes].map((row) => [...row]), [
      [1, "car", "A1"],
      [1, "client", "L1"],
      [2, "car element", "77"],
      [2, "client element", "88"],
    ]);
  },
);

testOnEmpty(
  "an upgrade lets rentals find the confirmation anew of what landed since they were written",
  async (warehouse) => {
    const { sql } = warehouse;
    await migrateTo(warehouse, 63);
    await land(warehouse, "stg_leads", [lead(1, "2026-05-01 10:00", { status_id: CONFIRMED })]);
    await landEvents(warehouse, [moved(2, "2026-05-01 10:00:00", INQUIRY, CONFIRMED)]);
    await sql`
      insert into dds.fact_rentals (
        lead_id, car_id, client_id, pipeline_id, status_id, status_name, stage, is_booking,
        is_cancelled, created_at, updated_at, load_date
      )
      values (
        1, 0, 0, 10, ${CONFIRMED}, 'Confirmed', 'confirmed', true,
        false, '2026-05-01Z', '2026-05-01Z', '2026-05-01'
      )
    `;
    await sql`
      update ops.watermark
      set position = (select max(landed_seq) from stg.stg_leads)
      where name = 'dds.fact_rentals'
    `;
    await sql`
      update ops.watermark
      set position = (select max(landed_seq) from stg.stg_lead_events)
      where name = 'dds.fact_rentals/events'
    `;
    await land(warehouse, "stg_leads", [lead(3, "2026-05-02 10:00", { status_id: CONFIRMED })]);
    await landEvents(warehouse, [moved(4, "2026-05-02 10:00:00", INQUIRY, CONFIRMED)]);

    await migrate(warehouse);

    const notes = await sql`
      select unnest(lead_ids)::integer as id from dds.fact_rentals_pending order by id
    `.values();
    assert.deepEqual(notes.flat(), [3, 4]);
  },
);

import assert from "node:assert/strict";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { dag } from "../../pipeline/daily_load_ods_leads.ts";
import { land, runFiles, type StagedRow } from "../support/staged.ts";
import { testOnBothWarehouses } from "../support/warehouses.ts";

Deno.test("daily_load_ods_leads waits for the load of the leads and of their events", () => {
  assert.deepEqual(dag.waitsFor, [
    { dag: "daily_amocrm_load_leads", task: "load_leads" },
    { dag: "daily_amocrm_load_events", task: "load_events" },
  ]);
});

testOnBothWarehouses("merge_ods_leads opens a version at updated_at", async (warehouse) => {
  await land(warehouse, "stg_leads", [
    copy(7, "2026-05-01 10:00", {
      status_id: 1,
      plate: "A 1",
      observed_at: at("2026-05-02 04:00"),
    }),
  ]);

  const metrics = await merge(warehouse);

  assert.deepEqual(metrics, {
    rows_read: 1,
    rows_written: 1,
    ids_changed: 1,
    ids_going_on: 0,
    // The only copy of a lead in a first build has nothing to be compared with, nor ties.
    ids_derived: 0,
    leads_alone: 1,
    versions_opened: 1,
    versions_closed: 0,
    versions_reopened: 0,
    versions_removed: 0,
  });
  const rows = await warehouse.sql`select to_jsonb(h) as row from ods.ods_leads_hist as h`;
  assert.deepEqual(rows.map(({ row }) => row), [{
    id: 7,
    pipeline_id: null,
    status_id: 1,
    responsible_user_id: null,
    loss_reason_id: null,
    car_element_id: null,
    client_element_id: null,
    name: null,
    model: null,
    plate: "A 1",
    client_name: null,
    license: null,
    budget: null,
    dailyrate: null,
    rental_start: null,
    rental_end: null,
    closed_at: null,
    created_at: null,
    updated_at: "2026-05-01T10:00:00+00:00",
    valid_from: "2026-05-01T10:00:00+00:00",
    valid_to: null,
    is_current: true,
    closed_by: null,
    load_date: "2026-05-03",
  }]);
});

testOnBothWarehouses("merge_ods_leads gives three versions when A, B, A", async (warehouse) => {
  await land(warehouse, "stg_leads", [copy(7, "2026-05-01 10:00", { budget: 100, plate: "A 1" })]);
  await merge(warehouse);
  await land(warehouse, "stg_leads", [copy(7, "2026-05-02 11:00", { budget: 250, plate: "B 2" })]);
  await merge(warehouse);
  await land(warehouse, "stg_leads", [copy(7, "2026-05-03 12:00", { budget: 100, plate: "A 1" })]);
  await merge(warehouse);

  assert.deepEqual(await versions(warehouse, "budget || ' ' || plate"), [
    [7, "100 A 1", "2026-05-01 10:00", "2026-05-02 11:00", null],
    [7, "250 B 2", "2026-05-02 11:00", "2026-05-03 12:00", null],
    [7, "100 A 1", "2026-05-03 12:00", null, null],
  ]);
});

testOnBothWarehouses(
  "merge_ods_leads computes a whole life anew unless one later copy goes on from it",
  async (warehouse) => {
    const seen = (updated: string, observed: string, columns: StagedRow) =>
      copy(7, updated, { ...columns, observed_at: at(observed) });
    await land(warehouse, "stg_leads", [
      seen("2026-05-01 10:00", "2026-05-01 12:00", { budget: 1 }),
    ]);
    const first = await merge(warehouse);
    await land(warehouse, "stg_leads", [
      seen("2026-05-02 10:00", "2026-05-02 12:00", { budget: 2 }),
    ]);
    const later = await merge(warehouse);
    await land(warehouse, "stg_leads", [
      seen("2026-05-03 13:00", "2026-05-03 12:00", { budget: 3 }),
    ]);
    const ahead = await merge(warehouse);
    await land(warehouse, "stg_leads", [
      seen("2026-05-03 11:30", "2026-05-04 12:00", { budget: 4 }),
    ]);
    const behind = await merge(warehouse);
    await land(warehouse, "stg_leads", [
      seen("2026-05-02 11:00", "2026-05-02 11:30", { budget: 5 }),
    ]);
    const late = await merge(warehouse);
    await land(warehouse, "stg_leads", [
      seen("2026-05-05 10:00", "2026-05-05 12:00", { budget: 4 }),
    ]);
    const touched = await merge(warehouse);

    assert.deepEqual(
      [first, later, ahead, behind, late, touched].map((metrics) => metrics?.ids_going_on),
      [0, 1, 1, 0, 0, 1],
    );
    assert.deepEqual(await versions(warehouse, "budget"), [
      [7, "1", "2026-05-01 10:00", "2026-05-02 11:00", null],
      [7, "5", "2026-05-02 11:00", "2026-05-02 12:00", null],
      [7, "2", "2026-05-02 12:00", "2026-05-03 12:00", null],
      [7, "3", "2026-05-03 12:00", "2026-05-04 12:00", null],
      [7, "4", "2026-05-04 12:00", null, null],
    ]);
    assert.equal(touched?.rows_written, 0);
  },
);

testOnBothWarehouses("merge_ods_leads opens no version when only touched", async (warehouse) => {
  await land(warehouse, "stg_leads", [
    copy(7, "2026-05-01 10:00", { status_id: 1 }),
    copy(7, "2026-05-02 10:00", { status_id: 1, payload: { tags: ["seen"] } }),
    copy(7, "2026-05-03 10:00", { status_id: 1, created_at: at("2026-04-01 10:00") }),
  ]);

  await merge(warehouse);

  assert.deepEqual(await versions(warehouse, "status_id"), [
    [7, "1", "2026-05-01 10:00", null, null],
  ]);
});

testOnBothWarehouses(
  "merge_ods_leads tells null from a value when columns are compared",
  async (warehouse) => {
    await land(warehouse, "stg_leads", [
      copy(7, "2026-05-01 10:00", { plate: "A 1" }),
      copy(7, "2026-05-02 10:00", { plate: null }),
      copy(7, "2026-05-03 10:00", { plate: "A 1" }),
    ]);

    await merge(warehouse);

    assert.deepEqual(await versions(warehouse, "coalesce(plate, '-')"), [
      [7, "A 1", "2026-05-01 10:00", "2026-05-02 10:00", null],
      [7, "-", "2026-05-02 10:00", "2026-05-03 10:00", null],
      [7, "A 1", "2026-05-03 10:00", null, null],
    ]);
  },
);

testOnBothWarehouses(
  "merge_ods_leads makes a version of each changed column alone",
  async (warehouse) => {
    const columns: StagedRow = {
      pipeline_id: 2,
      status_id: 2,
      responsible_user_id: 2,
      loss_reason_id: 2,
      car_element_id: 2,
      client_element_id: 2,
      name: "b",
      model: "b",
      plate: "b",
      client_name: "b",
      license: "b",
      budget: 2,
      dailyrate: 2,
      rental_start: at("2026-05-01 00:00"),
      rental_end: at("2026-05-01 00:00"),
      closed_at: at("2026-05-01 00:00"),
    };
    const entries = Object.entries(columns);
    await land(warehouse, "stg_leads", [
      copy(7, "2026-05-01 00:00", {}),
      ...entries.map((_, i) =>
        copy(7, `2026-05-01 01:${10 + i}`, Object.fromEntries(entries.slice(0, i + 1)))
      ),
    ]);

    await merge(warehouse);

    assert.equal((await versions(warehouse, "1")).length, 1 + entries.length);
  },
);

testOnBothWarehouses("merge_ods_leads puts a late older copy in its place", async (warehouse) => {
  await land(warehouse, "stg_leads", [
    copy(7, "2026-05-01 10:00", { status_id: 1 }),
    copy(7, "2026-05-05 10:00", { status_id: 3 }),
  ]);
  await merge(warehouse);
  await land(warehouse, "stg_leads", [copy(7, "2026-05-03 10:00", { status_id: 2 })]);

  const metrics = await merge(warehouse);

  assert.deepEqual(await versions(warehouse, "status_id"), [
    [7, "1", "2026-05-01 10:00", "2026-05-03 10:00", null],
    [7, "2", "2026-05-03 10:00", "2026-05-05 10:00", null],
    [7, "3", "2026-05-05 10:00", null, null],
  ]);
  assert.equal(metrics?.rows_written, 2);
});

testOnBothWarehouses(
  "merge_ods_leads removes a version when a late copy shows that it was none",
  async (warehouse) => {
    await land(warehouse, "stg_leads", [
      copy(7, "2026-05-01 10:00", { status_id: 1 }),
      copy(7, "2026-05-05 10:00", { status_id: 2 }),
    ]);
    await merge(warehouse);
    await land(warehouse, "stg_leads", [copy(7, "2026-05-03 10:00", { status_id: 2 })]);

    await merge(warehouse);

    assert.deepEqual(await versions(warehouse, "status_id"), [
      [7, "1", "2026-05-01 10:00", "2026-05-03 10:00", null],
      [7, "2", "2026-05-03 10:00", null, null],
    ]);
  },
);

testOnBothWarehouses(
  "merge_ods_leads opens the later of two copies of one update when it was seen",
  async (warehouse) => {
    const updated = "2026-05-01 10:00";
    await land(warehouse, "stg_leads", [
      copy(7, updated, { status_id: 1, observed_at: at("2026-05-02 04:00") }),
      copy(7, updated, { status_id: 2, observed_at: at("2026-05-03 04:00") }),
    ]);

    await merge(warehouse);

    assert.deepEqual(await versions(warehouse, "status_id"), [
      [7, "1", "2026-05-01 10:00", "2026-05-03 04:00", null],
      [7, "2", "2026-05-03 04:00", null, null],
    ]);
  },
);

testOnBothWarehouses(
  "merge_ods_leads warns when two copies are equal in both times",
  async (warehouse) => {
    await land(warehouse, "stg_leads", [
      copy(7, "2026-05-01 10:00", { status_id: 1, row_hash: "a" }),
      copy(7, "2026-05-01 10:00", { status_id: 2, row_hash: "b" }),
    ]);

    const metrics = await merge(warehouse);

    assert.equal(metrics?.warning_tied_copies, 1);
    assert.deepEqual(await versions(warehouse, "status_id"), [
      [7, "2", "2026-05-01 10:00", null, null],
    ]);
  },
);

testOnBothWarehouses(
  "merge_ods_leads leaves a gap when a lead is deleted and returns",
  async (warehouse) => {
    await land(warehouse, "stg_leads", [
      copy(7, "2026-05-01 10:00", { status_id: 1 }),
      copy(7, "2026-05-02 10:00", { is_deleted: true, deleted_by: "only_deleted" }),
    ]);
    await merge(warehouse);
    const deleted = await versions(warehouse, "status_id");
    await land(warehouse, "stg_leads", [copy(7, "2026-05-04 10:00", { status_id: 1 })]);
    await merge(warehouse);

    assert.deepEqual(deleted, [
      [7, "1", "2026-05-01 10:00", "2026-05-02 10:00", "only_deleted"],
    ]);
    assert.deepEqual(await versions(warehouse, "status_id"), [
      [7, "1", "2026-05-01 10:00", "2026-05-02 10:00", "only_deleted"],
      [7, "1", "2026-05-04 10:00", null, null],
    ]);
  },
);

testOnBothWarehouses("merge_ods_leads writes nothing when run twice", async (warehouse) => {
  await land(warehouse, "stg_leads", [
    copy(7, "2026-05-01 10:00", { status_id: 1 }),
    copy(8, "2026-05-01 10:00", { is_deleted: true, deleted_by: "event" }),
  ]);
  await merge(warehouse);
  const [before] = await warehouse
    .sql`select max(xmin::text::bigint) as xmin from ods.ods_leads_hist`;

  const metrics = await merge(warehouse);

  const [after] = await warehouse
    .sql`select max(xmin::text::bigint) as xmin from ods.ods_leads_hist`;
  assert.deepEqual([metrics?.rows_read, metrics?.rows_written], [0, 0]);
  assert.deepEqual(after, before);
});

testOnBothWarehouses("merge_ods_leads reads only the leads that landed anew", async (warehouse) => {
  const many = Array.from(
    { length: 500 },
    (_, i) => copy(i + 1, "2026-05-01 10:00", { status_id: 1 }),
  );
  await land(warehouse, "stg_leads", many);
  await merge(warehouse);
  await land(warehouse, "stg_leads", [copy(250, "2026-05-02 10:00", { status_id: 2 })]);

  const metrics = await merge(warehouse);

  assert.deepEqual(
    [metrics?.rows_read, metrics?.ids_changed, metrics?.rows_written],
    [1, 1, 2],
  );
});

testOnBothWarehouses("leads_as_of() gives the state of any moment", async (warehouse) => {
  await land(warehouse, "stg_leads", [
    copy(7, "2026-05-01 10:00", { status_id: 1 }),
    copy(7, "2026-05-02 10:00", { status_id: 2 }),
    copy(7, "2026-05-03 10:00", { is_deleted: true, deleted_by: "event" }),
    copy(7, "2026-05-04 10:00", { status_id: 3 }),
  ]);
  await merge(warehouse);

  const moments = ["05-01 09:59", "05-01 10:00", "05-02 10:00", "05-03 10:00", "05-09 00:00"];
  const states = await warehouse.sql`
    select moment.place, leads.status_id::integer as status_id
    from jsonb_array_elements_text(
      ${JSON.stringify(moments.map((moment) => at(`2026-${moment}`)))}::jsonb
    ) with ordinality as moment (ts, place)
    left join lateral ods.leads_as_of(moment.ts::timestamptz) as leads on true
    order by moment.place
  `;

  assert.deepEqual(states.map((row) => row.status_id), [null, 1, 2, null, 3]);
});

for (
  const [what, row] of [
    ["a backward interval", "7, now(), now() - interval '1 day', false"],
    ["an empty interval", "7, now(), now(), false"],
    ["an open version that is not current", "7, now(), null, false"],
    ["a current version that is closed", "7, now(), now() + interval '1 day', true"],
    ["a second open version", "1, now() + interval '1 hour', null, true"],
  ] as const
) {
  testOnBothWarehouses(`ods_leads_hist refuses ${what}`, async ({ sql }) => {
    const insert = (values: string) =>
      sql.unsafe(
        "insert into ods.ods_leads_hist (id, valid_from, valid_to, is_current, updated_at, load_date) " +
          `select row.*, now(), current_date from (values (${values})) as row`,
      );
    await insert("1, now(), null::timestamptz, true");
    await assert.rejects(
      async () => await insert(row.replace("null", "null::timestamptz")),
      (error: { code?: string }) => error.code === "23514" || error.code === "23505",
    );
  });
}

function copy(id: number, updatedAt: string, columns: StagedRow): StagedRow {
  return { id, updated_at: at(updatedAt), ...columns };
}

/** "2026-05-01 10:00" in UTC. */
function at(text: string): string {
  return `${text.replace(" ", "T")}:00Z`;
}

async function merge(warehouse: Warehouse) {
  const [metrics] = await runFiles(warehouse, "2026-05-03", ["ods/merge_ods_leads.sql"]);
  return metrics;
}

/** Id, an expression, valid_from and valid_to (in UTC, to the minute) and closed_by of each version. */
async function versions({ sql }: Warehouse, expression: string) {
  const rows = await sql.unsafe(`
    select
      id::integer, (${expression})::text as state,
      to_char(valid_from at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as valid_from,
      to_char(valid_to at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as valid_to,
      closed_by
    from ods.ods_leads_hist
    order by id, ods_leads_hist.valid_from
  `);
  return rows.map((row) => [row.id, row.state, row.valid_from, row.valid_to, row.closed_by]);
}

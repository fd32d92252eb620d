import assert from "node:assert/strict";
import { checkEverything } from "../../../lib/checks/everything.ts";
import { readChecks } from "../../../lib/checks/file.ts";
import { readConfig } from "../../../lib/config.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { findAfter, findOffenders } from "../../support/checks.ts";
import { CONFIRMED, dubai, element, INQUIRY, lead, liveDay, moved } from "../../support/rentals.ts";
import { land, landEvents, runFiles, type StagedRow } from "../../support/staged.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

/** A car that changes its plate, a client, and a lead that books the car for the first day. */
async function fill(warehouse: Warehouse): Promise<void> {
  await liveDay(warehouse, "2026-05-02", {
    cars: [
      element(5, "2026-05-01 08:00", { plate: "A 1" }),
      element(5, "2026-05-02 08:00", { plate: "B 2" }),
    ],
    clients: [element(9, "2026-05-01 08:00", { license: "L 1" })],
    leads: [booking(1, {})],
  });
}

/** A confirmed rental of car 5 by client 9, on 1 May for 100. */
function booking(id: number, columns: StagedRow): StagedRow {
  return lead(id, "2026-05-01 10:00", {
    status_id: CONFIRMED,
    car_element_id: 5,
    client_element_id: 9,
    budget: 100,
    rental_start: dubai("2026-05-01 00:00"),
    rental_end: dubai("2026-05-02 00:00"),
    ...columns,
  });
}

/** Puts the success of a task that reads a source into the run log. */
async function noteLoad(
  { sql }: Warehouse,
  task: string,
  attempt: number,
  rows: number,
  finishedAt: string,
  reason: string | null = null,
): Promise<void> {
  await sql`
    insert into ops.run_log (
      run_id, dag_id, task_id, logical_date, attempt, status, started_at, finished_at, worker,
      rows_read, reason
    )
    values (
      gen_random_uuid(), ${task.replace("load_", "daily_amocrm_load_")}, ${task}, '2026-05-01',
      ${attempt}, 'success', ${finishedAt}, ${finishedAt}, 'w', ${rows}, ${reason}
    )
  `;
}

testOnBothWarehouses("every check passes when the merges have run", async (warehouse) => {
  await fill(warehouse);
  await noteLoad(warehouse, "load_leads", 1, 1, dubai("2026-05-02 04:00"));
  const settings = {
    config: readConfig({}, { amo: false }),
    logicalDate: Temporal.PlainDate.from("2026-05-02"),
  };

  const checks = await readChecks();
  const results = await checkEverything(warehouse, checks, settings, 5);

  assert.deepEqual(results.filter(({ offenders }) => offenders > 0), []);
  assert.deepEqual(new Set(results.map(({ check }) => check)), new Set(checks.map((c) => c.name)));
});

testOnBothWarehouses("every check passes on an empty warehouse", async (warehouse) => {
  for (const { name } of await readChecks()) {
    assert.deepEqual(await findOffenders(warehouse, name), [], name);
  }
});

testOnBothWarehouses("history_overlaps finds versions that overlap", async (warehouse) => {
  await fill(warehouse);
  const before = dubai("2026-05-01 09:00");
  await warehouse.sql`
    insert into ods.ods_cars_hist (id, valid_from, valid_to, is_current, updated_at, load_date)
    values (5, ${dubai("2026-05-01 12:00")}, ${dubai("2026-05-01 13:00")}, false, ${before}, now())
  `;
  await warehouse.sql`
    insert into ods.ods_leads_hist (id, valid_from, valid_to, is_current, updated_at, load_date)
    values (1, ${dubai("2026-05-01 09:00")}, ${dubai("2026-05-01 11:00")}, false, ${before}, now())
  `;
  await warehouse.sql`
    insert into ods.ods_clients_hist (id, valid_from, valid_to, is_current, updated_at, load_date)
    values (9, ${dubai("2026-05-01 09:00")}, ${dubai("2026-05-01 11:00")}, false, ${before}, now())
  `;

  assert.deepEqual(await findOffenders(warehouse, "history_overlaps"), [
    [
      "ods.ods_leads_hist",
      "1",
      "opens at 2026-05-01 06:00:00+00, the version before it closes at 2026-05-01 07:00:00+00",
    ],
    [
      "ods.ods_clients_hist",
      "9",
      "opens at 2026-05-01 05:00:00+00, the version before it closes never",
    ],
    [
      "ods.ods_cars_hist",
      "5",
      "opens at 2026-05-01 08:00:00+00, the version before it closes at 2026-05-02 04:00:00+00",
    ],
  ]);
});

/** The histories, each with the record that `fill` puts there. */
const HISTORIES = [["leads", "1"], ["clients", "9"], ["cars", "5"]] as const;

testOnBothWarehouses("history_open_versions finds a record with two", async (warehouse) => {
  await fill(warehouse);
  for (const [entity, id] of HISTORIES) {
    const hist = `ods.ods_${entity}_hist`;
    const found = await findAfter(warehouse, "history_open_versions", hist, async (tx) => {
      await tx.unsafe(`drop index ${hist}_one_current`);
      // Both say what was seen last.
      await tx.unsafe(
        `insert into ${hist}
        select (json_populate_record(version, '{"valid_from": "2026-05-03Z"}')).*
        from ${hist} as version
        where id = ${id} and is_current`,
      );
    });
    assert.deepEqual(found, [[hist, id, "2 open versions"]]);
  }
});

testOnBothWarehouses("history_intervals finds an empty one", async (warehouse) => {
  await fill(warehouse);
  for (const [entity, id] of HISTORIES) {
    const hist = `ods.ods_${entity}_hist`;
    const found = await findAfter(warehouse, "history_intervals", hist, async (tx) => {
      await tx.unsafe(`alter table ${hist} drop constraint ods_${entity}_hist_interval_forward`);
      await tx.unsafe(
        `insert into ${hist} (id, valid_from, valid_to, is_current, updated_at, load_date)
        values (${id}, '2026-04-01Z', '2026-04-01Z', false, '2026-04-01Z', now())`,
      );
    });
    assert.deepEqual(found, [[hist, id, "from 2026-04-01 00:00:00+00 to 2026-04-01 00:00:00+00"]]);
  }
});

testOnBothWarehouses("history_intervals finds a closed one called current", async (warehouse) => {
  await fill(warehouse);
  const details: unknown[] = [];
  for (const [entity] of HISTORIES) {
    const hist = `ods.ods_${entity}_hist`;
    const found = await findAfter(warehouse, "history_intervals", hist, async (tx) => {
      await tx.unsafe(`alter table ${hist} drop constraint ods_${entity}_hist_current_is_open`);
      await tx.unsafe(`update ${hist} set valid_to = '2026-06-01Z' where is_current`);
    });
    details.push(...found.map(([, id, detail]) => [id, detail]));
  }
  assert.deepEqual(details, [
    ["1", "from 2026-05-01 06:00:00+00 to 2026-06-01 00:00:00+00, current"],
    ["9", "from 2026-05-01 04:00:00+00 to 2026-06-01 00:00:00+00, current"],
    ["5", "from 2026-05-02 04:00:00+00 to 2026-06-01 00:00:00+00, current"],
  ]);
});

const GONE = { is_deleted: true, deleted_by: "absence", row_hash: "gone" };

testOnBothWarehouses("history_current_state compares the history with stg", async (warehouse) => {
  const rows = [
    element(71, "2026-05-01 08:00", {}),
    element(72, "2026-05-01 08:00", {}),
    element(72, "2026-05-02 08:00", GONE),
    element(74, "2026-05-01 08:00", {}),
  ];
  await liveDay(warehouse, "2026-05-02", { leads: rows, clients: rows, cars: rows });
  assert.deepEqual(await findOffenders(warehouse, "history_current_state"), []);

  for (const [entity] of HISTORIES) {
    const hist = `ods.ods_${entity}_hist`;
    await warehouse.sql.unsafe(`delete from ${hist} where id = 71`);
    await warehouse.sql.unsafe(
      `update ${hist} set is_current = false, valid_to = now() where id = 74`,
    );
    await warehouse.sql.unsafe(
      `update ${hist} set is_current = true, valid_to = null, closed_by = null where id = 72`,
    );
    // What has landed since the merge does not count.
    await land(warehouse, `stg_${entity}`, [element(73, "2026-05-01 08:00", {})]);
  }

  assert.deepEqual(
    await findOffenders(warehouse, "history_current_state"),
    ["ods.ods_leads_hist", "ods.ods_clients_hist", "ods.ods_cars_hist"].flatMap((hist) => [
      [hist, "71", "live, but no version is open"],
      [hist, "72", "deleted, but its version is open"],
      [hist, "74", "live, but no version is open"],
    ]),
  );
});

testOnBothWarehouses(
  "history_current_state takes the row that was seen last",
  async (warehouse) => {
    // Seen together, where the marker is the later row; and a live one that says it is older.
    const rows = [
      element(71, "2026-05-01 08:00", {}),
      element(71, "2026-05-01 08:00", GONE),
      element(72, "2026-05-01 08:00", { observed_at: dubai("2026-05-02 08:00") }),
      element(72, "2026-05-01 09:00", GONE),
    ];
    await liveDay(warehouse, "2026-05-02", { leads: rows, clients: rows, cars: rows });
    assert.deepEqual(await findOffenders(warehouse, "history_current_state"), []);
  },
);

testOnBothWarehouses(
  "history_newest_observation finds open versions that are not what was seen last",
  async (warehouse) => {
    const seen = { observed_at: dubai("2026-05-02 08:00") };
    const written = { model: "Kia", license: "L 1", plate: "A 1" };
    const pick = (...names: string[]) =>
      Object.fromEntries(Object.entries(written).filter(([name]) => names.includes(name)));
    const rows = (columns: StagedRow) => [
      element(71, "2026-05-01 08:00", {}),
      // Written back by hand, and all the same the present.
      element(71, "2026-04-01 08:00", { ...columns, ...seen }),
      element(72, "2026-05-01 08:00", columns),
    ];
    await liveDay(warehouse, "2026-05-02", {
      leads: rows(pick("model", "license", "plate")),
      clients: rows(pick("license")),
      cars: rows(pick("model", "plate")),
    });
    assert.deepEqual(await findOffenders(warehouse, "history_newest_observation"), []);

    await warehouse.sql`update ods.ods_leads_hist set plate = null where id = 71`;
    await warehouse.sql`update ods.ods_clients_hist set phone = '1' where id = 71`;
    await warehouse.sql`update ods.ods_cars_hist set in_fleet_to = '2026-05-09' where id = 71`;
    // What has landed since the merge does not count.
    await land(warehouse, "stg_leads", [
      element(72, "2026-05-03 08:00", { plate: "B 2" }),
      // Nor does it excuse what is wrong.
      element(71, "2026-05-03 08:00", pick("model", "license")),
    ]);

    const detail = "the version of 2026-05-02 04:00:00+00 is open, " +
      "another state was seen at 2026-05-02 04:00:00+00";
    assert.deepEqual(await findOffenders(warehouse, "history_newest_observation"), [
      ["ods.ods_leads_hist", "71", detail],
      ["ods.ods_clients_hist", "71", detail],
      ["ods.ods_cars_hist", "71", detail],
    ]);
  },
);

testOnBothWarehouses(
  "history_newest_observation knows the last of several that were seen at one moment",
  async (warehouse) => {
    const seen = { observed_at: dubai("2026-05-02 08:00") };
    // The later change of one has the smaller hash, that of the other the larger one.
    const rows = (column: string) => [
      element(71, "2026-05-01 08:00", { [column]: "A 1", row_hash: "z", ...seen }),
      element(71, "2026-05-01 09:00", { [column]: "B 2", row_hash: "a", ...seen }),
      element(72, "2026-05-01 08:00", { [column]: "A 1", row_hash: "a", ...seen }),
      element(72, "2026-05-01 09:00", { [column]: "B 2", row_hash: "z", ...seen }),
    ];
    await liveDay(warehouse, "2026-05-02", {
      leads: rows("plate"),
      clients: rows("license"),
      cars: rows("plate"),
    });
    assert.deepEqual(await findOffenders(warehouse, "history_newest_observation"), []);

    await warehouse.sql`update ods.ods_leads_hist set plate = 'A 1' where is_current`;
    await warehouse.sql`update ods.ods_clients_hist set license = 'A 1' where is_current`;
    await warehouse.sql`update ods.ods_cars_hist set plate = 'A 1' where is_current`;

    const offenders = await findOffenders(warehouse, "history_newest_observation");
    assert.deepEqual(offenders.map(([table, id]) => [table, id]), [
      ["ods.ods_leads_hist", "71"],
      ["ods.ods_leads_hist", "72"],
      ["ods.ods_clients_hist", "71"],
      ["ods.ods_clients_hist", "72"],
      ["ods.ods_cars_hist", "71"],
      ["ods.ods_cars_hist", "72"],
    ]);
  },
);

/** What the history has beside business columns. */
const BOOKKEEPING = new Set([
  ...["id", "created_at", "updated_at", "valid_from", "valid_to"],
  ...["is_current", "closed_by", "load_date"],
]);

/** A value of each type of business columns. */
const VALUES = new Map([
  ["text", "x"],
  ["bigint", "7"],
  ["integer", "7"],
  ["numeric", "7"],
  ["date", "2026-05-09"],
  ["timestamp with time zone", "2026-05-09Z"],
]);

testOnBothWarehouses(
  "history_newest_observation looks at every business column",
  async (warehouse) => {
    const rows = [element(71, "2026-05-01 08:00", {})];
    await liveDay(warehouse, "2026-05-02", { leads: rows, clients: rows, cars: rows });
    for (const [entity] of HISTORIES) {
      const hist = `ods.ods_${entity}_hist`;
      const columns = await warehouse.sql`
        select column_name as name, data_type as type
        from information_schema.columns
        where table_schema || '.' || table_name = ${hist}
      `;
      const business = columns.filter(({ name }) => !BOOKKEEPING.has(name));
      assert.ok(business.length > 0);
      for (const { name, type } of business) {
        const found = await findAfter(warehouse, "history_newest_observation", hist, async (tx) => {
          await tx.unsafe(`update ${hist} set ${name} = $1::text::${type} where id = 71`, [
            VALUES.get(type) ?? null,
          ]);
        });
        assert.deepEqual(found.map(([, id]) => id), ["71"], `${hist}.${name}`);
      }
    }
  },
);

testOnBothWarehouses(
  "history_from_the_future finds a version that was seen before its own change",
  async (warehouse) => {
    const seen = { observed_at: dubai("2026-05-02 08:00") };
    const rows = [element(71, "2026-05-02 08:11", seen), element(72, "2026-05-02 08:10", seen)];
    await liveDay(warehouse, "2026-05-02", { leads: rows, clients: rows, cars: rows });
    const detail =
      "says it was changed at 2026-05-02 04:11:00+00, was seen by 2026-05-02 04:00:00+00";
    assert.deepEqual(await findOffenders(warehouse, "history_from_the_future"), [
      ["ods.ods_leads_hist", "71", detail],
      ["ods.ods_clients_hist", "71", detail],
      ["ods.ods_cars_hist", "71", detail],
    ]);
  },
);

testOnBothWarehouses("row_count_drop compares a load with the one before", async (warehouse) => {
  await noteLoad(warehouse, "load_leads", 1, 500, dubai("2026-05-01 04:00"));
  await noteLoad(warehouse, "load_leads", 2, 100, dubai("2026-05-02 04:00"));
  await noteLoad(warehouse, "load_cars", 1, 100, dubai("2026-05-01 04:00"));
  await noteLoad(warehouse, "load_cars", 2, 79, dubai("2026-05-02 04:00"));
  // Exactly 20 % fewer, and many fewer of a few.
  await noteLoad(warehouse, "load_clients", 1, 100, dubai("2026-05-01 04:00"));
  await noteLoad(warehouse, "load_clients", 2, 80, dubai("2026-05-02 04:00"));

  assert.deepEqual(await findOffenders(warehouse, "row_count_drop"), [
    [
      "stg.stg_leads",
      "load_leads",
      "100 found, 500 the load before, limit MAX_ROW_DROP_PERCENT=20",
    ],
    ["stg.stg_cars", "load_cars", "79 found, 100 the load before, limit MAX_ROW_DROP_PERCENT=20"],
  ]);

  await noteLoad(warehouse, "load_leads", 3, 90, dubai("2026-05-03 04:00"));
  await noteLoad(warehouse, "load_cars", 3, 12, dubai("2026-05-03 04:00"));
  await noteLoad(warehouse, "load_cars", 4, 2, dubai("2026-05-04 04:00"));
  assert.deepEqual(await findOffenders(warehouse, "row_count_drop"), []);
});

testOnBothWarehouses("stale_source finds a source without a fresh load", async (warehouse) => {
  await noteLoad(warehouse, "load_leads", 1, 5, dubai("2026-05-01 04:00"));
  await noteLoad(warehouse, "load_leads", 2, 0, dubai("2026-05-03 04:00"), "marked");
  await noteLoad(warehouse, "load_cars", 1, 5, dubai("2026-05-02 17:59"));
  await noteLoad(warehouse, "load_clients", 1, 5, dubai("2026-05-02 18:00"));

  assert.deepEqual(await findOffenders(warehouse, "stale_source", "2026-05-03"), [
    [
      "stg.stg_leads",
      "load_leads",
      "loaded at 2026-05-01 00:00:00+00, 68 hours before it is needed, limit FRESHNESS_HOURS=30",
    ],
    [
      "stg.stg_cars",
      "load_cars",
      "loaded at 2026-05-02 13:59:00+00, 30 hours before it is needed, limit FRESHNESS_HOURS=30",
    ],
  ]);
});

testOnBothWarehouses("stale_source says nothing about dates long ago", async (warehouse) => {
  await noteLoad(warehouse, "load_leads", 1, 5, dubai("2026-05-02 04:00"));
  assert.deepEqual(await findOffenders(warehouse, "stale_source", "2026-05-02"), []);
  assert.deepEqual(await findOffenders(warehouse, "stale_source", "2025-01-01"), []);
});

testOnBothWarehouses(
  "stale_source takes the database's clock before a date ends",
  async (warehouse) => {
    const { sql } = warehouse;
    await noteLoad(warehouse, "load_cars", 1, 5, dubai("2026-05-02 04:00"));
    await sql`update ops.run_log set finished_at = clock_timestamp() - interval '29 hours'`;
    assert.deepEqual(await findOffenders(warehouse, "stale_source", "2999-01-01"), []);
    await sql`update ops.run_log set finished_at = clock_timestamp() - interval '31 hours'`;
    const found = await findOffenders(warehouse, "stale_source", "2999-01-01");
    assert.deepEqual(found.map(([, id]) => id), ["load_cars"]);
  },
);

testOnBothWarehouses("duplicate_plates finds live cars of one plate", async (warehouse) => {
  await liveDay(warehouse, "2026-05-02", {
    cars: [
      element(1, "2026-05-01 08:00", { plate: "A 1" }),
      element(2, "2026-05-01 08:00", { plate: "a-1" }),
      element(3, "2026-05-01 08:00", { plate: "A1" }),
      element(3, "2026-05-02 08:00", { plate: "B 2" }),
      element(4, "2026-05-01 08:00", {}),
      element(5, "2026-05-01 08:00", {}),
    ],
  });
  assert.deepEqual(await findOffenders(warehouse, "duplicate_plates"), [
    ["ods.ods_cars_hist", "1", "same plate as car 2"],
    ["ods.ods_cars_hist", "2", "same plate as car 1"],
  ]);
});

testOnBothWarehouses("duplicate_licenses finds live clients of one licence", async (warehouse) => {
  await liveDay(warehouse, "2026-05-02", {
    clients: [
      element(1, "2026-05-01 08:00", { license: "L 1" }),
      element(2, "2026-05-01 08:00", { license: "l1" }),
      element(3, "2026-05-01 08:00", { license: "L-1" }),
      element(4, "2026-05-01 08:00", { license: "L 2" }),
    ],
  });
  assert.deepEqual(await findOffenders(warehouse, "duplicate_licenses"), [
    ["ods.ods_clients_hist", "1", "same licence as client 2, 3"],
    ["ods.ods_clients_hist", "2", "same licence as client 1, 3"],
    ["ods.ods_clients_hist", "3", "same licence as client 1, 2"],
  ]);
});

testOnBothWarehouses(
  "dimensions_not_current finds what the history says otherwise",
  async (warehouse) => {
    await fill(warehouse);
    await liveDay(warehouse, "2026-05-02", {
      cars: [element(6, "2026-05-01 08:00", { plate: "C 3" })],
    });
    const { sql } = warehouse;
    await sql`delete from dds.dim_car where car_id = 5`;
    await sql`update dds.dim_car set is_deleted = true where car_id = 6`;
    await sql`insert into dds.dim_client (client_id, is_deleted) values (99, false)`;
    // Merged into the history since the dimensions were built: on its way.
    await land(warehouse, "stg_cars", [element(7, "2026-05-01 08:00", {})]);
    await sql`
    insert into ods.ods_cars_hist (id, valid_from, is_current, updated_at, load_date)
    values (7, '2026-05-01', true, '2026-05-01', '2026-05-01')
  `;

    assert.deepEqual(await findOffenders(warehouse, "dimensions_not_current"), [
      ["dds.dim_car", "5", "in the history, not in the dimension"],
      ["dds.dim_car", "6", "deleted in the dimension, live in the history"],
      ["dds.dim_client", "99", "in the dimension, not in the history"],
    ]);
  },
);

testOnBothWarehouses("date_gaps finds a day that is missing", async (warehouse) => {
  await fill(warehouse);
  await warehouse
    .sql`delete from dds.dim_date where date_day between '2026-06-01' and '2026-06-03'`;
  assert.deepEqual(await findOffenders(warehouse, "date_gaps"), [
    ["dds.dim_date", "2026-05-31", "the next day is 2026-06-04"],
  ]);
});

testOnBothWarehouses("date_gaps finds facts outside the calendar", async (warehouse) => {
  await fill(warehouse);
  const { sql } = warehouse;
  await sql`delete from dds.dim_date where date_day < '2026-05-02' or date_day > '2026-06-01'`;
  await sql`update dds.fact_rentals set rental_end = ${dubai("2026-06-02 10:00")}`;
  // Years that were mistyped are beyond the horizon of any calendar.
  await sql`update dds.fact_rentals set closed_at = '2206-01-01Z', rental_start = '0206-01-01Z'`;
  assert.deepEqual(await findOffenders(warehouse, "date_gaps"), [
    ["dds.dim_date", "2026-05-01", "a fact refers to it, the calendar begins at 2026-05-02"],
    ["dds.dim_date", "2026-06-02", "a fact refers to it, the calendar ends at 2026-06-01"],
  ]);
});

testOnBothWarehouses("orphan_facts finds facts without their members", async (warehouse) => {
  await fill(warehouse);
  await warehouse.sql`delete from dds.dim_car where car_id = 5`;
  await warehouse.sql`delete from dds.dim_client where client_id = 9`;

  assert.deepEqual(await findOffenders(warehouse, "orphan_facts"), [
    ["dds.fact_rentals", "1", "car 5 is in no dimension"],
    ["dds.fact_rentals", "1", "client 9 is in no dimension"],
    ["dds.fact_fleet_usage_day", "5", "car 5 is in no dimension"],
  ]);
});

testOnBothWarehouses("orphan_statuses finds facts without their status", async (warehouse) => {
  await fill(warehouse);
  await liveDay(warehouse, "2026-05-02", {
    leads: [lead(1, "2026-05-02 10:00", { status_id: INQUIRY })],
  });
  await warehouse.sql`delete from dds.dim_status where status_id in (${CONFIRMED}, ${INQUIRY})`;

  const found = [
    `status ${INQUIRY} of pipeline 10 is in no dimension`,
    `status ${CONFIRMED} of pipeline 10 is in no dimension`,
  ];
  assert.deepEqual(await findOffenders(warehouse, "orphan_statuses"), [
    ["dds.fact_lead_status_change", "1", found[0]],
    ["dds.fact_lead_status_change", "1", found[1]],
    ["dds.fact_rentals", "1", found[0]],
  ]);

  // A lead that landed since the dimensions were built brings its status along.
  await land(warehouse, "stg_leads", [
    lead(2, "2026-05-03 10:00", { status_id: INQUIRY }),
    lead(3, "2026-05-03 10:00", { status_id: CONFIRMED }),
  ]);
  assert.deepEqual(await findOffenders(warehouse, "orphan_statuses"), []);
});

testOnBothWarehouses("orphan_facts waits for members that landed since", async (warehouse) => {
  await fill(warehouse);
  await warehouse.sql`delete from dds.dim_car where car_id = 5`;
  await land(warehouse, "stg_cars", [element(5, "2026-05-03 08:00", { plate: "C 3" })]);
  assert.deepEqual(await findOffenders(warehouse, "orphan_facts"), []);
});

testOnBothWarehouses("rentals_not_current finds facts of another state", async (warehouse) => {
  await fill(warehouse);
  await liveDay(warehouse, "2026-05-02", { leads: [booking(2, {}), booking(3, {})] });
  const { sql } = warehouse;
  await sql`update dds.fact_rentals set budget = 90 where lead_id = 1`;
  await sql`delete from dds.fact_rentals where lead_id = 2`;
  await sql`delete from ods.ods_leads_hist where id = 3`;

  assert.deepEqual(await findOffenders(warehouse, "rentals_not_current"), [
    ["dds.fact_rentals", "1", "the fact is another state than the history"],
    ["dds.fact_rentals", "2", "a rental in the history, not in the facts"],
    ["dds.fact_rentals", "3", "in the facts, no rental in the history"],
  ]);

  // A newer copy is on its way through the layers.
  await land(warehouse, "stg_leads", [1, 2, 3].map((id) => lead(id, "2026-05-03 10:00", {})));
  assert.deepEqual(await findOffenders(warehouse, "rentals_not_current"), []);
});

testOnBothWarehouses(
  "rentals_of_nobody finds rentals whose car or client is known, and what is not noted",
  async (warehouse) => {
    const { sql } = warehouse;
    const linked = { car_element_id: null, client_element_id: null };
    await liveDay(warehouse, "2026-05-02", {
      cars: [element(5, "2026-05-01 08:00", { plate: "A 1" })],
      clients: [element(9, "2026-05-01 08:00", { license: "L 1" })],
      leads: [
        booking(1, {}),
        booking(2, { ...linked, plate: "A 1", license: "L 1" }),
        booking(3, { ...linked, plate: "B 2", license: "L 2" }),
        // Several are linked, and nothing is named: there is nobody to be found.
        booking(4, { car_element_id: 0, client_element_id: 0, plate: "A 1", license: "L 1" }),
        booking(5, linked),
      ],
    });
    assert.deepEqual(await findOffenders(warehouse, "rentals_of_nobody"), []);

    await sql`update dds.fact_rentals set car_id = 0, client_id = 0`;
    await sql`delete from dds.unresolved_link`;
    const found = await findOffenders(warehouse, "rentals_of_nobody");
    assert.deepEqual([...found].sort(), [
      ["dds.fact_rentals", "1", "the linked car is known"],
      ["dds.fact_rentals", "1", "the linked client is known"],
      ["dds.fact_rentals", "2", "only one car ever bore its key"],
      ["dds.fact_rentals", "2", "only one client ever bore its key"],
      ["dds.fact_rentals", "3", "no car, and not noted for when one comes"],
      ["dds.fact_rentals", "3", "no client, and not noted for when one comes"],
    ]);

    // What is on its way is looked at by the next merge.
    await land(warehouse, "stg_leads", [1, 2].map((id) => lead(id, "2026-05-03 10:00", {})));
    assert.deepEqual((await findOffenders(warehouse, "rentals_of_nobody")).map(([, id]) => id), [
      "3",
      "3",
    ]);
    await land(warehouse, "stg_cars", [element(5, "2026-05-03 08:00", { plate: "C 3" })]);
    await land(warehouse, "stg_clients", [element(9, "2026-05-03 08:00", { license: "L 3" })]);
    await runFiles(warehouse, "2026-05-03", [
      "ods/merge_ods_cars.sql",
      "ods/merge_ods_clients.sql",
    ]);
    assert.deepEqual(await findOffenders(warehouse, "rentals_of_nobody"), []);
  },
);

testOnBothWarehouses("unknown_status finds what the dictionary lacks", async (warehouse) => {
  await liveDay(warehouse, "2026-05-02", {
    leads: [booking(1, { status_id: 999 }), booking(2, { status_id: null }), booking(3, {})],
  });
  assert.deepEqual(await findOffenders(warehouse, "unknown_status"), [
    ["dds.dim_status", "999", "of pipeline 10, stage other"],
  ]);
});

testOnBothWarehouses("negative_money finds amounts below zero", async (warehouse) => {
  await fill(warehouse);
  await liveDay(warehouse, "2026-05-02", {
    leads: [
      booking(2, { budget: -5, status_id: INQUIRY }),
      booking(3, { budget: 0, dailyrate: -7 }),
      booking(4, { budget: 0 }),
    ],
  });
  assert.deepEqual(await findOffenders(warehouse, "negative_money"), [
    ["dds.fact_rentals", "2", "budget below 0"],
    ["dds.fact_rentals", "3", "dailyrate, amount below 0"],
  ]);

  await warehouse.sql`update dds.fact_fleet_usage_day set amount_share = -1 where is_rented`;
  assert.deepEqual((await findOffenders(warehouse, "negative_money")).at(-1), [
    "dds.fact_fleet_usage_day",
    "5",
    "amount_share of 2026-05-01 below 0",
  ]);
});

testOnBothWarehouses(
  "rental_end_before_start finds dates the wrong way round",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-02", {
      leads: [
        booking(1, { rental_end: dubai("2026-04-30 00:00") }),
        booking(2, { rental_end: dubai("2026-05-01 00:00") }),
        booking(3, { rental_end: null }),
      ],
    });
    assert.deepEqual(await findOffenders(warehouse, "rental_end_before_start"), [
      ["dds.fact_rentals", "1", "from 2026-04-30 20:00:00+00 to 2026-04-29 20:00:00+00"],
    ]);
  },
);

testOnBothWarehouses(
  "dates_beyond_horizon names leads whose year was mistyped",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-03", {
      leads: [
        booking(1, { rental_end: dubai("2206-05-02 00:00") }),
        booking(2, { rental_start: dubai("0206-05-01 00:00") }),
        // The last day of the horizon and the first one.
        booking(3, { rental_end: dubai("2028-05-03 00:00") }),
        booking(4, { rental_start: dubai("2024-05-01 00:00") }),
        booking(5, { status_id: INQUIRY, rental_start: null }),
      ],
    });
    assert.deepEqual(await findOffenders(warehouse, "dates_beyond_horizon"), [
      [
        "dds.fact_rentals",
        "1",
        "from 2026-04-30 20:00:00+00 to 2206-05-01 20:00:00+00, built are 2024-05-01 to 2028-05-02",
      ],
      [
        "dds.fact_rentals",
        "2",
        "from 0206-04-30 20:00:00+00 to 2026-05-01 20:00:00+00, built are 2024-05-01 to 2028-05-02",
      ],
    ]);
  },
);

testOnBothWarehouses(
  "status_changes_missing finds events that the facts lack",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-03", {
      leads: [booking(1, { status_id: INQUIRY })],
      events: [
        moved(1, "2026-05-02 12:00:00", INQUIRY, CONFIRMED),
        // Of a lead that has not landed, and of no change.
        moved(2, "2026-05-02 12:00:00", INQUIRY, CONFIRMED),
        moved(1, "2026-05-02 13:00:00", CONFIRMED, CONFIRMED),
      ],
    });
    assert.deepEqual(await findOffenders(warehouse, "status_changes_missing"), []);

    await warehouse.sql`delete from dds.fact_lead_status_change`;
    // Landed since the merge.
    await landEvents(warehouse, [moved(1, "2026-05-02 14:00:00", CONFIRMED, INQUIRY)]);
    assert.deepEqual(await findOffenders(warehouse, "status_changes_missing"), [
      ["dds.fact_lead_status_change", "1", `to status ${CONFIRMED} at 2026-05-02 08:00:00+00`],
    ]);
  },
);

testOnBothWarehouses(
  "status_history_disagrees finds gaps between events, and sights that none of them tells",
  async (warehouse) => {
    const confirmed = { status_id: CONFIRMED, updated_at: dubai("2026-05-02 12:00") };
    await liveDay(warehouse, "2026-05-03", {
      leads: [
        ...[1, 2, 3].map((id) => booking(id, { status_id: INQUIRY })),
        booking(2, confirmed),
        booking(3, confirmed),
      ],
      events: [
        moved(1, "2026-05-02 12:00:00", CONFIRMED, INQUIRY),
        moved(2, "2026-05-02 10:00:00", INQUIRY, 142),
      ],
    });
    assert.deepEqual(await findOffenders(warehouse, "status_history_disagrees"), [
      [
        "dds.fact_lead_status_change",
        "1",
        "from status 1 to 4 between 2026-05-01 06:00:00+00 and 2026-05-02 08:00:00+00",
      ],
      [
        "dds.fact_lead_status_change",
        "2",
        "from status 142 to 4 between 2026-05-02 06:00:00+00 and 2026-05-02 08:00:00+00",
      ],
    ]);
  },
);

testOnBothWarehouses("fleet_usage_ghosts finds days that nobody books", async (warehouse) => {
  await fill(warehouse);
  const { sql } = warehouse;
  await sql`
    update dds.fact_fleet_usage_day set lead_ids = '{1, 2}' where usage_date = '2026-05-01'
  `;
  await sql`update dds.fact_fleet_usage_day set lead_ids = '{1}' where usage_date = '2026-05-02'`;
  assert.deepEqual(await findOffenders(warehouse, "fleet_usage_ghosts"), [
    ["dds.fact_fleet_usage_day", "5", "2026-05-01 lists lead 2"],
    ["dds.fact_fleet_usage_day", "5", "2026-05-02 lists lead 1"],
  ]);

  // A booking has changed since: the days are on their way.
  await sql`
    insert into dds.fact_fleet_usage_day_pending (lead_ids, car_ids, first_days, last_days)
    values ('{1}', '{5}', '{2026-05-01}', '{2026-05-02}')
  `;
  assert.deepEqual(await findOffenders(warehouse, "fleet_usage_ghosts"), []);
});

testOnBothWarehouses(
  "fleet_usage_ghosts takes same-day rentals for their day",
  async (warehouse) => {
    await fill(warehouse);
    await liveDay(warehouse, "2026-05-03", {
      leads: [booking(2, {
        rental_start: dubai("2026-05-03 09:00"),
        rental_end: dubai("2026-05-03 18:00"),
      })],
    });
    const rented = await warehouse.sql`
    select usage_date from dds.fact_fleet_usage_day where is_rented order by 1
  `.values();
    assert.deepEqual([...rented], [["2026-05-01"], ["2026-05-03"]]);
    assert.deepEqual(await findOffenders(warehouse, "fleet_usage_ghosts"), []);
  },
);

testOnBothWarehouses("fleet_usage_counts finds numbers that do not fit", async (warehouse) => {
  await fill(warehouse);
  const { sql } = warehouse;
  await sql`update dds.fact_fleet_usage_day set rentals_cnt = 2 where usage_date = '2026-05-01'`;
  await sql`update dds.fact_fleet_usage_day set is_rented = true where usage_date = '2026-05-02'`;
  assert.deepEqual(await findOffenders(warehouse, "fleet_usage_counts"), [
    ["dds.fact_fleet_usage_day", "5", "2026-05-01 counts 2 and lists 1"],
    ["dds.fact_fleet_usage_day", "5", "2026-05-02 counts 0 and lists 0"],
  ]);
});

testOnBothWarehouses("amount_share_sums finds money that got lost", async (warehouse) => {
  await fill(warehouse);
  const { sql } = warehouse;
  await sql`update dds.fact_fleet_usage_day set amount_share = 99.99 where is_rented`;
  assert.deepEqual(await findOffenders(warehouse, "amount_share_sums"), [
    ["dds.fact_fleet_usage_day", "5", "shares 99.99, bookings 100"],
  ]);
  await sql`
    insert into dds.fact_fleet_usage_day_pending (lead_ids, car_ids, first_days, last_days)
    values ('{1}', '{5}', '{2026-05-01}', '{2026-05-01}')
  `;
  assert.deepEqual(await findOffenders(warehouse, "amount_share_sums"), []);
});

testOnBothWarehouses(
  "amount_share_sums passes with a booking beyond a car's life",
  async (warehouse) => {
    await fill(warehouse);
    await liveDay(warehouse, "2026-05-03", {
      leads: [booking(2, { rental_end: dubai("2026-05-09 00:00") })],
      cars: [{
        ...element(5, "2026-05-03 08:00", { is_deleted: true, deleted_by: "absence" }),
        plate: null,
      }],
    });
    assert.deepEqual(await findOffenders(warehouse, "amount_share_sums"), []);
  },
);

testOnBothWarehouses("double_bookings finds pairs of bookings of one car", async (warehouse) => {
  await fill(warehouse);
  await liveDay(warehouse, "2026-05-02", {
    leads: [
      booking(2, { rental_end: dubai("2026-05-04 00:00") }),
      booking(3, {
        rental_start: dubai("2026-05-02 00:00"),
        rental_end: dubai("2026-05-04 00:00"),
      }),
    ],
  });
  assert.deepEqual(await findOffenders(warehouse, "double_bookings"), [
    ["dds.fact_fleet_usage_day", "2", "car 5 is booked by lead 1 too, from 2026-05-01, days: 1"],
    ["dds.fact_fleet_usage_day", "3", "car 5 is booked by lead 2 too, from 2026-05-02, days: 2"],
  ]);
});

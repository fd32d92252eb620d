import assert from "node:assert/strict";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import {
  CANCELLED,
  CLOSED,
  CONFIRMED,
  dubai,
  element,
  INQUIRY,
  lead,
  liveDay,
  OTHER,
  RENTALS,
  RETURNED,
} from "../../support/rentals.ts";
import type { StagedRow } from "../../support/staged.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

testOnBothWarehouses("merge_fact_rentals fills every column of a booking", async (warehouse) => {
  await liveDay(warehouse, "2026-05-01", {
    cars: [element(5, "2026-05-01 08:00", { plate: "A 1" })],
    clients: [element(9, "2026-05-01 08:00", { license: "L-1" })],
    leads: [
      lead(1, "2026-05-01 10:00", {
        status_id: CLOSED,
        plate: "a-1",
        license: "l 1",
        budget: 700,
        dailyrate: "120.50",
        rental_start: dubai("2026-05-02 00:00"),
        rental_end: dubai("2026-05-05 00:00"),
        closed_at: dubai("2026-05-05 12:00"),
      }),
    ],
  });

  const rows = await warehouse.sql`select to_jsonb(f) as row from dds.fact_rentals as f`;
  assert.deepEqual(rows.map(({ row }) => row), [{
    lead_id: 1,
    car_id: 5,
    client_id: 9,
    pipeline_id: RENTALS,
    status_id: CLOSED,
    status_name: "Closed",
    stage: "closed",
    rental_days: 3,
    dailyrate: 120.5,
    budget: 700,
    amount: 700,
    is_booking: true,
    is_cancelled: false,
    rental_start: "2026-05-01T20:00:00+00:00",
    rental_end: "2026-05-04T20:00:00+00:00",
    closed_at: "2026-05-05T08:00:00+00:00",
    // Booked from the first.
    confirmed_at: "2026-05-01T04:00:00+00:00",
    created_at: "2026-05-01T04:00:00+00:00",
    updated_at: "2026-05-01T06:00:00+00:00",
    load_date: "2026-05-01",
  }]);
});

testOnBothWarehouses(
  "merge_fact_rentals tells 142 of one pipeline from 142 of another",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-01", {
      leads: [
        lead(1, "2026-05-01 10:00", { status_id: CLOSED }),
        lead(2, "2026-05-01 10:00", { status_id: CLOSED, pipeline_id: OTHER }),
        lead(3, "2026-05-01 10:00", { status_id: CANCELLED }),
      ],
    });

    assert.deepEqual(await facts(warehouse, "status_name, is_booking, is_cancelled"), [
      [1, "Closed", true, false],
      [3, "Cancelled / No-show", false, true],
    ]);
  },
);

testOnBothWarehouses("merge_fact_rentals counts rental days with a grace", async (warehouse) => {
  const until = (end: string) => ({
    status_id: CONFIRMED,
    dailyrate: 100,
    rental_start: dubai("2026-05-02 10:00"),
    rental_end: dubai(end),
  });
  await liveDay(warehouse, "2026-05-01", {
    leads: [
      lead(1, "2026-05-01 10:00", until("2026-05-02 10:00")),
      lead(2, "2026-05-01 10:00", until("2026-05-03 10:29")),
      lead(3, "2026-05-01 10:00", until("2026-05-03 10:30")),
      lead(4, "2026-05-01 10:00", until("2026-05-02 09:59")),
      lead(5, "2026-05-01 10:00", { ...until("2026-05-03 10:00"), rental_start: null }),
    ],
  });

  assert.deepEqual(await facts(warehouse, "rental_days, amount::integer"), [
    [1, 1, 100],
    [2, 1, 100],
    [3, 2, 200],
    [4, null, null],
    [5, null, null],
  ]);
});

testOnBothWarehouses(
  "merge_fact_rentals follows GRACE_MINUTES when it changes",
  async (warehouse) => {
    const landed = {
      leads: [
        lead(1, "2026-05-01 10:00", {
          status_id: CONFIRMED,
          rental_start: dubai("2026-05-02 10:00"),
          rental_end: dubai("2026-05-03 10:10"),
        }),
      ],
    };
    await liveDay(warehouse, "2026-05-01", landed, { grace_minutes: "29" });
    const before = await facts(warehouse, "rental_days");

    await liveDay(warehouse, "2026-05-01", landed, { grace_minutes: "0" });

    assert.deepEqual([before, await facts(warehouse, "rental_days")], [[[1, 1]], [[1, 2]]]);
  },
);

testOnBothWarehouses(
  "merge_fact_rentals takes each lead once, whatever it changed with",
  async (warehouse) => {
    const rental = { plate: "A 1", status_id: CONFIRMED };
    const rentals = "dds/merge_fact_rentals.sql";
    await liveDay(warehouse, "2026-05-01", {
      cars: [element(5, "2026-05-01 08:00", { plate: "A 1" })],
      leads: [lead(1, "2026-05-01 10:00", rental), lead(2, "2026-05-01 10:00", rental)],
    });

    const stages = { [CONFIRMED]: "Confirmed again" };
    const changed = await liveDay(
      warehouse,
      "2026-05-02",
      {
        cars: [element(5, "2026-05-02 08:00", { plate: "A 2" })],
        leads: [lead(1, "2026-05-02 10:00", rental)],
      },
      {},
      stages,
    );
    const all = await liveDay(
      warehouse,
      "2026-05-03",
      { cars: [element(5, "2026-05-03 08:00", { plate: "A 1" })] },
      { grace_minutes: "0" },
      { [CONFIRMED]: "Confirmed" },
    );

    const read = [changed, all].map((day) => day.get(rentals)?.rows_read);
    assert.deepEqual(read, [2, 2]);
  },
);

testOnBothWarehouses("merge_fact_rentals takes the budget before the rate", async (warehouse) => {
  const twoDays = {
    status_id: CONFIRMED,
    rental_start: dubai("2026-05-02 00:00"),
    rental_end: dubai("2026-05-04 00:00"),
  };
  await liveDay(warehouse, "2026-05-01", {
    leads: [
      lead(1, "2026-05-01 10:00", { ...twoDays, budget: 500, dailyrate: 99 }),
      lead(2, "2026-05-01 10:00", { ...twoDays, budget: 0, dailyrate: "99.25" }),
      lead(3, "2026-05-01 10:00", { ...twoDays, budget: null, dailyrate: 99 }),
      lead(4, "2026-05-01 10:00", { ...twoDays, budget: 0, dailyrate: null }),
      lead(5, "2026-05-01 10:00", { status_id: CONFIRMED, budget: -5, dailyrate: 99 }),
    ],
  });

  assert.deepEqual(await facts(warehouse, "amount::text"), [
    [1, "500"],
    [2, "198.50"],
    [3, "198"],
    [4, null],
    [5, null],
  ]);
});

testOnBothWarehouses(
  "merge_fact_rentals finds the car that bore the plate when the lead was given it",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-09", {
      cars: [
        // Plate A 1 went from car 5 to car 6 at noon on the 4th.
        element(5, "2026-05-01 08:00", { plate: "A 1" }),
        element(5, "2026-05-04 12:00", { plate: "Z 9" }),
        element(6, "2026-05-01 08:00", { plate: "B 2" }),
        element(6, "2026-05-04 12:00", { plate: "A 1" }),
      ],
      leads: [
        lead(1, "2026-05-03 10:00", { status_id: CONFIRMED, plate: "A 1" }),
        // Given the plate before the change; another edit after it does not move the lead.
        lead(2, "2026-05-03 10:00", { status_id: INQUIRY, plate: "A 1" }),
        lead(2, "2026-05-05 10:00", { status_id: CONFIRMED, plate: "A 1" }),
        lead(3, "2026-05-05 10:00", { status_id: CONFIRMED, plate: "A 1" }),
        // Lost the plate and was given it again, after the change.
        lead(4, "2026-05-03 10:00", { status_id: CONFIRMED, plate: "A 1" }),
        lead(4, "2026-05-03 11:00", { status_id: CONFIRMED, plate: "B 2" }),
        lead(4, "2026-05-05 10:00", { status_id: CONFIRMED, plate: "A 1" }),
      ],
    });

    assert.deepEqual(await facts(warehouse, "car_id::integer"), [[1, 5], [2, 5], [3, 6], [4, 6]]);
  },
);

testOnBothWarehouses(
  "merge_fact_rentals counts a car's first version from its creation",
  async (warehouse) => {
    // The car was edited on the 6th, before we saw it first: its first version opens then.
    const car = { plate: "A 1", created_at: dubai("2026-05-02 00:00") };
    await liveDay(warehouse, "2026-05-09", {
      cars: [
        element(5, "2026-05-06 08:00", car),
        element(6, "2026-05-01 08:00", { plate: "A 1" }),
        element(6, "2026-05-01 12:00", { plate: "B 2" }),
      ],
      leads: [
        lead(1, "2026-05-01 09:00", { status_id: CONFIRMED, plate: "A 1" }),
        lead(2, "2026-05-03 09:00", { status_id: CONFIRMED, plate: "A 1" }),
        // Nobody bore it then, and two ever did.
        lead(3, "2026-05-01 13:00", { status_id: CONFIRMED, plate: "A 1" }),
      ],
    });

    assert.deepEqual(await facts(warehouse, "car_id::integer"), [[1, 6], [2, 5], [3, 0]]);
  },
);

testOnBothWarehouses(
  "merge_fact_rentals takes the only car that ever bore the plate when none did then",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-09", {
      cars: [
        element(5, "2026-05-01 08:00", { plate: "A 1" }),
        element(5, "2026-05-02 08:00", { plate: "B 2" }),
      ],
      leads: [lead(1, "2026-05-04 10:00", { status_id: CONFIRMED, plate: "A 1" })],
    });

    assert.deepEqual(await facts(warehouse, "car_id::integer"), [[1, 5]]);
  },
);

testOnBothWarehouses(
  "merge_fact_rentals gives one row and the unknown car when two cars share a plate",
  async (warehouse) => {
    const metrics = await liveDay(warehouse, "2026-05-01", {
      cars: [
        element(5, "2026-05-01 08:00", { plate: "A 1" }),
        element(6, "2026-05-01 08:00", { plate: "a1" }),
      ],
      leads: [lead(1, "2026-05-01 10:00", { status_id: CONFIRMED, plate: "A 1" })],
    });

    assert.deepEqual(await facts(warehouse, "car_id::integer"), [[1, 0]]);
    assert.equal(metrics.get("dds/merge_fact_rentals.sql")?.warning_cars_not_found, 1);
  },
);

testOnBothWarehouses(
  "merge_fact_rentals gives the unknown car and no warning when a lead has no plate",
  async (warehouse) => {
    const metrics = await liveDay(warehouse, "2026-05-01", {
      cars: [element(5, "2026-05-01 08:00", { plate: null })],
      clients: [element(9, "2026-05-01 08:00", { license: null })],
      leads: [lead(1, "2026-05-01 10:00", { status_id: CONFIRMED, plate: null, license: null })],
    });

    assert.deepEqual(await facts(warehouse, "car_id::integer, client_id::integer"), [[1, 0, 0]]);
    const rentals = metrics.get("dds/merge_fact_rentals.sql");
    assert.deepEqual(
      [rentals?.unknown_cars, rentals?.warning_cars_not_found, rentals?.warning_clients_not_found],
      [1, 0, 0],
    );
  },
);

testOnBothWarehouses("merge_fact_rentals prefers a linked car to the plate", async (warehouse) => {
  await liveDay(warehouse, "2026-05-01", {
    cars: [
      element(5, "2026-05-01 08:00", { plate: "A 1" }),
      element(6, "2026-05-01 08:00", { plate: "B 2" }),
    ],
    clients: [
      element(8, "2026-05-01 08:00", { license: "L 1" }),
      element(9, "2026-05-01 08:00", { license: "L 2" }),
    ],
    leads: [
      lead(1, "2026-05-01 10:00", linked(6, 9)),
      // Two different ones are linked.
      lead(2, "2026-05-01 10:00", linked(0, 0)),
      // Linked to what no read of the catalog has ever shown: the look-up decides.
      lead(3, "2026-05-01 10:00", linked(77, 77)),
    ],
  });

  assert.deepEqual(await facts(warehouse, "car_id::integer, client_id::integer"), [
    [1, 6, 9],
    [2, 0, 0],
    [3, 5, 8],
  ]);

  function linked(car: number, client: number): StagedRow {
    return {
      status_id: CONFIRMED,
      plate: "A 1",
      license: "L 1",
      car_element_id: car,
      client_element_id: client,
    };
  }
});

testOnBothWarehouses(
  "merge_fact_rentals finds a car that is landed after its lead",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-01", {
      leads: [lead(1, "2026-05-01 10:00", { status_id: CONFIRMED, plate: "A 1" })],
    });
    const before = await facts(warehouse, "car_id::integer");

    await liveDay(warehouse, "2026-05-02", {
      cars: [element(5, "2026-05-02 08:00", { plate: "A 1" })],
    });

    assert.deepEqual([before, await facts(warehouse, "car_id::integer")], [[[1, 0]], [[1, 5]]]);
  },
);

testOnBothWarehouses(
  "merge_fact_rentals follows a link once its car and its client come into the catalogs",
  async (warehouse) => {
    const named = { plate: "A 1", license: "L 1" };
    const seen: unknown[] = [];
    const look = async () => {
      seen.push([
        ...await facts(warehouse, "car_id::integer, client_id::integer"),
        ...await notes(warehouse),
      ]);
    };
    await liveDay(warehouse, "2026-05-01", {
      cars: [element(5, "2026-05-01 08:00", { plate: "A 1" })],
      clients: [element(8, "2026-05-01 08:00", { license: "L 1" })],
      leads: [
        lead(1, "2026-05-01 10:00", { ...named, car_element_id: 77 }),
        lead(2, "2026-05-01 10:00", { ...named, client_element_id: 88 }),
      ],
    });
    await look();
    await liveDay(warehouse, "2026-05-02", {
      cars: [element(77, "2026-05-02 08:00", { plate: "Z 9" })],
    });
    await look();
    await liveDay(warehouse, "2026-05-03", {
      clients: [element(88, "2026-05-03 08:00", { license: null })],
    });
    await look();

    assert.deepEqual(seen, [
      [[1, 5, 8], [2, 5, 8], [1, "car element", "77"], [2, "client element", "88"]],
      [[1, 77, 8], [2, 5, 8], [2, "client element", "88"]],
      [[1, 77, 8], [2, 5, 88]],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_rentals notes the keys of those alone whose car or client is not known",
  async (warehouse) => {
    const said = { plate: "а-1", license: "l 1" };
    await liveDay(warehouse, "2026-05-01", {
      cars: [element(6, "2026-05-01 08:00", { plate: "B 2" })],
      clients: [element(8, "2026-05-01 08:00", { license: "L 2" })],
      leads: [
        lead(1, "2026-05-01 10:00", said),
        lead(2, "2026-05-01 10:00", { plate: "B 2", license: "L2" }),
        // Whoever comes, several are linked.
        lead(3, "2026-05-01 10:00", { ...said, car_element_id: 0, client_element_id: 0 }),
        lead(4, "2026-05-01 10:00", { ...said, car_element_id: 6, client_element_id: 8 }),
        lead(5, "2026-05-01 10:00", { plate: " - ", license: null }),
        lead(6, "2026-05-01 10:00", { ...said, pipeline_id: OTHER, status_id: 7 }),
        lead(7, "2026-05-01 10:00", said),
        lead(8, "2026-05-01 10:00", said),
        // One of both is known.
        lead(11, "2026-05-01 10:00", { plate: "B 2", license: "L 3" }),
        lead(12, "2026-05-01 10:00", { plate: "C 3", license: "L 2" }),
        lead(13, "2026-05-01 10:00", { car_element_id: 6, client_element_id: 88 }),
        lead(14, "2026-05-01 10:00", { car_element_id: 77, client_element_id: 8 }),
      ],
    });
    const before = await notes(warehouse);
    // One says something else, one is deleted, and one is a rental no more.
    await liveDay(warehouse, "2026-05-02", {
      leads: [
        lead(1, "2026-05-02 10:00", { plate: "C 3", license: "L 2" }),
        lead(7, "2026-05-02 10:00", { is_deleted: true, deleted_by: "event" }),
        lead(8, "2026-05-02 10:00", { ...said, pipeline_id: OTHER, status_id: 7 }),
      ],
    });

    const both = (id: number) => [[id, "car", "A1"], [id, "client", "L1"]];
    const others = [
      [11, "client", "L3"],
      [12, "car", "C3"],
      [13, "client element", "88"],
      [14, "car element", "77"],
    ];
    assert.deepEqual(before, [...[1, 7, 8].flatMap(both), ...others]);
    assert.deepEqual(await notes(warehouse), [[1, "car", "C3"], ...others]);
  },
);

testOnBothWarehouses(
  "merge_fact_rentals lets a lead go when it is deleted or leaves the pipeline",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-01", {
      leads: [1, 2, 3].map((id) => lead(id, "2026-05-01 10:00", { status_id: CONFIRMED })),
    });
    await liveDay(warehouse, "2026-05-02", {
      leads: [
        lead(1, "2026-05-02 10:00", { is_deleted: true, deleted_by: "only_deleted" }),
        lead(2, "2026-05-02 10:00", { status_id: 7, pipeline_id: OTHER }),
      ],
    });
    const left = await facts(warehouse, "stage");
    await liveDay(warehouse, "2026-05-03", {
      leads: [
        lead(1, "2026-05-03 10:00", { status_id: RETURNED }),
        lead(2, "2026-05-03 10:00", { status_id: CONFIRMED }),
      ],
    });

    assert.deepEqual(left, [[3, "confirmed"]]);
    assert.deepEqual(await facts(warehouse, "stage"), [
      [1, "returned"],
      [2, "confirmed"],
      [3, "confirmed"],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_rentals keeps the plate's moment when a lead was deleted meanwhile",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-09", {
      cars: [
        element(5, "2026-05-01 08:00", { plate: "A 1" }),
        element(5, "2026-05-04 12:00", { plate: "Z 9" }),
        element(6, "2026-05-04 12:00", { plate: "A 1", created_at: dubai("2026-05-04 12:00") }),
      ],
      leads: [
        lead(1, "2026-05-03 10:00", { status_id: CONFIRMED, plate: "A 1" }),
        lead(1, "2026-05-05 10:00", { is_deleted: true, deleted_by: "event" }),
        lead(1, "2026-05-06 10:00", { status_id: CONFIRMED, plate: "A 1" }),
      ],
    });

    assert.deepEqual(await facts(warehouse, "car_id::integer"), [[1, 5]]);
  },
);

testOnBothWarehouses(
  "merge_fact_rentals follows status, price and plate there and back",
  async (warehouse) => {
    const booked = { status_id: CONFIRMED, budget: 300, plate: "A 1" };
    const changed = { status_id: RETURNED, budget: 450, plate: "B 2" };
    const days: unknown[] = [];
    for (const [i, state] of [booked, changed, booked].entries()) {
      const day = `2026-05-0${i + 1}`;
      await liveDay(warehouse, day, {
        cars: i > 0 ? [] : [
          element(5, "2026-05-01 08:00", { plate: "A 1" }),
          element(6, "2026-05-01 08:00", { plate: "B 2" }),
        ],
        leads: [lead(1, `${day} 10:00`, state)],
      });
      days.push(...await facts(warehouse, "stage, amount::integer, car_id::integer"));
    }

    assert.deepEqual(days, [
      [1, "confirmed", 300, 5],
      [1, "returned", 450, 6],
      [1, "confirmed", 300, 5],
    ]);
    const [{ versions } = {}] = await warehouse.sql`
    select count(*)::integer as versions from ods.ods_leads_hist
  `;
    assert.equal(versions, 3);
  },
);

testOnBothWarehouses(
  "merge_fact_rentals changes nothing when a lead is only touched",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-01", {
      leads: [lead(1, "2026-05-01 10:00", { status_id: CONFIRMED })],
    });

    const metrics = await liveDay(warehouse, "2026-05-02", {
      leads: [lead(1, "2026-05-02 10:00", { status_id: CONFIRMED, payload: { tags: [] } })],
    });

    assert.equal(metrics.get("dds/merge_fact_rentals.sql")?.rows_written, 0);
    assert.deepEqual(await facts(warehouse, "updated_at = '2026-05-01 06:00Z'"), [[1, true]]);
  },
);

testOnBothWarehouses(
  "merge_fact_rentals names AMO_PIPELINE when the pipeline is unknown",
  async (warehouse) => {
    await assert.rejects(
      () => liveDay(warehouse, "2026-05-01", {}, { pipeline: "Boats" }),
      /Cannot find the rental pipeline "Boats" in dict\.dict_status_leads: 0 found, expected one: check AMO_PIPELINE/,
    );
  },
);

// A row is updated within its page, and needs no new entry in any index, unless one names a column that changes.
testOnBothWarehouses(
  "no index of dds.fact_rentals names what changes when a lead moves on",
  async ({ sql }) => {
    const rows = await sql`
      select distinct pg_attribute.attname as name
      from pg_index
      inner join pg_depend
        on pg_depend.classid = 'pg_class'::regclass
        and pg_depend.objid = pg_index.indexrelid
        and pg_depend.refobjid = pg_index.indrelid
      inner join pg_attribute
        on pg_attribute.attrelid = pg_index.indrelid
        and pg_attribute.attnum = pg_depend.refobjsubid
      where pg_index.indrelid = 'dds.fact_rentals'::regclass and not pg_index.indisprimary
      order by 1
    `;
    assert.deepEqual(rows.map(({ name }) => name), [
      "car_id",
      "client_id",
      "rental_end",
      "rental_start",
    ]);
  },
);

/** Lead id and the given expressions of each fact, in order. */
async function facts({ sql }: Warehouse, expressions: string): Promise<unknown[][]> {
  const rows = await sql.unsafe(
    `select lead_id::integer, ${expressions} from dds.fact_rentals order by lead_id`,
  ).values();
  return [...rows];
}

/** What rentals say without being anybody's. */
async function notes({ sql }: Warehouse): Promise<unknown[][]> {
  const rows = await sql`
    select lead_id::integer, kind, key from dds.unresolved_link order by lead_id, kind, key
  `.values();
  return [...rows].map((row) => [...row]);
}

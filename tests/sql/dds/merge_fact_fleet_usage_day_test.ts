import assert from "node:assert/strict";
import { querySqlFile } from "../../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import {
  CANCELLED,
  CONFIRMED,
  dubai,
  element,
  INQUIRY,
  type Landed,
  lead,
  liveDay,
  RETURNED,
} from "../../support/rentals.ts";
import type { StagedRow } from "../../support/staged.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const MERGE = "dds/merge_fact_fleet_usage_day.sql";
const CAR = element(5, "2026-05-01 08:00", { plate: "A 1" });

testOnBothWarehouses(
  "merge_fact_fleet_usage_day has a row for each day, idle ones too",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-02", {
      cars: [CAR],
      leads: [booking(1, "2026-05-01 10:00", "2026-05-02 10:00", "2026-05-04 09:00", 200)],
    });

    const rows = await warehouse.sql`
      select to_jsonb(f) as row from dds.fact_fleet_usage_day as f order by usage_date
    `;
    const idle = {
      car_id: 5,
      plate: "A 1",
      rentals_cnt: 0,
      lead_ids: [],
      amount_share: 0,
      charged_days: 0,
      is_rented: false,
      is_double_booked: false,
      is_unpriced: false,
      usage_date: "2026-05-01",
      load_date: "2026-05-02",
    };
    const rented = {
      ...idle,
      rentals_cnt: 1,
      lead_ids: [1],
      amount_share: 100,
      charged_days: 1,
      is_rented: true,
    };
    assert.deepEqual(rows.map(({ row }) => row), [
      idle,
      { ...rented, usage_date: "2026-05-02" },
      { ...rented, usage_date: "2026-05-03" },
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_fleet_usage_day covers the day of a same-day rental, and none when it ends before it starts",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-03", {
      cars: [CAR],
      leads: [
        booking(1, "2026-05-01 10:00", "2026-05-02 10:00", "2026-05-02 18:00", 80),
        booking(2, "2026-05-01 10:00", "2026-05-03 10:00", "2026-05-03 09:00", 80),
      ],
    });

    assert.deepEqual(await days(warehouse), [
      [5, "05-01", "A 1", [], "0"],
      [5, "05-02", "A 1", [1], "80"],
      [5, "05-03", "A 1", [], "0"],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_fleet_usage_day splits an amount into cents that add up to it",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-01", {
      cars: [CAR],
      leads: [booking(1, "2026-05-01 10:00", "2026-05-01 00:00", "2026-05-04 00:00", "100.00")],
    });

    assert.deepEqual(await days(warehouse), [
      [5, "05-01", "A 1", [1], "33.33"],
      [5, "05-02", "A 1", [1], "33.33"],
      [5, "05-03", "A 1", [1], "33.34"],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_fleet_usage_day shows a double booking and counts both amounts",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-01", {
      cars: [CAR],
      leads: [
        booking(1, "2026-05-01 10:00", "2026-05-01 00:00", "2026-05-03 00:00", 20),
        booking(2, "2026-05-01 10:00", "2026-05-02 00:00", "2026-05-03 00:00", 7),
      ],
    });

    const rows = await warehouse.sql.unsafe(`
      select rentals_cnt, is_rented, is_double_booked, to_jsonb(lead_ids), amount_share::integer
      from dds.fact_fleet_usage_day
      order by usage_date
    `).values();
    assert.deepEqual([...rows], [[1, true, false, [1], 10], [2, true, true, [1, 2], 17]]);
  },
);

testOnBothWarehouses(
  "merge_fact_fleet_usage_day leaves no ghost when a rental is shortened, moved or cancelled",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-01", {
      cars: [5, 6, 7, 8].map((id) => element(id, "2026-05-01 08:00", { plate: `P ${id}` })),
      leads: [5, 6, 7].map((car) =>
        booking(car, "2026-05-01 10:00", "2026-05-02 00:00", "2026-05-05 00:00", 90, `P ${car}`)
      ),
    });
    const before = await rented(warehouse);

    await liveDay(warehouse, "2026-05-02", {
      leads: [
        booking(5, "2026-05-02 10:00", "2026-05-02 00:00", "2026-05-03 00:00", 90, "P 5"),
        booking(6, "2026-05-02 10:00", "2026-05-02 00:00", "2026-05-04 00:00", 90, "P 8"),
        lead(7, "2026-05-02 10:00", { status_id: CANCELLED, plate: "P 7" }),
      ],
    });

    assert.deepEqual(before, [
      [5, ["05-02", "05-03", "05-04"]],
      [6, ["05-02", "05-03", "05-04"]],
      [7, ["05-02", "05-03", "05-04"]],
    ]);
    assert.deepEqual(await rented(warehouse), [[5, ["05-02"]], [8, ["05-02", "05-03"]]]);
    // The last booked day of any car is the end of the calendar, for idle cars too.
    assert.deepEqual(
      await warehouse.sql`
      select distinct max(usage_date)::text as last_day
      from dds.fact_fleet_usage_day
      group by car_id
    `.values().then((rows) => [...rows]),
      [["2026-05-03"]],
    );
  },
);

testOnBothWarehouses(
  "merge_fact_fleet_usage_day shows the plate that the car bore when the day ended",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-03", {
      cars: [CAR, element(5, "2026-05-02 23:59", { plate: "B 2" })],
    });

    assert.deepEqual(await days(warehouse), [
      [5, "05-01", "A 1", [], "0"],
      [5, "05-02", "B 2", [], "0"],
      [5, "05-03", "B 2", [], "0"],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_fleet_usage_day starts with a rental that is earlier than the car",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-01", {
      cars: [CAR],
      leads: [booking(1, "2026-05-01 10:00", "2026-04-29 00:00", "2026-04-30 00:00", 50)],
    });

    assert.deepEqual(await days(warehouse), [
      [5, "04-29", "A 1", [1], "50"],
      [5, "04-30", "A 1", [], "0"],
      [5, "05-01", "A 1", [], "0"],
    ]);
  },
);

testOnBothWarehouses("merge_fact_fleet_usage_day ends with a car's deletion", async (warehouse) => {
  await liveDay(warehouse, "2026-05-05", {
    cars: [CAR, element(5, "2026-05-02 10:00", { is_deleted: true, deleted_by: "absence" })],
  });
  const deleted = await days(warehouse);
  await liveDay(warehouse, "2026-05-05", {
    cars: [element(5, "2026-05-04 10:00", { plate: "A 1" })],
  });

  const alive = [[5, "05-01", "A 1", [], "0"], [5, "05-02", "A 1", [], "0"]];
  assert.deepEqual(deleted, alive);
  assert.deepEqual(await days(warehouse), [
    ...alive,
    [5, "05-04", "A 1", [], "0"],
    [5, "05-05", "A 1", [], "0"],
  ]);
});

testOnBothWarehouses(
  "merge_fact_fleet_usage_day counts bookings of known cars only",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-01", {
      cars: [CAR],
      leads: [
        booking(1, "2026-05-01 10:00", "2026-05-03 00:00", "2026-05-09 00:00", 60, "unknown"),
        lead(2, "2026-05-01 10:00", {
          status_id: INQUIRY,
          plate: "A 1",
          rental_start: dubai("2026-05-01 00:00"),
          rental_end: dubai("2026-05-02 00:00"),
        }),
      ],
    });

    assert.deepEqual(await days(warehouse), [[5, "05-01", "A 1", [], "0"]]);
  },
);

testOnBothWarehouses(
  "merge_fact_fleet_usage_day adds only the new day when nothing else changed",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-01", { cars: [CAR] });

    const next = await liveDay(warehouse, "2026-05-02");
    const again = await liveDay(warehouse, "2026-05-02");
    const older = await liveDay(warehouse, "2026-05-01");

    assert.deepEqual(
      [next, again, older].map((metrics) => metrics.get(MERGE)?.rows_written),
      [1, 0, 0],
    );
    assert.equal(next.get(MERGE)?.days_left_over, 0);
  },
);

testOnBothWarehouses(
  "merge_fact_fleet_usage_day takes idle days away once the runs of later dates are removed",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-01", { cars: [CAR] });
    await liveDay(warehouse, "2026-05-03");
    await querySqlFile(warehouse.sql, "ops/delete_newer_runs.sql", ["2026-05-02"]);

    const again = await liveDay(warehouse, "2026-05-02");

    assert.equal(again.get(MERGE)?.rows_written, 1);
    assert.deepEqual(await days(warehouse), [
      [5, "05-01", "A 1", [], "0"],
      [5, "05-02", "A 1", [], "0"],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_fleet_usage_day adds no day of a car that joins the fleet later, until it does",
  async (warehouse) => {
    const car = element(5, "2026-05-01 08:00", { plate: "A 1", in_fleet_from: "2026-05-04" });
    await liveDay(warehouse, "2026-05-01", { cars: [car] });
    const written = [];
    for (const date of ["2026-05-02", "2026-05-03", "2026-05-04", "2026-05-05"]) {
      written.push((await liveDay(warehouse, date)).get(MERGE)?.rows_written);
    }

    assert.deepEqual(written, [0, 0, 1, 1]);
    assert.deepEqual(await days(warehouse), [
      [5, "05-04", "A 1", [], "0"],
      [5, "05-05", "A 1", [], "0"],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_fleet_usage_day adds idle days where the horizon begins earlier, though no booking changed",
  async (warehouse) => {
    const settings = { max_horizon_days: "2" };
    const car = element(5, "2026-05-01 08:00", { plate: "A 1", in_fleet_from: "2026-04-20" });
    await liveDay(warehouse, "2026-05-01", { cars: [car] }, settings);
    const inquiry = lead(1, "2026-05-01 10:00", {
      status_id: INQUIRY,
      created_at: dubai("2026-04-29 09:00"),
    });
    await liveDay(warehouse, "2026-05-01", { leads: [inquiry] }, settings);

    assert.deepEqual(await days(warehouse), [
      [5, "04-27", "A 1", [], "0"],
      [5, "04-28", "A 1", [], "0"],
      [5, "04-29", "A 1", [], "0"],
      [5, "04-30", "A 1", [], "0"],
      [5, "05-01", "A 1", [], "0"],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_fleet_usage_day takes the days at the end away when the last booking leaves them",
  async (warehouse) => {
    const other = element(6, "2026-05-01 08:00", { plate: "P 6" });
    const last = (at: string, columns: StagedRow) => ({
      ...booking(1, at, "2026-05-04 00:00", "2026-05-06 00:00", 80, "A 1"),
      ...columns,
    });
    await liveDay(warehouse, "2026-05-03", {
      cars: [CAR, other],
      leads: [last("2026-05-01 10:00", {})],
    });
    const before = await days(warehouse);
    await liveDay(warehouse, "2026-05-03", {
      leads: [last("2026-05-03 10:00", { status_id: CANCELLED })],
    });

    assert.equal(before.length, 10);
    assert.deepEqual((await days(warehouse)).map(([car, day]) => [car, day]), [
      [5, "05-01"],
      [5, "05-02"],
      [5, "05-03"],
      [6, "05-01"],
      [6, "05-02"],
      [6, "05-03"],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_fleet_usage_day keeps days in their page when all shares of a car gain cents",
  async (warehouse) => {
    // As long as is usual: with it, cents make the row of a day eight bytes longer.
    const plate = "A 12345";
    const bookings = (at: string, budget: number) =>
      Array.from({ length: 100 }, (_, i) => {
        const first = Temporal.PlainDate.from("2026-05-01").add({ days: 2 * i });
        return booking(
          i + 1,
          at,
          `${first} 00:00`,
          `${first.add({ days: 2 })} 00:00`,
          budget,
          plate,
        );
      });
    await liveDay(warehouse, "2026-05-02", {
      cars: [element(5, "2026-05-01 08:00", { plate })],
      leads: bookings("2026-05-01 10:00", 500),
    });
    const before = await pages(warehouse);
    const metrics = await liveDay(warehouse, "2026-05-03", {
      leads: bookings("2026-05-03 10:00", 501),
    });

    assert.equal(metrics.get(MERGE)?.days_updated, 200);
    assert.ok(new Set(before).size > 3, "Expected days on several pages");
    assert.deepEqual(await pages(warehouse), before);
  },
);

function booking(
  id: number,
  updatedAt: string,
  start: string,
  end: string,
  budget: number | string,
  plate = "A 1",
): StagedRow {
  return lead(id, updatedAt, {
    status_id: CONFIRMED,
    plate,
    budget,
    rental_start: dubai(start),
    rental_end: dubai(end),
  });
}

/** Car, day, plate, leads and share of the amount, in order. */
async function days({ sql }: Warehouse): Promise<unknown[][]> {
  const rows = await sql.unsafe(`
    select
      car_id::integer, to_char(usage_date, 'MM-DD'), plate, to_jsonb(lead_ids),
      trim_scale(amount_share)::text
    from dds.fact_fleet_usage_day
    order by car_id, usage_date
  `).values();
  return [...rows];
}

/** The page of each day, in the order of cars and days. */
async function pages({ sql }: Warehouse): Promise<unknown[]> {
  const rows = await sql.unsafe(`
    select split_part(trim(leading '(' from ctid::text), ',', 1)
    from dds.fact_fleet_usage_day
    order by car_id, usage_date
  `).values();
  return rows.flat();
}

/** The rented days of each car that has any. */
async function rented({ sql }: Warehouse): Promise<unknown[][]> {
  const rows = await sql.unsafe(`
    select car_id::integer, jsonb_agg(to_char(usage_date, 'MM-DD') order by usage_date)
    from dds.fact_fleet_usage_day
    where is_rented
    group by car_id
    order by car_id
  `).values();
  return [...rows];
}

testOnBothWarehouses(
  "merge_fact_fleet_usage_day lets go of a car that never was",
  async (warehouse) => {
    const copy = element(5, "2026-05-01 08:00", { plate: "A 1", row_hash: "1" });
    await liveDay(warehouse, "2026-05-02", { cars: [copy] });

    // Seen in the same moment, this copy takes the place of the other one.
    await liveDay(warehouse, "2026-05-02", {
      cars: [{ ...copy, is_deleted: true, deleted_by: "absence", row_hash: "2" }],
    });

    const days = await warehouse.sql`select from dds.fact_fleet_usage_day`;
    assert.equal(days.length, 0);
  },
);

testOnBothWarehouses(
  "merge_fact_fleet_usage_day computes the days that changed, and no other",
  async (warehouse) => {
    const others = [6, 7].map((id) => element(id, "2026-05-01 08:00", { plate: `P ${id}` }));
    const far = booking(2, "2026-05-01 10:00", "2026-05-20 00:00", "2026-05-22 00:00", 10);
    await liveDay(warehouse, "2026-05-02", {
      cars: [CAR, ...others],
      leads: [far, booking(1, "2026-05-01 10:00", "2026-05-03 00:00", "2026-05-06 00:00", 90)],
    });

    const run = async (date: string, landed: Landed) => {
      const metrics = (await liveDay(warehouse, date, landed)).get(MERGE) ?? {};
      return [metrics.rows_read, metrics.days_inserted, metrics.days_updated, metrics.days_deleted];
    };

    // Moved to another car, by a day: its old and its new days.
    assert.deepEqual(
      await run("2026-05-02", {
        leads: [
          booking(1, "2026-05-02 10:00", "2026-05-04 00:00", "2026-05-07 00:00", 90, "P 6"),
        ],
      }),
      [6, 0, 6, 0],
    );
    // A price: the same days; a status that books as before: none.
    const priced = booking(
      1,
      "2026-05-02 11:00",
      "2026-05-04 00:00",
      "2026-05-07 00:00",
      60,
      "P 6",
    );
    assert.deepEqual(await run("2026-05-02", { leads: [priced] }), [3, 0, 3, 0]);
    assert.deepEqual(
      await run("2026-05-02", {
        leads: [{ ...priced, status_id: RETURNED, updated_at: dubai("2026-05-02 12:00") }],
      }),
      [0, 0, 0, 0],
    );
    // The calendar moves on for all three cars, with the last booking.
    assert.deepEqual(
      await run("2026-05-02", {
        leads: [booking(2, "2026-05-02 10:00", "2026-05-20 00:00", "2026-05-23 00:00", 10)],
      }),
      [5, 3, 2, 0],
    );
    // A plate: from its day on.
    assert.deepEqual(
      await run("2026-05-02", {
        cars: [{ ...element(7, "2026-05-01 23:00", { plate: "P 7" }) }],
      }),
      [0, 0, 0, 0],
    );
    assert.deepEqual(
      await run("2026-05-02", { cars: [element(7, "2026-05-21 09:00", { plate: "Q 7" })] }),
      [2, 0, 2, 0],
    );
    // The fleet's dates: idle days at both ends.
    assert.deepEqual(
      await run("2026-05-02", {
        cars: [element(7, "2026-05-21 10:00", {
          plate: "Q 7",
          in_fleet_from: "2026-05-03",
          in_fleet_to: "2026-05-20",
        })],
      }),
      [4, 0, 0, 4],
    );
  },
);

testOnBothWarehouses(
  "merge_fact_fleet_usage_day tells days that changed bookings have to themselves from those they share",
  async (warehouse) => {
    const others = [6, 7].map((id) => element(id, "2026-05-01 08:00", { plate: `P ${id}` }));
    const from = (
      id: number,
      at: string,
      day: number,
      end: number,
      budget: number,
      plate: string,
    ) => booking(id, at, `2026-05-0${day} 00:00`, `2026-05-0${end} 00:00`, budget, plate);
    const early = "2026-05-01 10:00";
    await liveDay(warehouse, "2026-05-07", {
      cars: [CAR, ...others],
      leads: [
        from(1, early, 2, 5, 90, "A 1"),
        from(2, early, 4, 6, 20, "A 1"),
        from(3, early, 3, 5, 10, "P 7"),
      ],
    });

    const late = "2026-05-07 10:00";
    const second = await liveDay(warehouse, "2026-05-07", {
      // A plate from the second day of a booking on, whose price changes too.
      cars: [element(7, "2026-05-04 08:00", { plate: "Q 7" })],
      leads: [
        // The last day of it is shared with a booking that did not change.
        from(1, late, 2, 5, 60, "A 1"),
        from(3, late, 3, 5, 20, "P 7"),
        // Two that share no day with one another, and a third that covers both.
        from(4, late, 2, 3, 1, "P 6"),
        from(5, late, 4, 5, 2, "P 6"),
        from(6, late, 1, 6, 50, "P 6"),
        // It has its days to itself.
        from(7, late, 6, 8, 30, "A 1"),
      ],
    });

    assert.deepEqual((await days(warehouse)).filter(([, day]) => String(day) < "05-08"), [
      [5, "05-01", "A 1", [], "0"],
      [5, "05-02", "A 1", [1], "20"],
      [5, "05-03", "A 1", [1], "20"],
      [5, "05-04", "A 1", [1, 2], "30"],
      [5, "05-05", "A 1", [2], "10"],
      [5, "05-06", "A 1", [7], "15"],
      [5, "05-07", "A 1", [7], "15"],
      [6, "05-01", "P 6", [6], "10"],
      [6, "05-02", "P 6", [4, 6], "11"],
      [6, "05-03", "P 6", [6], "10"],
      [6, "05-04", "P 6", [5, 6], "12"],
      [6, "05-05", "P 6", [6], "10"],
      [6, "05-06", "P 6", [], "0"],
      [6, "05-07", "P 6", [], "0"],
      [7, "05-01", "P 7", [], "0"],
      [7, "05-02", "P 7", [], "0"],
      [7, "05-03", "P 7", [3], "10"],
      [7, "05-04", "Q 7", [3], "10"],
      [7, "05-05", "Q 7", [], "0"],
      [7, "05-06", "Q 7", [], "0"],
      [7, "05-07", "Q 7", [], "0"],
    ]);
    const { own_days_updated, days_updated } = second.get(MERGE) ?? {};
    // The two days of the last one, and the two that the first one shares with nobody.
    assert.deepEqual({ own_days_updated, days_updated }, { own_days_updated: 4, days_updated: 15 });
  },
);

testOnBothWarehouses(
  "a day that says what it said keeps its load_date, though its booking costs a cent more",
  async (warehouse) => {
    const lead = (at: string, budget: number) =>
      booking(1, at, "2026-05-02 00:00", "2026-05-05 00:00", budget, "A 1");
    await liveDay(warehouse, "2026-05-06", { cars: [CAR], leads: [lead("2026-05-01 10:00", 90)] });
    const second = await liveDay(warehouse, "2026-05-07", {
      leads: [lead("2026-05-06 10:00", 90.01)],
    });

    const rows = await warehouse.sql`
      select to_char(usage_date, 'MM-DD'), trim_scale(amount_share)::text, to_char(load_date, 'MM-DD')
      from dds.fact_fleet_usage_day
      where is_rented
      order by usage_date
    `.values();
    assert.deepEqual([...rows].map((row) => [...row]), [
      ["05-02", "30", "05-06"],
      ["05-03", "30", "05-06"],
      ["05-04", "30.01", "05-07"],
    ]);
    const { own_days_updated, days_inserted, days_updated } = second.get(MERGE) ?? {};
    assert.deepEqual(
      { own_days_updated, days_inserted, days_updated },
      { own_days_updated: 3, days_inserted: 1, days_updated: 1 },
    );
  },
);

testOnBothWarehouses(
  "merge_fact_fleet_usage_day writes each day once when the horizon is set otherwise",
  async (warehouse) => {
    const lead = (at: string, budget: number) =>
      booking(1, at, "2026-05-02 00:00", "2026-05-04 00:00", budget, "A 1");
    await liveDay(warehouse, "2026-05-06", { cars: [CAR], leads: [lead("2026-05-01 10:00", 90)] });
    const second = await liveDay(
      warehouse,
      "2026-05-06",
      { leads: [lead("2026-05-06 10:00", 60)] },
      { max_horizon_days: "40" },
    );

    assert.deepEqual(await days(warehouse), [
      [5, "05-01", "A 1", [], "0"],
      [5, "05-02", "A 1", [1], "30"],
      [5, "05-03", "A 1", [1], "30"],
      [5, "05-04", "A 1", [], "0"],
      [5, "05-05", "A 1", [], "0"],
      [5, "05-06", "A 1", [], "0"],
    ]);
    const { own_days_updated, days_updated } = second.get(MERGE) ?? {};
    assert.deepEqual({ own_days_updated, days_updated }, { own_days_updated: 0, days_updated: 2 });
  },
);

testOnBothWarehouses(
  "merge_fact_fleet_usage_day takes no day as its own that lies before the horizon",
  async (warehouse) => {
    const settings = { max_horizon_days: "2" };
    const lead = (at: string, budget: number) =>
      booking(1, at, "2026-04-25 00:00", "2026-05-01 00:00", budget, "A 1");
    await liveDay(
      warehouse,
      "2026-05-01",
      { cars: [CAR], leads: [lead("2026-05-01 10:00", 60)] },
      settings,
    );
    const second = await liveDay(
      warehouse,
      "2026-05-01",
      { leads: [lead("2026-05-01 11:00", 90)] },
      settings,
    );

    assert.deepEqual(await days(warehouse), [
      [5, "04-29", "A 1", [1], "15"],
      [5, "04-30", "A 1", [1], "15"],
      [5, "05-01", "A 1", [], "0"],
    ]);
    const { own_days_updated, days_left_over, days_updated } = second.get(MERGE) ?? {};
    assert.deepEqual(
      { own_days_updated, days_left_over, days_updated },
      { own_days_updated: 2, days_left_over: 0, days_updated: 2 },
    );
  },
);

testOnBothWarehouses(
  "merge_fact_fleet_usage_day notes what days grew by where a mart is built, and nothing before",
  async (warehouse) => {
    const lead = (at: string, budget: number) =>
      booking(1, at, "2026-05-02 00:00", "2026-05-04 00:00", budget, "A 1");
    await liveDay(warehouse, "2026-05-03", { cars: [CAR], leads: [lead("2026-05-01 10:00", 80)] });
    await liveDay(warehouse, "2026-05-03", { leads: [lead("2026-05-03 10:00", 60)] });
    assert.deepEqual(await notes(warehouse), []);

    await warehouse.sql`
      update ops.watermark set settings = 'built' where name = 'dm.revenue_day/car_days'
    `;
    await liveDay(warehouse, "2026-05-04", { leads: [lead("2026-05-03 11:00", 60.01)] });
    const byChanges = [["05-03", 0, 0, 0, "0.01"], ["05-04", 1, 0, 0, "0"]];
    assert.deepEqual(await notes(warehouse), [byChanges]);

    await warehouse.sql`truncate dds.fact_fleet_usage_day`;
    await warehouse.sql`
      update ops.watermark set settings = null where name = 'dds.fact_fleet_usage_day'
    `;
    await liveDay(warehouse, "2026-05-04");
    assert.deepEqual(await notes(warehouse), [byChanges, [
      ["05-01", 1, 0, 0, "0"],
      ["05-02", 1, 1, 1, "30"],
      ["05-03", 1, 1, 1, "30.01"],
      ["05-04", 1, 0, 0, "0"],
    ]]);
  },
);

testOnBothWarehouses(
  "merge_fact_fleet_usage_day has idle days within the fleet's dates, and booked ones outside",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-06", {
      cars: [
        { ...CAR, in_fleet_from: "2026-05-02", in_fleet_to: "2026-05-03" },
        // Deleted and still booked.
        element(6, "2026-05-04 08:00", { plate: "P 6", created_at: dubai("2026-05-04 08:00") }),
        element(6, "2026-05-04 10:00", { is_deleted: true, deleted_by: "absence" }),
      ],
      leads: [
        booking(1, "2026-05-01 10:00", "2026-05-05 00:00", "2026-05-06 00:00", 10),
        booking(2, "2026-05-04 09:00", "2026-05-06 00:00", "2026-05-07 00:00", 20, "P 6"),
      ],
    });

    assert.deepEqual(await days(warehouse), [
      [5, "05-02", "A 1", [], "0"],
      [5, "05-03", "A 1", [], "0"],
      [5, "05-05", "A 1", [1], "10"],
      [6, "05-04", "P 6", [], "0"],
      [6, "05-06", "P 6", [2], "20"],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_fleet_usage_day passes over days beyond the horizon, and counts their shares",
  async (warehouse) => {
    const settings = { max_horizon_days: "2" };
    const landed = {
      cars: [element(5, "2026-05-01 08:00", {
        plate: "A 1",
        created_at: dubai("2026-05-01 07:00"),
      })],
      leads: [
        // Ten days, of which two are within on the far side; a year typed as 2206.
        booking(1, "2026-05-01 10:00", "2026-05-03 00:00", "2026-05-13 00:00", "100.05"),
        booking(2, "2026-05-01 10:00", "2206-05-03 00:00", "2206-05-05 00:00", 30),
        // On the near side: ends within, and ends before.
        booking(3, "2026-05-01 10:00", "2026-04-27 00:00", "2026-04-30 00:00", 30),
        booking(4, "2026-05-01 10:00", "0206-04-27 00:00", "0206-04-30 00:00", 3),
      ],
    };
    const first = await liveDay(warehouse, "2026-05-02", landed, settings);
    const built = await days(warehouse);
    const second = await liveDay(warehouse, "2026-05-03", {}, settings);

    const near = [
      [5, "04-29", "A 1", [3], "10"],
      [5, "04-30", "A 1", [], "0"],
      [5, "05-01", "A 1", [], "0"],
      [5, "05-02", "A 1", [], "0"],
    ];
    const far = [[5, "05-03", "A 1", [1], "10"], [5, "05-04", "A 1", [1], "10"]];
    assert.deepEqual(built, [...near, ...far]);
    assert.equal(first.get(MERGE)?.amount_beyond_horizon, 80.05 + 30 + 20 + 3);
    assert.deepEqual(await days(warehouse), [...near, ...far, [5, "05-05", "A 1", [1], "10"]]);
    assert.deepEqual(
      [second.get(MERGE)?.rows_written, second.get(MERGE)?.amount_beyond_horizon],
      [1, 70.05 + 30 + 20 + 3],
    );

    // A lead of before moves the near side back.
    await liveDay(warehouse, "2026-05-03", {
      leads: [lead(9, "2026-05-03 10:00", {
        status_id: INQUIRY,
        created_at: dubai("2026-04-30 08:00"),
      })],
    }, settings);
    assert.deepEqual((await days(warehouse)).slice(0, 2), [
      [5, "04-28", "A 1", [3], "10"],
      near[0],
    ]);
  },
);

/** The days of each note after the ones before it, and what they grew by. */
async function notes({ sql }: Warehouse): Promise<unknown[][][]> {
  const seqs = await sql<{ seq: string }[]>`
    select change_seq::text as seq from dds.changed_car_day order by change_seq
  `;
  const all = [];
  for (const [place, { seq }] of seqs.entries()) {
    const rows = await sql`
      select
        to_char(usage_date, 'MM-DD'), car_days, rented_days, charged_days,
        trim_scale(revenue)::text
      from dds.car_days_noted(${seqs[place - 1]?.seq ?? "0"}, ${seq})
      where car_id = 5 and unattributed_bookings = 0 and unattributed_revenue = 0
      order by usage_date
    `.values();
    all.push([...rows].map((row) => [...row]));
  }
  return all;
}

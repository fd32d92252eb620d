import assert from "node:assert/strict";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import {
  CANCELLED,
  CONFIRMED,
  dubai,
  INQUIRY,
  lead,
  liveDay,
  ON_RENT,
  OTHER,
  RENTALS,
} from "../../support/rentals.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const MERGE = "dds/merge_fact_lead_status_change.sql";
const HOUR = 3600;

testOnBothWarehouses(
  "merge_fact_lead_status_change has one row for each change when A, B, A",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-03", {
      leads: [
        lead(1, "2026-05-01 10:00", { status_id: INQUIRY }),
        // An edit of the price is no entry into a status.
        lead(1, "2026-05-01 11:00", { status_id: INQUIRY, budget: 100 }),
        lead(1, "2026-05-02 10:00", { status_id: CONFIRMED, budget: 100 }),
        lead(1, "2026-05-02 22:00", { status_id: CONFIRMED, budget: 200 }),
        lead(1, "2026-05-03 10:00", { status_id: INQUIRY, budget: 200 }),
      ],
    });

    const rows = await warehouse.sql`
      select to_jsonb(f) as row from dds.fact_lead_status_change as f order by change_ts
    `;
    assert.deepEqual(rows.map(({ row }) => row), [
      {
        lead_id: 1,
        from_pipeline_id: RENTALS,
        from_status_id: INQUIRY,
        to_pipeline_id: RENTALS,
        to_status_id: CONFIRMED,
        source: "history",
        // From the creation at 08:00 of the day before.
        dwell_seconds: 26 * HOUR,
        // Between the last sight of the old status and the first one of the new.
        earliest_ts: "2026-05-01T07:00:00+00:00",
        change_ts: "2026-05-02T06:00:00+00:00",
        latest_ts: "2026-05-02T06:00:00+00:00",
        load_date: "2026-05-03",
      },
      {
        lead_id: 1,
        from_pipeline_id: RENTALS,
        from_status_id: CONFIRMED,
        to_pipeline_id: RENTALS,
        to_status_id: INQUIRY,
        source: "history",
        dwell_seconds: 24 * HOUR,
        earliest_ts: "2026-05-02T18:00:00+00:00",
        change_ts: "2026-05-03T06:00:00+00:00",
        latest_ts: "2026-05-03T06:00:00+00:00",
        load_date: "2026-05-03",
      },
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_lead_status_change counts a change of the pipeline under one status id",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-02", {
      leads: [
        lead(1, "2026-05-01 10:00", { status_id: CANCELLED }),
        lead(1, "2026-05-02 10:00", { status_id: CANCELLED, pipeline_id: OTHER }),
      ],
    });

    assert.deepEqual(await changes(warehouse), [
      [1, RENTALS, CANCELLED, OTHER, CANCELLED, 26 * HOUR],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_lead_status_change keeps the rows of a lead that was deleted",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-02", {
      leads: [
        lead(1, "2026-05-01 10:00", { status_id: INQUIRY }),
        lead(1, "2026-05-02 08:00", { status_id: CONFIRMED }),
      ],
    });
    await liveDay(warehouse, "2026-05-03", {
      leads: [lead(1, "2026-05-03 10:00", { is_deleted: true, deleted_by: "event" })],
    });
    const deleted = await changes(warehouse);
    await liveDay(warehouse, "2026-05-04", {
      leads: [lead(1, "2026-05-04 08:00", { status_id: ON_RENT })],
    });

    const first = [1, RENTALS, INQUIRY, RENTALS, CONFIRMED, 24 * HOUR];
    assert.deepEqual(deleted, [first]);
    assert.deepEqual(await changes(warehouse), [
      first,
      // A deletion ends the visit.
      [1, RENTALS, CONFIRMED, RENTALS, ON_RENT, 26 * HOUR],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_lead_status_change splits a change when a late copy lands between",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-03", {
      leads: [
        lead(1, "2026-05-01 10:00", { status_id: INQUIRY }),
        lead(1, "2026-05-03 08:00", { status_id: ON_RENT }),
      ],
    });
    await liveDay(warehouse, "2026-05-04", {
      leads: [lead(1, "2026-05-02 08:00", { status_id: CONFIRMED })],
    });

    assert.deepEqual(await changes(warehouse), [
      [1, RENTALS, INQUIRY, RENTALS, CONFIRMED, 24 * HOUR],
      [1, RENTALS, CONFIRMED, RENTALS, ON_RENT, 24 * HOUR],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_lead_status_change derives leads anew on the day on which others simply go on",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-03", {
      leads: [1, 2].flatMap((id) => [
        lead(id, "2026-05-01 10:00", { status_id: INQUIRY }),
        lead(id, "2026-05-03 08:00", { status_id: ON_RENT }),
      ]),
    });
    const metrics = await liveDay(warehouse, "2026-05-04", {
      leads: [
        lead(1, "2026-05-04 08:00", { status_id: CANCELLED }),
        // Seen before what is there.
        lead(2, "2026-05-02 08:00", { status_id: CONFIRMED }),
      ],
    });
    const { leads_going_on, leads_derived } = metrics.get(MERGE) ?? {};
    assert.deepEqual({ leads_going_on, leads_derived }, { leads_going_on: 1, leads_derived: 1 });

    assert.deepEqual(await changes(warehouse), [
      [1, RENTALS, INQUIRY, RENTALS, ON_RENT, 48 * HOUR],
      [1, RENTALS, ON_RENT, RENTALS, CANCELLED, 24 * HOUR],
      [2, RENTALS, INQUIRY, RENTALS, CONFIRMED, 24 * HOUR],
      [2, RENTALS, CONFIRMED, RENTALS, ON_RENT, 24 * HOUR],
    ]);
    const again = await liveDay(warehouse, "2026-05-05", {
      leads: [lead(1, "2026-05-05 08:00", { status_id: INQUIRY })],
    });
    assert.equal(again.get(MERGE)?.leads_derived, 0);
    assert.deepEqual((await changes(warehouse))[2], [
      ...[1, RENTALS, CANCELLED, RENTALS, INQUIRY],
      24 * HOUR,
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_lead_status_change dates a change by its sight when its copy names the second of the one before",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-03", {
      leads: [lead(1, "2026-05-03 08:00", { status_id: INQUIRY })],
    });
    await liveDay(warehouse, "2026-05-04", {
      leads: [
        lead(1, "2026-05-03 08:00", {
          status_id: ON_RENT,
          observed_at: dubai("2026-05-04 08:00"),
        }),
      ],
    });

    assert.deepEqual(await changes(warehouse), [
      [1, RENTALS, INQUIRY, RENTALS, ON_RENT, 72 * HOUR],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_lead_status_change takes no status from a copy without one or from a marker",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-03", {
      leads: [1, 2].map((id) => lead(id, "2026-05-03 08:00", { status_id: INQUIRY })),
    });
    await liveDay(warehouse, "2026-05-04", {
      leads: [
        lead(1, "2026-05-04 08:00", { pipeline_id: OTHER, status_id: null }),
        // What a marker carries besides is never data.
        lead(2, "2026-05-04 08:00", {
          status_id: ON_RENT,
          is_deleted: true,
          deleted_by: "event",
        }),
      ],
    });
    const without = await changes(warehouse);
    await liveDay(warehouse, "2026-05-05", {
      leads: [1, 2].map((id) => lead(id, "2026-05-05 08:00", { status_id: CONFIRMED })),
    });

    assert.deepEqual(without, []);
    assert.deepEqual(await changes(warehouse), [
      [1, RENTALS, INQUIRY, RENTALS, CONFIRMED, 96 * HOUR],
      // Until it was deleted.
      [2, RENTALS, INQUIRY, RENTALS, CONFIRMED, 72 * HOUR],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_lead_status_change counts a visit from where it began however the lead goes on",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-03", {
      leads: [
        // 1: the first sight does not say when the lead was created.
        lead(1, "2026-05-01 10:00", { status_id: INQUIRY, created_at: null }),
        lead(1, "2026-05-03 08:00", { status_id: INQUIRY }),
        // 2: another pipeline alone.
        lead(2, "2026-05-01 10:00", { status_id: CANCELLED }),
        lead(2, "2026-05-03 08:00", { status_id: CANCELLED, pipeline_id: OTHER }),
        // 3: deleted before any status was seen; the first one is that of a return.
        lead(3, "2026-05-01 10:00", { status_id: null }),
        lead(3, "2026-05-02 10:00", { is_deleted: true, deleted_by: "event" }),
        lead(3, "2026-05-03 08:00", { status_id: INQUIRY }),
      ],
    });
    await liveDay(warehouse, "2026-05-04", {
      leads: [1, 2, 3].map((id) => lead(id, "2026-05-04 08:00", { status_id: CONFIRMED })),
    });

    assert.deepEqual(await changes(warehouse), [
      [1, RENTALS, INQUIRY, RENTALS, CONFIRMED, 70 * HOUR],
      [2, RENTALS, CANCELLED, OTHER, CANCELLED, 48 * HOUR],
      [2, OTHER, CANCELLED, RENTALS, CONFIRMED, 24 * HOUR],
      [3, RENTALS, INQUIRY, RENTALS, CONFIRMED, 24 * HOUR],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_lead_status_change has no row when a lead was never seen to change",
  async (warehouse) => {
    const metrics = await liveDay(warehouse, "2026-05-02", {
      leads: [
        lead(1, "2026-05-01 10:00", { status_id: CONFIRMED }),
        lead(1, "2026-05-02 10:00", { status_id: CONFIRMED, budget: 5 }),
        lead(2, "2026-05-01 10:00", { status_id: null }),
        lead(2, "2026-05-02 10:00", {
          status_id: CONFIRMED,
          created_at: dubai("2026-05-01 08:00"),
        }),
      ],
    });

    assert.deepEqual(await changes(warehouse), []);
    assert.equal(metrics.get(MERGE)?.rows_written, 0);
  },
);

async function changes({ sql }: Warehouse): Promise<unknown[][]> {
  const rows = await sql.unsafe(`
    select
      lead_id::integer, from_pipeline_id::integer, from_status_id::integer,
      to_pipeline_id::integer, to_status_id::integer, dwell_seconds::integer
    from dds.fact_lead_status_change
    order by lead_id, change_ts
  `).values();
  return [...rows];
}

import assert from "node:assert/strict";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import {
  CANCELLED,
  CLOSED,
  CONFIRMED,
  dubai,
  INQUIRY,
  lead,
  liveDay,
  moved,
  ON_RENT,
  OTHER,
  RENTALS,
  restored,
  RETURNED,
} from "../../support/rentals.ts";
import type { StagedRow } from "../../support/staged.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const MERGE = "dds/merge_fact_lead_status_change.sql";

/** A copy in a status of the rental pipeline, updated and seen at two moments of Dubai. */
function seen(id: number, statusId: number, updatedAt: string, observedAt = updatedAt): StagedRow {
  return lead(id, updatedAt, { status_id: statusId, observed_at: dubai(observedAt) });
}

/** A marker of deletion, by an event or by the trash, whose hollow row has an `updated_at` of its own. */
function deleted(id: number, at: string, updatedAt = at): StagedRow {
  return {
    id,
    is_deleted: true,
    deleted_by: updatedAt === at ? "event" : "only_deleted",
    updated_at: dubai(updatedAt),
    observed_at: dubai(at),
  };
}

/** Lead, from and to, source, the three times and the dwell in minutes; statuses of other pipelines as "20/7". */
async function changes({ sql }: Warehouse): Promise<unknown[][]> {
  const time = (column: string) =>
    `to_char(${column} at time zone 'Asia/Dubai', 'DD HH24:MI:SS') as ${column}`;
  const status = (side: string) =>
    `case when ${side}_pipeline_id = ${RENTALS} then to_jsonb(${side}_status_id)
      else to_jsonb(${side}_pipeline_id || '/' || ${side}_status_id) end as ${side}`;
  const rows = await sql.unsafe(`
    select
      lead_id::integer, ${status("from")}, ${status("to")}, source,
      ${["earliest_ts", "change_ts", "latest_ts"].map(time).join(", ")},
      dwell_seconds::numeric / 60 as dwell
    from dds.fact_lead_status_change
    order by lead_id, fact_lead_status_change.change_ts, dwell_seconds desc, from_status_id
  `);
  return rows.map((row) => [
    row.lead_id,
    row.from,
    row.to,
    row.source,
    ...(row.earliest_ts === row.change_ts && row.latest_ts === row.change_ts
      ? [row.change_ts]
      : [row.earliest_ts, row.change_ts, row.latest_ts]),
    Number(row.dwell),
  ]);
}

testOnBothWarehouses(
  "merge_fact_lead_status_change takes exact times from events and bounds from sights",
  async (warehouse) => {
    const metrics = await liveDay(warehouse, "2026-05-02", {
      leads: [
        // 1: two events between two sights, the second known to the sight.
        seen(1, INQUIRY, "2026-05-01 10:00"),
        seen(1, ON_RENT, "2026-05-01 12:00", "2026-05-01 14:00"),
        // 2: sights alone; the second was updated between, the third says nothing to believe.
        seen(2, INQUIRY, "2026-05-01 10:00"),
        seen(2, CONFIRMED, "2026-05-01 12:00", "2026-05-01 14:00"),
        seen(2, ON_RENT, "2026-05-01 09:00", "2026-05-01 16:00"),
        seen(2, RETURNED, "2027-05-01 09:00", "2026-05-01 18:00"),
        // 3: updated before the last sight of the old status.
        seen(3, INQUIRY, "2026-05-01 10:00", "2026-05-01 12:00"),
        seen(3, CONFIRMED, "2026-05-01 11:00", "2026-05-01 14:00"),
        // 4: an event between the opening and the sight of one status.
        seen(4, INQUIRY, "2026-05-01 10:00"),
        seen(4, INQUIRY, "2026-05-01 11:00", "2026-05-01 14:00"),
      ],
      events: [
        moved(1, "2026-05-01 11:00:07", INQUIRY, CONFIRMED),
        moved(1, "2026-05-01 12:00:00", CONFIRMED, ON_RENT),
        moved(4, "2026-05-01 12:00:01", INQUIRY, CONFIRMED),
      ],
    });

    assert.deepEqual(
      await changes(warehouse),
      [
        [1, INQUIRY, CONFIRMED, "event", "01 11:00:07", 180 + 7 / 60],
        [1, CONFIRMED, ON_RENT, "event", "01 12:00:00", 60 - 7 / 60],
        [2, INQUIRY, CONFIRMED, "history", "01 10:00:00", "01 12:00:00", "01 14:00:00", 240],
        [2, CONFIRMED, ON_RENT, "history", "01 14:00:00", "01 16:00:00", "01 16:00:00", 240],
        [2, ON_RENT, RETURNED, "history", "01 16:00:00", "01 18:00:00", "01 18:00:00", 120],
        [3, INQUIRY, CONFIRMED, "history", "01 11:00:00", "01 11:00:00", "01 14:00:00", 180],
        // The sight contradicts the event, so there was a change back.
        [4, CONFIRMED, INQUIRY, "history", "01 11:00:00", "01 11:00:00", "01 14:00:00", 0],
        [4, INQUIRY, CONFIRMED, "event", "01 12:00:01", 240 + 1 / 60],
      ].map(roundDwell),
    );
    assert.equal(metrics.get(MERGE)?.chain_breaks, 0);
  },
);

testOnBothWarehouses(
  "merge_fact_lead_status_change chains no event to what a marker carries",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-02", {
      leads: [
        seen(1, CONFIRMED, "2026-05-01 09:00", "2026-05-01 10:00"),
        { ...seen(1, INQUIRY, "2026-05-01 10:00"), is_deleted: true, deleted_by: "event" },
      ],
      events: [moved(1, "2026-05-01 10:00:00", INQUIRY, CONFIRMED)],
    });

    // From the creation at 08:00.
    assert.deepEqual(await changes(warehouse), [
      [1, INQUIRY, CONFIRMED, "event", "01 10:00:00", 120],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_lead_status_change orders one second by what chains, and fills gaps",
  async (warehouse) => {
    const second = "2026-05-01 12:00:00";
    const metrics = await liveDay(warehouse, "2026-05-02", {
      leads: [1, 2, 3, 4, 5].map((id) => seen(id, INQUIRY, "2026-05-01 10:00")).concat([
        // 2: the sight of the second stands between its events.
        seen(2, CONFIRMED, "2026-05-01 12:00"),
        seen(2, ON_RENT, "2026-05-01 13:00"),
        // 4: seen in the second, of a status that no event leads to.
        seen(4, ON_RENT, "2026-05-01 12:00"),
      ]),
      events: [
        // 1: their ids would order them the other way round.
        { ...moved(1, second, ON_RENT, RETURNED), id: "a" },
        { ...moved(1, second, CONFIRMED, ON_RENT), id: "b" },
        { ...moved(1, second, INQUIRY, CONFIRMED), id: "c" },
        moved(2, second, CONFIRMED, ON_RENT),
        moved(2, second, INQUIRY, CONFIRMED),
        // 3: A, B, A, B inside a second: of two changes with one key the first stands.
        { ...moved(3, second, INQUIRY, CONFIRMED), id: "d" },
        { ...moved(3, second, CONFIRMED, INQUIRY), id: "e" },
        { ...moved(3, second, INQUIRY, CONFIRMED), id: "f" },
        moved(4, second, ON_RENT, RETURNED),
        // 5: an event is missing, and the next begins from a status that was not known.
        moved(5, second, CONFIRMED, ON_RENT),
      ],
    });

    assert.deepEqual(await changes(warehouse), [
      [1, INQUIRY, CONFIRMED, "event", "01 12:00:00", 240],
      [1, CONFIRMED, ON_RENT, "event", "01 12:00:00", 0],
      [1, ON_RENT, RETURNED, "event", "01 12:00:00", 0],
      [2, INQUIRY, CONFIRMED, "event", "01 12:00:00", 240],
      [2, CONFIRMED, ON_RENT, "event", "01 12:00:00", 0],
      [3, INQUIRY, CONFIRMED, "event", "01 12:00:00", 240],
      [3, CONFIRMED, INQUIRY, "event", "01 12:00:00", 0],
      [4, INQUIRY, ON_RENT, "history", "01 10:00:00", "01 12:00:00", "01 12:00:00", 240],
      [4, ON_RENT, RETURNED, "event", "01 12:00:00", 0],
      [5, INQUIRY, CONFIRMED, "gap", "01 10:00:00", "01 12:00:00", "01 12:00:00", 240],
      [5, CONFIRMED, ON_RENT, "event", "01 12:00:00", 0],
    ]);
    assert.equal(metrics.get(MERGE)?.chain_breaks, 1);
  },
);

testOnBothWarehouses(
  "merge_fact_lead_status_change derives a lead anew when an event comes late",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-02", {
      leads: [
        seen(1, INQUIRY, "2026-05-01 10:00"),
        seen(1, ON_RENT, "2026-05-01 13:00", "2026-05-01 14:00"),
        seen(2, INQUIRY, "2026-05-01 10:00"),
      ],
    });
    const before = await changes(warehouse);
    const events = [
      moved(1, "2026-05-01 11:00:00", INQUIRY, CONFIRMED),
      moved(1, "2026-05-01 13:00:00", CONFIRMED, ON_RENT),
      // Of a lead that has not landed: nothing, until it has.
      moved(3, "2026-05-01 11:00:00", INQUIRY, CONFIRMED),
    ];
    const late = await liveDay(warehouse, "2026-05-03", { events });
    const again = await liveDay(warehouse, "2026-05-03", { events });

    assert.deepEqual(before, [
      [1, INQUIRY, ON_RENT, "history", "01 10:00:00", "01 13:00:00", "01 14:00:00", 300],
    ]);
    const exact = [
      [1, INQUIRY, CONFIRMED, "event", "01 11:00:00", 180],
      [1, CONFIRMED, ON_RENT, "event", "01 13:00:00", 120],
    ];
    assert.deepEqual(await changes(warehouse), exact);
    const { rows_written, changes_inserted, changes_deleted } = late.get(MERGE) ?? {};
    assert.deepEqual({ rows_written, changes_inserted, changes_deleted }, {
      rows_written: 3,
      changes_inserted: 2,
      changes_deleted: 1,
    });
    assert.equal(again.get(MERGE)?.rows_written, 0);

    // Events of before the first sight count once there is one.
    await liveDay(warehouse, "2026-05-04", { leads: [seen(3, CONFIRMED, "2026-05-01 12:00")] });
    assert.deepEqual(await changes(warehouse), [
      ...exact,
      [3, INQUIRY, CONFIRMED, "event", "01 11:00:00", 180],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_lead_status_change passes over events that are no evidence",
  async (warehouse) => {
    const broken = moved(1, "2026-05-01 12:00:00", INQUIRY, CONFIRMED);
    await liveDay(warehouse, "2026-05-02", {
      leads: [seen(1, INQUIRY, "2026-05-01 10:00"), seen(1, INQUIRY, "2026-05-01 14:00")],
      events: [
        moved(1, "2026-05-01 11:00:00", INQUIRY, INQUIRY),
        { ...broken, id: "empty", before: [] },
        { ...broken, id: "text", after: [{ lead_status: { id: "4", pipeline_id: 10 } }] },
        { ...broken, id: "zero", after: [{ lead_status: { id: 0, pipeline_id: 10 } }] },
        { ...broken, id: "half", before: [{ lead_status: { id: 1 } }] },
        { ...broken, id: "other", type: "sale_field_changed" },
      ],
    });

    assert.deepEqual(await changes(warehouse), []);
  },
);

testOnBothWarehouses(
  "merge_fact_lead_status_change ends visits with deletions and begins them with returns",
  async (warehouse) => {
    const gone = [1, 2, 3, 4, 5].flatMap((id) => [
      seen(id, INQUIRY, "2026-05-01 10:00"),
      deleted(id, "2026-05-01 12:00"),
    ]);
    await liveDay(warehouse, "2026-05-02", {
      leads: gone.concat([
        // 1: back in its status; the restore is told, and the visit begins with it.
        seen(1, INQUIRY, "2026-05-01 10:00", "2026-05-01 15:00"),
        seen(1, CONFIRMED, "2026-05-01 18:00"),
        // 2: the same without a restore: the visit begins at the sight.
        seen(2, INQUIRY, "2026-05-01 10:00", "2026-05-01 15:00"),
        seen(2, CONFIRMED, "2026-05-01 18:00"),
        // 3: back in another status, changed after the restore.
        seen(3, CONFIRMED, "2026-05-01 14:30", "2026-05-01 15:00"),
        // 4: the same without a restore: the visit that the deletion ended.
        seen(4, CONFIRMED, "2026-05-01 14:30", "2026-05-01 15:00"),
        seen(4, ON_RENT, "2026-05-01 16:30"),
        // 5: told by an event after the restore.
        seen(5, CONFIRMED, "2026-05-01 14:45", "2026-05-01 15:00"),
        // 6: the trash says when it was deleted.
        seen(6, INQUIRY, "2026-05-01 10:00"),
        deleted(6, "2026-05-01 14:00", "2026-05-01 11:00"),
        seen(6, CONFIRMED, "2026-05-01 18:00"),
      ]),
      events: [
        ...[1, 3, 5].map((id) => restored(id, "2026-05-01 14:00:00")),
        moved(5, "2026-05-01 14:45:00", INQUIRY, CONFIRMED),
      ],
    });

    assert.deepEqual(await changes(warehouse), [
      [1, INQUIRY, CONFIRMED, "history", "01 15:00:00", "01 18:00:00", "01 18:00:00", 240],
      [2, INQUIRY, CONFIRMED, "history", "01 15:00:00", "01 18:00:00", "01 18:00:00", 180],
      [3, INQUIRY, CONFIRMED, "history", "01 10:00:00", "01 14:30:00", "01 15:00:00", 30],
      [4, INQUIRY, CONFIRMED, "history", "01 10:00:00", "01 14:30:00", "01 15:00:00", 240],
      [4, CONFIRMED, ON_RENT, "history", "01 15:00:00", "01 16:30:00", "01 16:30:00", 120],
      [5, INQUIRY, CONFIRMED, "event", "01 14:45:00", 45],
      [6, INQUIRY, CONFIRMED, "history", "01 10:00:00", "01 18:00:00", "01 18:00:00", 180],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_lead_status_change opens a return anew when its restore comes late",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-02", {
      leads: [
        seen(1, INQUIRY, "2026-05-01 10:00"),
        deleted(1, "2026-05-01 12:00"),
        seen(1, CONFIRMED, "2026-05-01 10:00", "2026-05-01 15:00"),
      ],
    });
    const before = await changes(warehouse);
    await liveDay(warehouse, "2026-05-03", { events: [restored(1, "2026-05-01 14:00:00")] });

    assert.deepEqual(before, [
      [1, INQUIRY, CONFIRMED, "history", "01 10:00:00", "01 15:00:00", "01 15:00:00", 240],
    ]);
    assert.deepEqual(await changes(warehouse), [
      [1, INQUIRY, CONFIRMED, "history", "01 10:00:00", "01 14:00:00", "01 15:00:00", 240],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_lead_status_change follows a lead out of the pipeline and back",
  async (warehouse) => {
    const elsewhere = (at: string) => ({
      ...seen(1, CANCELLED, at),
      pipeline_id: OTHER,
    });
    await liveDay(warehouse, "2026-05-02", {
      leads: [
        seen(1, CANCELLED, "2026-05-01 10:00"),
        elsewhere("2026-05-01 11:00"),
        seen(1, CANCELLED, "2026-05-01 14:00"),
      ],
      events: [
        moved(1, "2026-05-01 12:00:00", [OTHER, CANCELLED], [OTHER, CLOSED]),
        moved(1, "2026-05-01 13:00:00", [OTHER, CLOSED], CANCELLED),
      ],
    });

    assert.deepEqual(await changes(warehouse), [
      [1, CANCELLED, "20/143", "history", "01 10:00:00", "01 11:00:00", "01 11:00:00", 180],
      [1, "20/143", "20/142", "event", "01 12:00:00", 60],
      [1, "20/142", CANCELLED, "event", "01 13:00:00", 60],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_lead_status_change shows A, B, A under one updated_at",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-02", {
      leads: [
        seen(1, INQUIRY, "2026-05-01 10:00"),
        seen(1, CONFIRMED, "2026-05-01 10:00", "2026-05-01 12:00"),
        seen(1, INQUIRY, "2026-05-01 10:00", "2026-05-01 14:00"),
      ],
    });

    assert.deepEqual(await changes(warehouse), [
      [1, INQUIRY, CONFIRMED, "history", "01 10:00:00", "01 12:00:00", "01 12:00:00", 240],
      [1, CONFIRMED, INQUIRY, "history", "01 12:00:00", "01 14:00:00", "01 14:00:00", 120],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_lead_status_change takes in everything at once as it does one by one",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-02", {
      leads: [
        seen(1, INQUIRY, "2026-05-01 10:00"),
        deleted(1, "2026-05-01 12:00"),
        seen(1, INQUIRY, "2026-05-01 10:00", "2026-05-01 15:00"),
        { ...seen(1, CONFIRMED, "2026-05-01 19:00"), pipeline_id: OTHER },
        seen(1, CLOSED, "2026-05-01 10:00", "2026-05-01 21:00"),
      ],
      events: [
        restored(1, "2026-05-01 14:00:00"),
        moved(1, "2026-05-01 16:00:00", CONFIRMED, ON_RENT),
        moved(1, "2026-05-01 16:00:00", INQUIRY, CONFIRMED),
        moved(1, "2026-05-01 18:00:00", RETURNED, [OTHER, CONFIRMED]),
        moved(1, "2026-05-01 20:00:00", [OTHER, CONFIRMED], RETURNED),
      ],
    });

    assert.deepEqual(await changes(warehouse), [
      // From the restore at 14:00.
      [1, INQUIRY, CONFIRMED, "event", "01 16:00:00", 120],
      [1, CONFIRMED, ON_RENT, "event", "01 16:00:00", 0],
      [1, ON_RENT, RETURNED, "gap", "01 16:00:00", "01 18:00:00", "01 18:00:00", 120],
      [1, RETURNED, "20/4", "event", "01 18:00:00", 0],
      [1, "20/4", RETURNED, "event", "01 20:00:00", 120],
      [1, RETURNED, CLOSED, "history", "01 20:00:00", "01 21:00:00", "01 21:00:00", 60],
    ]);
  },
);

function roundDwell(row: (string | number)[]): (string | number)[] {
  return row.map((value, i) => i === row.length - 1 ? Math.round(Number(value) * 60) / 60 : value);
}

import assert from "node:assert/strict";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import {
  CANCELLED,
  CLOSED,
  CONFIRMED,
  INQUIRY,
  lead,
  liveDay,
  moved,
  ON_RENT,
  OTHER,
} from "../../support/rentals.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const MERGE = "dds/merge_fact_rentals.sql";

/** When each rental was confirmed first, in Dubai. */
async function confirmed({ sql }: Warehouse): Promise<unknown[][]> {
  const rows = await sql`
    select
      lead_id::integer,
      to_char(confirmed_at at time zone 'Asia/Dubai', 'DD HH24:MI:SS')
    from dds.fact_rentals
    order by lead_id
  `.values();
  return [...rows];
}

testOnBothWarehouses(
  "merge_fact_rentals says when a lead first entered a booked stage of the rental pipeline",
  async (warehouse) => {
    const inquiry = (id: number) => lead(id, "2026-05-01 10:00", { status_id: INQUIRY });
    await liveDay(warehouse, "2026-05-03", {
      leads: [
        // 1: booked when first known: since its creation.
        lead(1, "2026-05-01 10:00", { status_id: ON_RENT }),
        lead(1, "2026-05-02 10:00", { status_id: CLOSED }),
        // 2: by sights; the first entry counts, also of one that was cancelled since.
        inquiry(2),
        lead(2, "2026-05-01 12:00", { status_id: CONFIRMED }),
        lead(2, "2026-05-01 13:00", { status_id: CANCELLED }),
        // 3: never.
        inquiry(3),
        lead(3, "2026-05-01 12:00", { status_id: CANCELLED }),
        // 4: booked between two sights, which an event alone tells.
        inquiry(4),
        lead(4, "2026-05-01 14:00", { status_id: INQUIRY, budget: 5 }),
        // 5: confirmed in another pipeline is not confirmed here.
        lead(5, "2026-05-01 10:00", { status_id: 7, pipeline_id: OTHER }),
        lead(5, "2026-05-01 11:00", { status_id: CLOSED, pipeline_id: OTHER }),
        lead(5, "2026-05-01 12:00", { status_id: INQUIRY }),
        // 6: the event before the first sight begins in a booked stage.
        lead(6, "2026-05-01 12:00", { status_id: CANCELLED }),
        // 7: a gap leads into a booked stage.
        inquiry(7),
      ],
      events: [
        moved(4, "2026-05-01 11:00:03", INQUIRY, CONFIRMED),
        moved(4, "2026-05-01 11:30:00", CONFIRMED, INQUIRY),
        moved(6, "2026-05-01 11:00:00", CONFIRMED, CANCELLED),
        moved(7, "2026-05-01 11:00:00", CONFIRMED, CANCELLED),
      ],
    });

    assert.deepEqual(await confirmed(warehouse), [
      [1, "01 08:00:00"],
      [2, "01 12:00:00"],
      [3, null],
      [4, "01 11:00:03"],
      [5, null],
      [6, "01 08:00:00"],
      [7, "01 11:00:00"],
    ]);
  },
);

testOnBothWarehouses(
  "merge_fact_rentals moves a confirmation when an event comes late or a stage is renamed",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-02", {
      leads: [
        lead(1, "2026-05-01 10:00", { status_id: INQUIRY }),
        lead(1, "2026-05-01 12:00", { status_id: CONFIRMED }),
        lead(2, "2026-05-01 10:00", { status_id: CONFIRMED }),
        lead(2, "2026-05-01 12:00", { status_id: CANCELLED }),
      ],
    });
    const before = await confirmed(warehouse);
    const events = [moved(1, "2026-05-01 11:00:00", INQUIRY, CONFIRMED)];
    const late = await liveDay(warehouse, "2026-05-03", { events });
    const moved1 = await confirmed(warehouse);
    const again = await liveDay(warehouse, "2026-05-03", { events });

    assert.deepEqual(before, [[1, "01 12:00:00"], [2, "01 08:00:00"]]);
    assert.deepEqual(moved1, [[1, "01 11:00:00"], [2, "01 08:00:00"]]);
    assert.deepEqual([late, again].map((metrics) => metrics.get(MERGE)?.rows_written), [1, 0]);

    // In which stage a status is can change, also where no lead is in it any more.
    await warehouse.sql`
      update dict.dict_stage_rule set stage = 'other' where stage = 'confirmed'
    `;
    await liveDay(warehouse, "2026-05-03");
    assert.deepEqual(await confirmed(warehouse), [[1, null], [2, null]]);
  },
);

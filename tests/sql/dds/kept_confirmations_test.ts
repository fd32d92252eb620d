// What merge_fact_rentals keeps of a first confirmation that is stored, and what it finds anew.
import assert from "node:assert/strict";
import type { Metrics } from "../../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import {
  CANCELLED,
  CONFIRMED,
  dubai,
  element,
  INQUIRY,
  lead,
  liveDay,
  ON_RENT,
  OTHER,
} from "../../support/rentals.ts";
import { land, MERGES, runFiles, type StagedRow } from "../../support/staged.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const MERGE = "dds/merge_fact_rentals.sql";
const STATUS_CHANGES = "dds/merge_fact_lead_status_change.sql";
const LEADS = "ods/merge_ods_leads.sql";

/** Lead 1 in a status. */
function copy(updatedAt: string, status_id: number, columns: StagedRow = {}): StagedRow {
  return lead(1, updatedAt, { status_id, ...columns });
}

/** When lead 1 was confirmed first: in Dubai, "01 10:00" in May. */
async function confirmedAt({ sql }: Warehouse): Promise<unknown> {
  const [row] = await sql`
    select to_char(confirmed_at at time zone 'Asia/Dubai', 'DD HH24:MI') from dds.fact_rentals
  `.values();
  return row?.[0];
}

/** How many leads had their changes of status looked through. */
function sought(day: ReadonlyMap<string, Metrics>): unknown {
  return day.get(MERGE)?.leads_once_confirmed;
}

/** A day that ends with the merge of this file: what comes after it fails. */
async function daysUpTo(
  warehouse: Warehouse,
  merge: typeof MERGES[number],
  leads: readonly StagedRow[],
): Promise<void> {
  await land(warehouse, "stg_leads", leads);
  await runFiles(warehouse, "2026-05-08", MERGES.slice(0, MERGES.indexOf(merge) + 1));
}

testOnBothWarehouses(
  "merge_fact_rentals keeps the first confirmation of a lead that simply goes on",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-01", { leads: [copy("2026-05-01 10:00", INQUIRY)] });
    assert.equal(await confirmedAt(warehouse), null);
    const first = await liveDay(warehouse, "2026-05-02", {
      leads: [copy("2026-05-02 10:00", CONFIRMED)],
    });
    assert.deepEqual([sought(first), await confirmedAt(warehouse)], [1, "02 10:00"]);
    for (const [day, status] of [["03", ON_RENT], ["04", CANCELLED], ["05", CONFIRMED]] as const) {
      const next = await liveDay(warehouse, `2026-05-${day}`, {
        leads: [copy(`2026-05-${day} 10:00`, status)],
      });
      assert.deepEqual([sought(next), await confirmedAt(warehouse)], [0, "02 10:00"]);
    }
  },
);

testOnBothWarehouses(
  "merge_fact_rentals finds a confirmation anew when copies come late, also after a day on which it failed",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-04", {
      leads: [copy("2026-05-01 10:00", INQUIRY), copy("2026-05-04 10:00", CONFIRMED)],
    });
    assert.equal(await confirmedAt(warehouse), "04 10:00");
    await liveDay(warehouse, "2026-05-05", {
      leads: [copy("2026-05-03 10:00", ON_RENT), copy("2026-05-03 11:00", INQUIRY)],
    });
    assert.equal(await confirmedAt(warehouse), "03 10:00");

    await daysUpTo(warehouse, STATUS_CHANGES, [
      copy("2026-05-02 10:00", ON_RENT),
      copy("2026-05-02 11:00", INQUIRY),
    ]);
    assert.equal(await confirmedAt(warehouse), "03 10:00");
    await daysUpTo(warehouse, STATUS_CHANGES, [copy("2026-05-06 10:00", ON_RENT)]);
    await liveDay(warehouse, "2026-05-07", { leads: [copy("2026-05-07 10:00", CANCELLED)] });
    assert.equal(await confirmedAt(warehouse), "02 10:00");

    const again = await liveDay(warehouse, "2026-05-08", {
      leads: [copy("2026-05-08 10:00", INQUIRY)],
    });
    assert.deepEqual([sought(again), await confirmedAt(warehouse)], [0, "02 10:00"]);
  },
);

testOnBothWarehouses(
  "merge_fact_rentals finds a confirmation between two days that it takes in at once",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-01", { leads: [copy("2026-05-01 10:00", INQUIRY)] });
    await daysUpTo(warehouse, STATUS_CHANGES, [copy("2026-05-02 10:00", CONFIRMED)]);
    await liveDay(warehouse, "2026-05-03", { leads: [copy("2026-05-03 10:00", CANCELLED)] });
    assert.equal(await confirmedAt(warehouse), "02 10:00");
  },
);

testOnBothWarehouses(
  "merge_fact_rentals finds a confirmation anew of a lead that was in the trash or in another pipeline",
  async (warehouse) => {
    const away = (day: string) => ({ status_id: 7, pipeline_id: OTHER, updated_at: dubai(day) });
    await liveDay(warehouse, "2026-05-02", {
      leads: [copy("2026-05-01 10:00", INQUIRY), copy("2026-05-02 10:00", CONFIRMED)],
    });
    await liveDay(warehouse, "2026-05-03", {
      leads: [copy("2026-05-03 10:00", INQUIRY, away("2026-05-03 10:00"))],
    });
    assert.equal(await confirmedAt(warehouse), undefined);
    await liveDay(warehouse, "2026-05-04", { leads: [copy("2026-05-04 10:00", INQUIRY)] });
    assert.equal(await confirmedAt(warehouse), "02 10:00");
    await liveDay(warehouse, "2026-05-05", {
      leads: [copy("2026-05-05 10:00", INQUIRY, { is_deleted: true, deleted_by: "event" })],
    });
    assert.equal(await confirmedAt(warehouse), undefined);
    await liveDay(warehouse, "2026-05-06", { leads: [copy("2026-05-06 10:00", INQUIRY)] });
    assert.equal(await confirmedAt(warehouse), "02 10:00");
    // Of a day that takes in all leads anew, because a setting changed.
    const trashed = copy("2026-05-07 10:00", INQUIRY, { is_deleted: true, deleted_by: "event" });
    await liveDay(warehouse, "2026-05-07", { leads: [trashed] }, { grace_minutes: "0" });
    assert.equal(await confirmedAt(warehouse), undefined);
  },
);

testOnBothWarehouses(
  "merge_fact_rentals takes the moment of creation that the history shows for a lead booked from the first",
  async (warehouse) => {
    const created = { created_at: dubai("2026-05-01 06:00"), budget: 8 };
    await liveDay(warehouse, "2026-05-01", {
      cars: [element(5, "2026-05-01 08:00", { plate: "A 1" })],
      leads: [copy("2026-05-01 10:00", CONFIRMED)],
    });
    assert.equal(await confirmedAt(warehouse), "01 08:00");
    await daysUpTo(warehouse, STATUS_CHANGES, [copy("2026-05-02 10:00", ON_RENT)]);
    // Its history is further than its changes of status, which tell nothing of another creation yet.
    await daysUpTo(warehouse, LEADS, [copy("2026-05-03 10:00", ON_RENT, created)]);
    await runFiles(warehouse, "2026-05-03", [MERGE]);
    assert.equal(await confirmedAt(warehouse), "01 06:00");
    await liveDay(warehouse, "2026-05-04");
    assert.equal(await confirmedAt(warehouse), "01 06:00");
  },
);

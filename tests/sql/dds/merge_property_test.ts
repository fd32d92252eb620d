import assert from "node:assert/strict";
import fc from "fast-check";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { casesOn } from "../../support/cases.ts";
import { emptySchemas } from "../../support/empty_schemas.ts";
import {
  dump,
  land,
  landEvents,
  listStatuses,
  MERGES,
  runFiles,
  type StagedEvent,
  type StagedRow,
} from "../../support/staged.ts";
import { moved, restored } from "../../support/rentals.ts";
import { testOnServer, withEmbedded } from "../../support/warehouses.ts";

const CASES = casesOn({ embedded: 2, server: 40 });
const FIRST_DAY = Date.UTC(2026, 4, 1, 6);
const DAY_MS = 86_400_000;

const STATUSES = { 1: "Inquiry", 4: "Confirmed", 6: "Returned", 143: "Cancelled / No-show" };
const RENAMED = { ...STATUSES, 6: "Back, to be cancelled" };

/** When in a day something changed, by how many hours it is told late: seldom, so that most records simply go on. */
const moment = fc.record({
  hour: fc.integer({ min: 0, max: 23 }),
  hoursLate: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    fc.integer({ min: 1, max: 4 * 24 }),
  ),
});
const plate = fc.constantFrom("A 1", "a-1", "B 2", "C 3", null);
const license = fc.constantFrom("L1", "l 1", "L2", null);
const isDeleted = fc.integer({ min: 0, max: 5 }).map((dice) => dice === 0);

const car = fc.record({ id: fc.integer({ min: 1, max: 3 }), plate, moment, isDeleted });
const client = fc.record({
  id: fc.integer({ min: 1, max: 2 }),
  license,
  moment,
  isDeleted,
});
const lead = fc.record({
  id: fc.integer({ min: 1, max: 4 }),
  plate,
  license,
  statusId: fc.constantFrom(1, 4, 4, 6, 143),
  pipelineId: fc.constantFrom(10, 10, 10, 20),
  carElementId: fc.constantFrom(null, null, null, 0, 2, 9),
  budget: fc.constantFrom(0, 100),
  startDay: fc.integer({ min: -2, max: 5 }),
  days: fc.integer({ min: -1, max: 4 }),
  createdHour: fc.constantFrom(0, 0, 0, 1),
  moment,
  isDeleted,
});

const event = fc.record({
  leadId: fc.integer({ min: 1, max: 4 }),
  moment,
  from: fc.constantFrom(1, 4, 6, 143),
  to: fc.constantFrom(1, 4, 6, 143),
  isRestore: fc.integer({ min: 0, max: 5 }).map((dice) => dice === 0),
});

const day = fc.record({
  events: fc.array(event, { maxLength: 3 }),
  cars: fc.oneof(fc.array(car, { maxLength: 0 }), fc.array(car, { maxLength: 3 })),
  clients: fc.oneof(fc.array(client, { maxLength: 0 }), fc.array(client, { maxLength: 2 })),
  leads: fc.array(lead, { maxLength: 6 }),
  isRenamed: fc.constantFrom(false, false, true),
  graceMinutes: fc.constantFrom("29", "29", "29", "29", "0"),
  // Of a day whose merges fail the rest is left to the next one.
  mergesDone: fc.oneof(
    { weight: 2, arbitrary: fc.constant(MERGES.length) },
    fc.integer({ min: 0, max: MERGES.length }),
  ),
});

Deno.test("facts built day by day equal facts built at once (embedded)", () =>
  withEmbedded((warehouse) => checkIncrement(warehouse, CASES.embedded)));

testOnServer(
  "facts built day by day equal facts built at once",
  (warehouse) => checkIncrement(warehouse, CASES.server),
);

async function checkIncrement(warehouse: Warehouse, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(day, { minLength: 1, maxLength: 4 }), async (days) => {
      await emptySchemas(warehouse, ["stg", "ods", "dict", "dds"]);
      for (const [i, day] of days.entries()) {
        const { cars, clients, leads, events, isRenamed, graceMinutes } = day;
        await landEvents(warehouse, events.map((value) => toEvent(value, i)));
        await land(warehouse, "stg_cars", cars.map((value) => toCarRow(value, i)));
        await land(warehouse, "stg_clients", clients.map((value) => toClientRow(value, i)));
        await land(warehouse, "stg_leads", leads.map((value) => toLeadRow(value, i)));
        const statuses = isRenamed ? RENAMED : STATUSES;
        await listStatuses(warehouse, { 10: ["Car Rental", statuses], 20: ["Other", STATUSES] });
        const merges = i + 1 < days.length ? MERGES.slice(0, day.mergesDone) : MERGES;
        await runFiles(warehouse, `2026-05-0${i + 1}`, merges, { grace_minutes: graceMinutes });
      }
      const dayByDay = await facts(warehouse);
      const last = `2026-05-0${days.length}`;
      const settings = { grace_minutes: days.at(-1)?.graceMinutes ?? "29" };

      const again = await runFiles(warehouse, last, MERGES, settings);
      assert.deepEqual(again.map((metrics) => metrics.rows_written), MERGES.map(() => 0));

      await emptySchemas(warehouse, ["dds"]);
      const merges = MERGES.filter((path) => path.startsWith("dds/"));
      await runFiles(warehouse, last, merges, settings);
      assert.deepEqual(dayByDay, await facts(warehouse));
    }),
    { numRuns, endOnFailure: true },
  );
}

async function facts(warehouse: Warehouse) {
  return {
    cars: await dump(warehouse, "dds.dim_car", "car_id"),
    clients: await dump(warehouse, "dds.dim_client", "client_id"),
    statuses: await dump(warehouse, "dds.dim_status", "pipeline_id, status_id"),
    rentals: await dump(warehouse, "dds.fact_rentals", "lead_id"),
    unresolved: await dump(warehouse, "dds.unresolved_link", "lead_id, kind, key"),
    changes: await dump(
      warehouse,
      "dds.fact_lead_status_change",
      "lead_id, change_ts, from_status_id, to_status_id, from_pipeline_id, to_pipeline_id",
    ),
    firstStatuses: await dump(warehouse, "dds.lead_first_status", "lead_id"),
    usage: await dump(warehouse, "dds.fact_fleet_usage_day", "car_id, usage_date"),
  };
}

function toCarRow({ id, plate, moment, isDeleted }: Value<typeof car>, day: number): StagedRow {
  const created = FIRST_DAY - DAY_MS + id * 3_600_000;
  return { id, plate, created_at: toTime(created), ...seen(day, moment, isDeleted) };
}

function toClientRow(value: Value<typeof client>, day: number): StagedRow {
  const { id, license, moment, isDeleted } = value;
  return { id, license, created_at: toTime(FIRST_DAY - DAY_MS), ...seen(day, moment, isDeleted) };
}

function toLeadRow(value: Value<typeof lead>, day: number): StagedRow {
  const start = FIRST_DAY + value.startDay * DAY_MS;
  return {
    id: value.id,
    plate: value.plate,
    license: value.license,
    status_id: value.statusId,
    pipeline_id: value.pipelineId,
    car_element_id: value.carElementId,
    budget: value.budget,
    dailyrate: 33.33,
    rental_start: toTime(start),
    rental_end: toTime(start + value.days * DAY_MS + 600_000),
    created_at: toTime(FIRST_DAY + value.createdHour * 3_600_000),
    ...seen(day, value.moment, value.isDeleted),
  };
}

function toEvent(value: Value<typeof event>, day: number): StagedEvent {
  const { leadId, moment, from, to, isRestore } = value;
  const at = toTime(changedAt(day, moment) + 4 * 3_600_000).slice(0, 19).replace("T", " ");
  return isRestore ? restored(leadId, at) : moved(leadId, at, from, to);
}

function seen(day: number, moment: Value<typeof lead>["moment"], isDeleted: boolean): StagedRow {
  return {
    updated_at: toTime(changedAt(day, moment)),
    is_deleted: isDeleted,
    deleted_by: isDeleted ? "event" : null,
  };
}

function changedAt(day: number, { hour, hoursLate }: Value<typeof lead>["moment"]): number {
  return FIRST_DAY + day * DAY_MS + (hour - hoursLate) * 3_600_000;
}

type Value<T> = T extends fc.Arbitrary<infer V> ? V : never;

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}

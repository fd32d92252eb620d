import assert from "node:assert/strict";
import fc from "fast-check";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { casesOn } from "../../support/cases.ts";
import { buildLeadMarts, LEAD_MARTS, PAID, QUOTE, STAGES } from "../../support/lead_marts.ts";
import { CANCELLED, CLOSED, CONFIRMED, INQUIRY, moved, ON_RENT } from "../../support/rentals.ts";
import {
  dump,
  land,
  landEvents,
  listStatuses,
  runFiles,
  type StagedEvent,
  type StagedRow,
} from "../../support/staged.ts";
import { testOnServer, withEmbedded } from "../../support/warehouses.ts";

const CASES = casesOn({ embedded: 1, server: 8 });
const FIRST_DAY = Date.UTC(2026, 4, 1, 6);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What the marts of leads read. */
const MERGES = [
  "ods/merge_ods_leads.sql",
  "ods/merge_ods_clients.sql",
  "dict/merge_dict_status_leads.sql",
  "dds/merge_fact_lead_status_change.sql",
  "dds/merge_fact_rentals.sql",
];
const RENAMED = { ...STAGES, [QUOTE]: "Deposit wanted", [PAID]: "Something else" };
const status = fc.constantFrom(INQUIRY, QUOTE, CONFIRMED, PAID, ON_RENT, CLOSED, CANCELLED);
const hour = fc.integer({ min: 0, max: 12 * 24 });

const lead = fc.record({
  id: fc.integer({ min: 1, max: 5 }),
  statusId: status,
  pipelineId: fc.constantFrom(10, 10, 10, 10, 20),
  clientId: fc.constantFrom(null, 0, 7, 8),
  budget: fc.constantFrom(0, 10.5, 20.25),
  startDay: fc.constantFrom(null, -40, 0, 2, 5, 9),
  startHour: fc.constantFrom(14, 3),
  days: fc.integer({ min: -1, max: 4 }),
  hour,
  isDeleted: fc.integer({ min: 0, max: 7 }).map((dice) => dice === 0),
});
const event = fc.record({ id: fc.integer({ min: 1, max: 5 }), hour, from: status, to: status });
const step = fc.record({
  leads: fc.array(lead, { maxLength: 6 }),
  events: fc.array(event, { maxLength: 4 }),
  isRenamed: fc.integer({ min: 0, max: 3 }).map((dice) => dice === 0),
  graceMinutes: fc.constantFrom("29", "29", "29", "840"),
  day: fc.integer({ min: 2, max: 16 }),
});

Deno.test("marts of leads built step by step equal marts built from nothing (embedded)", () =>
  withEmbedded((warehouse) => checkSteps(warehouse, CASES.embedded)));

testOnServer(
  "marts of leads built step by step equal marts built from nothing",
  (warehouse) => checkSteps(warehouse, CASES.server),
);

async function checkSteps(warehouse: Warehouse, numRuns: number): Promise<void> {
  await land(warehouse, "stg_clients", [7, 8].map((id) => ({ id, updated_at: toTime(0) })));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 4 }), async (steps) => {
      await empty(warehouse, ["stg.stg_lead", "ods.ods_leads", "dict.", "dds.", "dm."]);
      for (const { leads, events, isRenamed, graceMinutes, day } of steps) {
        await land(warehouse, "stg_leads", leads.map(toLeadRow));
        await landEvents(warehouse, events.map(toEvent));
        await listStatuses(warehouse, {
          10: ["Car Rental", isRenamed ? RENAMED : STAGES],
          20: ["Other", { 7: "Confirmed", [CLOSED]: "Signed", [CANCELLED]: "Lost" }],
        });
        const settings = { grace_minutes: graceMinutes };
        await runFiles(warehouse, toDate(day), MERGES, settings);
        await buildLeadMarts(warehouse, toDate(day), settings);
      }
      const stepByStep = await marts(warehouse);
      const settings = { grace_minutes: steps.at(-1)?.graceMinutes ?? "29" };
      const lastDay = toDate(Math.max(...steps.map(({ day }) => day)));

      const again = await buildLeadMarts(warehouse, lastDay, settings);
      assert.deepEqual(again, LEAD_MARTS.map(() => 0));

      await empty(warehouse, ["dm."]);
      await buildLeadMarts(warehouse, lastDay, settings);
      assert.deepEqual(stepByStep, await marts(warehouse));
      assert.deepEqual(await wrongPercentiles(warehouse), []);
      assert.deepEqual(await wrongCounts(warehouse), []);
    }),
    { numRuns, endOnFailure: true },
  );
}

/** Transitions whose percentiles are not those of all their visits, sorted. */
async function wrongPercentiles({ sql }: Warehouse): Promise<unknown[]> {
  const rows = await sql`
    select from_stage, to_stage, median_dwell_seconds, p90_dwell_seconds, sorted.dwell
    from dm.stage_transition
    inner join (
      select
        from_stage::text,
        to_stage::text,
        percentile_cont(array[0.5, 0.9]) within group (order by dwell_seconds)
          filter (where is_timed) as dwell
      from dm.lead_visit
      group by from_stage, to_stage
    ) as sorted using (from_stage, to_stage)
    where
      round(median_dwell_seconds, 3) is distinct from round(sorted.dwell[1]::numeric, 3)
      or round(p90_dwell_seconds, 3) is distinct from round(sorted.dwell[2]::numeric, 3)
  `;
  return [...rows];
}

/** Counts of lengths and of changes that are not those of the rows that they count. */
async function wrongCounts({ sql }: Warehouse): Promise<unknown[]> {
  const rows = await sql`
    select kind, month, days, counted.bookings, lengths.bookings as rows
    from dm.lead_time_count as counted
    full join (
      select kind, month, days, count(*) as bookings
      from dm.lead_time
      cross join lateral (values ('lead', lead_days), ('rental', rental_days)) as measured (kind, days)
      where days is not null
      group by kind, month, days
    ) as lengths using (kind, month, days)
    where counted.bookings is distinct from lengths.bookings
    union all
    select 'changes', month, days_delta, counted.changes, found.changes
    from (
      select month, changes, days_delta, array[extended, shortened, moved] as kinds
      from dm.rental_change_month
    ) as counted
    full join (
      select
        date_trunc('month', changed_at at time zone 'Asia/Dubai')::date as month,
        count(*) as changes,
        coalesce(sum(days_delta), 0) as days_delta,
        array[
          count(*) filter (where kind = 'extended'),
          count(*) filter (where kind = 'shortened'),
          count(*) filter (where kind = 'moved')
        ] as kinds
      from dm.rental_changes
      group by 1
    ) as found using (month, days_delta, kinds)
    where counted.changes is distinct from found.changes
  `;
  return [...rows];
}

async function marts(warehouse: Warehouse) {
  return {
    states: await dump(warehouse, "dm.lead_state", "lead_id"),
    visits: await dump(warehouse, "dm.lead_visit", "t::text"),
    dwells: await dump(warehouse, "dm.stage_dwell_count", "from_stage, to_stage, dwell_from"),
    funnel: await dump(warehouse, "dm.lead_funnel_week", "week_start"),
    moves: await dump(warehouse, "dm.stage_moves_week", "week_start, stage"),
    transitions: await dump(warehouse, "dm.stage_transition", "from_stage, to_stage"),
    clients: await dump(warehouse, "dm.client_value", "client_id"),
    changes: await dump(warehouse, "dm.rental_changes", "lead_id, changed_at"),
    cancellations: await dump(warehouse, "dm.cancellations", "basis, month"),
    leadTime: await dump(warehouse, "dm.lead_time", "lead_id"),
    lengths: await dump(warehouse, "dm.lead_time_count", "month, kind, days"),
    changeMonths: await dump(warehouse, "dm.rental_change_month", "month"),
    trust: await dump(warehouse, "dm.source_change", "source"),
  };
}

/** Empties the tables whose names begin so, and lets their readers begin anew; seeded rows stay. */
async function empty({ sql }: Warehouse, beginnings: readonly string[]): Promise<void> {
  const pattern = `^(${beginnings.join("|")})`;
  const kept = ["dict.dict_stage_rule", "dds.dim_car", "dds.dim_client", "dm.source_change"];
  const tables = await sql`
    select table_name
    from (
      select schemaname || '.' || tablename as table_name
      from pg_tables
    ) as tables
    where table_name ~ ${pattern}
      and table_name not in ${sql(kept)}
  `;
  await sql.begin(async (tx) => {
    for (const { table_name } of tables) await tx.unsafe(`delete from ${table_name}`);
    await tx`update dm.source_change set position = 0, newest_change = null`;
    await tx`
      update ops.watermark
      set position = 0, settings = null, cursor_day = null
      where name ~ ${pattern}
    `;
  });
}

function toLeadRow(value: LeadValue): StagedRow {
  const midnight = FIRST_DAY + 14 * HOUR_MS;
  const start = value.startDay === null
    ? null
    : midnight - DAY_MS + value.startDay * DAY_MS + (value.startHour - 14) * HOUR_MS;
  return {
    id: value.id,
    status_id: value.statusId,
    pipeline_id: value.pipelineId,
    client_element_id: value.clientId,
    budget: value.budget,
    rental_start: start === null ? null : toTime((start - FIRST_DAY) / HOUR_MS),
    rental_end: start === null
      ? null
      : toTime((start + value.days * DAY_MS - FIRST_DAY) / HOUR_MS + 1),
    created_at: toTime(-value.id * 9 * 24),
    is_deleted: value.isDeleted,
    deleted_by: value.isDeleted ? "event" : null,
    updated_at: toTime(value.hour),
  };
}

type LeadValue = typeof lead extends fc.Arbitrary<infer Value> ? Value : never;
type EventValue = typeof event extends fc.Arbitrary<infer Value> ? Value : never;

function toEvent({ id, hour, from, to }: EventValue): StagedEvent {
  const at = new Date(FIRST_DAY + (4 + hour) * HOUR_MS).toISOString().slice(0, 19);
  return moved(id, at.replace("T", " "), from, to);
}

function toTime(hours: number): string {
  return new Date(FIRST_DAY + hours * HOUR_MS).toISOString();
}

function toDate(day: number): string {
  return `2026-05-${String(day).padStart(2, "0")}`;
}

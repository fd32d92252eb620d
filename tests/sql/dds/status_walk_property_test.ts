import assert from "node:assert/strict";
import fc from "fast-check";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { casesOn } from "../../support/cases.ts";
import { moved, RENTALS } from "../../support/rentals.ts";
import { land, landEvents, runFiles, type StagedEvent } from "../../support/staged.ts";
import { testOnServer, withEmbedded } from "../../support/warehouses.ts";
import type { EventNoted } from "../../world/oracle/journal.ts";
import { land as landCopies, type Landed, type StgRow } from "../../world/oracle/landing.ts";
import { walkOf } from "../../world/oracle/status_walk.ts";

const CASES = casesOn({ embedded: 2, server: 40 });
const HISTORY = "ods/merge_ods_leads.sql";
const STATUS_CHANGES = "dds/merge_fact_lead_status_change.sql";
const MERGES = [HISTORY, STATUS_CHANGES];
const START = Date.UTC(2026, 4, 1, 6) / 1000;

// Few leads, statuses and seconds, so that items meet in one second, chain and break.
const leadId = fc.integer({ min: 1, max: 2 });
const status = fc.constantFrom(1, 2, 3);
const second = fc.integer({ min: 0, max: 9 });

/** The status that a copy shows; null: none, as the copy of a lead whose status did not parse. */
const shownStatus = fc.oneof(
  { weight: 9, arbitrary: status },
  { weight: 1, arbitrary: fc.constant(null) },
);
const pipelineId = fc.oneof(
  { weight: 9, arbitrary: fc.constant(RENTALS) },
  { weight: 1, arbitrary: fc.constant(RENTALS + 1) },
);

/** What copies say of when their lead was created, which whoever writes to the CRM may set anew; null: nothing. */
const createdAt = fc.oneof(
  { weight: 6, arbitrary: fc.constant(-60) },
  { weight: 2, arbitrary: fc.constantFrom(null, -30, 1) },
);

const copy = fc.record({
  id: leadId,
  observedAt: second,
  updatedAt: fc.integer({ min: -3, max: 12 }),
  pipelineId,
  statusId: shownStatus,
  isDeleted: fc.integer({ min: 0, max: 4 }).map((dice) => dice === 0),
  createdAt,
});
const event = fc.record({
  leadId,
  at: second,
  from: status,
  to: status,
  isRestore: fc.integer({ min: 0, max: 4 }).map((dice) => dice === 0),
});
/** Whether a batch lands before the history is merged, and not after. */
const isEarly = fc.integer({ min: 0, max: 3 }).map((dice) => dice > 0);

const batch = fc.record({
  copies: fc.array(copy, { maxLength: 5 }),
  events: fc.array(event, { maxLength: 4 }),
  isEarly,
});

const batches = fc.array(batch, { minLength: 1, maxLength: 3 });

/** Each batch is seen some seconds after the one before it, and of most leads no event tells: they simply go on. */
const batchesOfQuietLeads = fc.array(
  fc.record({
    copies: fc.array(
      fc.record({
        id: leadId,
        observedAt: second,
        updatedAt: fc.integer({ min: -3, max: 12 }),
        pipelineId,
        statusId: shownStatus,
        isDeleted: fc.integer({ min: 0, max: 19 }).map((dice) => dice === 0),
        createdAt,
      }),
      { maxLength: 3 },
    ),
    events: fc.oneof(
      { weight: 9, arbitrary: fc.array(event, { maxLength: 0 }) },
      { weight: 1, arbitrary: fc.array(event, { maxLength: 1 }) },
    ),
    isEarly,
  }),
  { minLength: 2, maxLength: 5 },
).map((days) =>
  days.map(({ copies, events, isEarly }, day) => ({
    isEarly,
    copies: copies.map((one) => ({
      ...one,
      observedAt: one.observedAt + 4 * day,
      updatedAt: one.updatedAt + 4 * day,
    })),
    events: events.map((one) => ({ ...one, at: one.at + 4 * day })),
  }))
);

type Batch = typeof batch extends fc.Arbitrary<infer V> ? V : never;

Deno.test("status changes are those of the walk, in however many batches (embedded)", () =>
  withEmbedded(async (warehouse) => {
    await checkWalks(warehouse, batches, CASES.embedded);
    await checkWalks(warehouse, batchesOfQuietLeads, CASES.embedded);
  }));

testOnServer(
  "status changes are those of the walk, in however many batches",
  (warehouse) => checkWalks(warehouse, batches, CASES.server),
);

testOnServer(
  "status changes are those of the walk where leads simply go on",
  (warehouse) => checkWalks(warehouse, batchesOfQuietLeads, CASES.server),
);

async function checkWalks(
  warehouse: Warehouse,
  arbitrary: fc.Arbitrary<readonly Batch[]>,
  numRuns: number,
): Promise<void> {
  const property = fc.asyncProperty(arbitrary, async (parts) => {
    await startAnew(warehouse, "delete");
    const landed: Landed = new Map();
    const told = new Map<string, StagedEvent>();
    for (const one of parts) {
      await runFiles(warehouse, "2026-05-02", [HISTORY]);
      // What lands between the two merges is known to neither, and waits for the next.
      await takeIn(warehouse, one, landed, told);
      await runFiles(warehouse, "2026-05-02", one.isEarly ? MERGES : [STATUS_CHANGES]);
    }
    await runFiles(warehouse, "2026-05-02", MERGES);
    const increment = await readFacts(warehouse);
    assert.deepEqual(increment, expectFacts(landed, [...told.values()]));

    const again = await runFiles(warehouse, "2026-05-02", MERGES);
    assert.deepEqual(again.map(({ rows_written }) => rows_written), [0, 0]);
    await startAnew(warehouse, "keep");
    await runFiles(warehouse, "2026-05-02", MERGES);
    assert.deepEqual(await readFacts(warehouse), increment);
  });
  await fc.assert(property, { numRuns, endOnFailure: true });
}

/** Lands what a run would: copies that differ from the row before them, events once. */
async function takeIn(
  warehouse: Warehouse,
  { copies, events }: Batch,
  landed: Landed,
  told: Map<string, StagedEvent>,
): Promise<void> {
  const before = new Set([...landed.values()].flat());
  landCopies(landed, copies.map(toStgRow));
  const rows = [...landed.values()].flat().filter((row) => !before.has(row));
  await land(
    warehouse,
    "stg_leads",
    rows.map((row) => ({
      id: row.id,
      // A marker of deletion says that and no more, whatever else it carries.
      ...row.columns ?? { pipeline_id: RENTALS, status_id: 1 },
      created_at: row.columns?.created_at === null ? null : toTime(createdAtOf(row)),
      updated_at: toTime(row.updatedAt),
      observed_at: toTime(row.observedAt),
      is_deleted: row.columns === null,
      deleted_by: row.deletedBy,
      row_hash: row.hash,
    })),
  );
  for (const one of events.map(toStagedEvent)) told.set(one.id, one);
  await landEvents(warehouse, [...told.values()]);
}

function createdAtOf({ columns }: StgRow): number {
  return typeof columns?.created_at === "number" ? columns.created_at : START - 60;
}

function toStgRow(
  { id, observedAt, updatedAt, pipelineId, statusId, isDeleted, createdAt }: Batch["copies"][0],
): StgRow {
  const created_at = createdAt === null ? null : START + createdAt;
  return {
    id,
    observedAt: START + observedAt,
    updatedAt: START + updatedAt,
    columns: isDeleted ? null : { pipeline_id: pipelineId, status_id: statusId, created_at },
    deletedBy: isDeleted ? "event" : null,
    hash: isDeleted ? "deleted" : `in ${pipelineId} ${statusId} since ${createdAt}`,
  };
}

function toStagedEvent({ leadId, at, from, to, isRestore }: Batch["events"][0]): StagedEvent {
  const event = moved(leadId, "2026-05-01 10:00:00", from, to);
  const id = `${leadId} ${at} ${isRestore ? "restored" : `${from} ${to}`}`;
  const created_at = toTime(START + at);
  return isRestore
    ? { id, lead_id: leadId, type: "lead_restored", created_at }
    : { ...event, id, created_at };
}

function expectFacts(landed: Landed, events: readonly StagedEvent[]): unknown[] {
  return [...landed].flatMap(([id, rows]) => {
    const ofLead = events.filter((event) => event.lead_id === id).map(toNoted);
    const { first, changes } = walkOf(rows, ofLead);
    return [
      ...(first === null ? [] : [[id, "first", first.pipelineId, first.statusId]]),
      ...changes.map((change) => [
        ...[id, change.changeTs, change.from.pipelineId, change.from.statusId],
        ...[change.to.pipelineId, change.to.statusId, change.source],
        ...[change.earliestTs, change.latestTs, change.dwell],
      ]),
    ];
  }).map((row) => JSON.stringify(row)).sort();
}

function toNoted({ id, lead_id, type, created_at, before, after }: StagedEvent): EventNoted {
  const createdAt = Date.parse(created_at) / 1000;
  return {
    id,
    type,
    entityId: lead_id,
    entityType: "lead",
    createdAt,
    before: before ?? [],
    after: after ?? [],
    shownAtMs: createdAt * 1000,
  };
}

async function readFacts({ sql }: Warehouse): Promise<unknown[]> {
  const rows = await sql.unsafe(`
    select jsonb_build_array(
      lead_id, extract(epoch from change_ts)::bigint, from_pipeline_id, from_status_id,
      to_pipeline_id, to_status_id, source,
      extract(epoch from earliest_ts)::bigint, extract(epoch from latest_ts)::bigint, dwell_seconds
    ) as row
    from dds.fact_lead_status_change
    union all
    select jsonb_build_array(lead_id, 'first', pipeline_id, status_id)
    from dds.lead_first_status
  `);
  return rows.map(({ row }) => JSON.stringify(row)).sort();
}

/** Empties what was built, and what has landed unless it is kept. */
async function startAnew({ sql }: Warehouse, landed: "keep" | "delete"): Promise<void> {
  if (landed === "delete") await sql`truncate stg.stg_leads, stg.stg_lead_events`;
  await sql`truncate ods.ods_leads_hist, dds.fact_lead_status_change, dds.lead_first_status`;
  await sql`update ops.watermark set position = 0 where name ~ '^(ods|dds)[.]'`;
}

function toTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

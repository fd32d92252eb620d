// What a load reads of the tables that it fills, when the planner knows nothing of them, or takes them for empty: a vacuum
// came by after a load that was rolled back. Rows are counted, and no time.
import assert from "node:assert/strict";
import type { TransactionSql } from "postgres";
import { hashRow } from "../../../lib/landing/records/row_hash.ts";
import { landByCopy } from "../../../lib/landing/row_landing.ts";
import { querySqlFile, runSqlFile, runSqlStatement } from "../../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { landBulk } from "../../support/bulk_leads.ts";
import { type Statement, watchPlans } from "../../support/plans.ts";
import { testOnServer } from "../../support/warehouses.ts";

const RUN = { runId: "00000000-0000-4000-8000-000000000003", loadDate: "2026-05-09" };
const BATCHES = 4;
const BATCH_ROWS = 500;
const CHANGED = 30;

/** Of each sight a few rows are looked up: the one before it, itself, and those that came after. */
const MOST_READS = 8;

const ENTITIES = ["leads", "clients", "cars"] as const;
type Entity = (typeof ENTITIES)[number];

/**
 * Lands a sight of every record, in batches, each of which comes twice: at first sight nobody need ask the table. The
 * first `changed` records have another licence or plate than the day before.
 */
async function load(tx: TransactionSql, entity: Entity, day: number, changed: number) {
  const landing = await landByCopy(tx, entity, RUN, day === 1);
  let landed = 0;
  const starts = Array.from({ length: BATCHES }, (_, i) => i * BATCH_ROWS);
  for (const start of starts.flatMap((one) => [one, one])) {
    const batch = landing.open();
    const rows = Array.from({ length: BATCH_ROWS }, (_, i) => {
      const id = start + i + 1;
      const state = `${id} ${id <= changed ? day : 1}`;
      const typed = { [entity === "clients" ? "license" : "plate"]: state, is_deleted: false };
      const row = {
        id,
        ...typed,
        deleted_by: null,
        updated_at: id <= changed ? `2026-05-0${day}T10:00:00Z` : "2026-05-01T10:00:00Z",
        observed_at: `2026-05-0${day}T12:00:00Z`,
        payload: {},
        row_hash: hashRow(typed, new Set()),
      };
      return batch.prepare(row, { text: () => "{}", plain: null });
    });
    landed += await batch.land(rows);
  }
  return landed;
}

/** Rows that statements looked at in the table of an entity. */
function countReads(statements: readonly Statement[], entity: Entity): number {
  return statements.flatMap(({ steps }) => steps)
    .filter(({ table }) => table === `stg_${entity}`)
    .reduce((sum, { rowsRead }) => sum + rowsRead, 0);
}

async function leaveUncounted({ sql }: Warehouse, entity: Entity): Promise<void> {
  await sql.unsafe(`alter table stg.stg_${entity} set (autovacuum_enabled = off)`);
}

/** Pages without a row, which a vacuum has found to be empty and left where they are. */
async function leaveCountedAsEmpty({ sql }: Warehouse, entity: Entity): Promise<void> {
  const rolledBack = sql.begin(async (tx) => {
    await load(tx, entity, 1, 0);
    throw new Error("Rolled back");
  });
  await assert.rejects(rolledBack, { message: "Rolled back" });
  await sql.unsafe(`vacuum (analyze, truncate off) stg.stg_${entity}`);
}

for (const entity of ENTITIES) {
  testOnServer(`a load of ${entity} reads no table once for each row`, async (warehouse) => {
    await leaveUncounted(warehouse, entity);
    await using plans = await watchPlans(warehouse, {});
    if (plans === null) return;
    for (const prepare of [leaveUncounted, leaveCountedAsEmpty]) {
      await warehouse.sql.unsafe(`truncate stg.stg_${entity}`);
      await prepare(warehouse, entity);
      const reads: Record<string, number> = {};
      const landed: number[] = [];
      for (const [day, changed] of [[1, 0], [2, 0], [3, CHANGED]] as const) {
        const statements = await plans.watch(async (tx) => {
          landed.push(await load(tx, entity, day, changed));
        });
        reads[`day ${day}`] = countReads(statements, entity);
      }
      assert.deepEqual(landed, [BATCHES * BATCH_ROWS, 0, CHANGED]);
      const explosions = Object.entries(reads).filter(([, rows]) =>
        rows > MOST_READS * 2 * BATCHES * BATCH_ROWS
      );
      assert.deepEqual(explosions, [], prepare.name);
      assert.ok((reads["day 3"] ?? 0) >= BATCHES * BATCH_ROWS, prepare.name);
    }
  });
}

const LEADS = 6_000;
const ASKED = 300;

/** Of each lead a few rows and a few events are looked up. */
const MOST_READS_OF_A_LEAD = 10;

/** What a load of events, and a read before it, ask of some leads; every file returns rows. */
const QUESTIONS: Readonly<Record<string, readonly string[]>> = {
  "stg/list_known_leads.sql": [JSON.stringify(idsOf(1))],
  "stg/list_live_leads.sql": [JSON.stringify(idsOf(1))],
  "stg/list_leads_to_ask.sql": [
    JSON.stringify(eventsOf("of a later day")),
    "2026-04-01T00:00:00Z",
  ],
  "stg/load_lead_events.sql": [
    JSON.stringify(
      eventsOf("of another day").map((event) => ({ ...event, before: [], after: [] })),
    ),
    RUN.runId,
    RUN.loadDate,
  ],
  "stg/judge_vanished_leads.sql": [
    JSON.stringify(idsOf(1).map((id) => ({ id, scan_at: "2026-05-01T00:00:00Z" }))),
    "2026-05-02T00:00:00Z",
  ],
};

function idsOf(first: number): number[] {
  return Array.from({ length: ASKED }, (_, i) => first + 7 * i);
}

function eventsOf(name: string) {
  return idsOf(1).map((id) => ({
    id: `${id} ${name}`,
    lead_id: id,
    type: "lead_status_changed",
    created_at: "2026-05-01T08:00:00Z",
  }));
}

testOnServer("questions about leads read no table once for each", async (warehouse) => {
  const { sql } = warehouse;
  await sql`alter table stg.stg_leads set (autovacuum_enabled = off)`;
  await sql`alter table stg.stg_lead_events set (autovacuum_enabled = off)`;
  await landBulk(warehouse, { leads: LEADS, cars: 3, oneEventIn: 1 });
  await using plans = await watchPlans(warehouse, {});
  if (plans === null) return;
  for (const count of ["", "analyze stg.stg_leads, stg.stg_lead_events"]) {
    await sql.unsafe(count);
    const reads: Record<string, number> = {};
    for (const [file, values] of Object.entries(QUESTIONS)) {
      const statements = await plans.watch(async (tx) => {
        assert.notEqual((await querySqlFile(tx, file, values)).length, 0, file);
      });
      reads[file] = statements.flatMap(({ steps }) => steps)
        .filter(({ table }) => table !== null)
        .reduce((sum, { rowsRead }) => sum + rowsRead, 0);
    }
    const explosions = Object.entries(reads).filter(([, rows]) =>
      rows > MOST_READS_OF_A_LEAD * ASKED
    );
    assert.deepEqual(explosions, [], count);
    assert.ok((reads["stg/list_known_leads.sql"] ?? 0) >= ASKED);
  }
});

testOnServer(
  "rows of leads that were gathered are read a few times each, however many there are",
  async (warehouse) => {
    await using plans = await watchPlans(warehouse, {});
    if (plans === null) return;
    const taken: (string | null)[] = [];
    const statements = await plans.watch(async (tx) => {
      await runSqlFile(tx, "stg/create_gathered_leads.sql");
      for (const turn of ["first", "second"]) {
        const rows = Array.from(
          { length: LEADS },
          (_, i) => ({ id: LEADS - i, payload: { turn } }),
        );
        await runSqlStatement(tx, "stg/gather_leads.sql", [JSON.stringify(rows)]);
      }
      for (let last: string | null = "0"; last !== null;) {
        const { last_id: id = null } = await runSqlStatement(tx, "stg/take_gathered_leads.sql", [
          last,
        ]);
        last = id === null ? null : String(id);
        taken.push(last);
      }
    });
    assert.deepEqual(taken, ["1000", "2000", "3000", "4000", "5000", "6000", null]);
    const reads = statements.flatMap(({ steps }) => steps)
      .filter(({ table }) => table === "gathered_leads")
      .reduce((sum, { rowsRead }) => sum + rowsRead, 0);
    // To find which leads come next, and their rows, by way of an index.
    const rows = 2 * LEADS;
    assert.ok(reads >= rows && reads <= 4 * rows, `${reads} reads of ${rows} rows`);
  },
);

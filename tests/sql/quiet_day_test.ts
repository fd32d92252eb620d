// What the statements of a quiet day do, by their own plans: none looks through a whole table of leads or days, none
// starts parallel workers, which takes longer than all else on such a day, and none that may use much memory makes a hash
// table for as many groups as the planner expects of all leads, which takes its time whatever comes.
import assert from "node:assert/strict";
import { taskContext } from "../../bench/support/task_context.ts";
import { passChecks } from "../../lib/checks/gate.ts";
import { readConfig } from "../../lib/config.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { landBulk, landBulkLeads } from "../support/bulk_leads.ts";
import { type Statement, type WatchedPlans, watchPlans } from "../support/plans.ts";
import { SQL_TASKS } from "../support/staged.ts";
import { testOnServer } from "../support/warehouses.ts";

const LEADS = 9_000;
const CARS = 9;
const CHANGED = 50;

/** Tables with fewer rows, as the calendar, are read at once by any plan. */
const LARGE = 2_500;

/** A task that is given more memory than others, whose hash tables are small whatever the planner expects. */
const GENEROUS = "merge_fact_lead_status_change";

/** What a hash table for a tenth of the leads has, and one for half of them has not. */
const MOST_TABLE_KB = 128;

/** A fortieth or less of the defaults: the tables are that much smaller than those of a large account. */
const AS_IF_LARGE = {
  max_parallel_workers_per_gather: "2",
  min_parallel_table_scan_size: "200kB",
  min_parallel_index_scan_size: "16kB",
  parallel_setup_cost: "20",
};

/** How many rows each large table has. */
async function countLarge({ sql }: Warehouse): Promise<ReadonlyMap<string, number>> {
  await sql`analyze`;
  const rows = await sql`
    select relname as name, reltuples::integer as rows
    from pg_class
    where relkind = 'r' and relnamespace::regnamespace::text in ('stg', 'ods', 'dds') and reltuples >= ${LARGE}
  `;
  return new Map(rows.map(({ name, rows }) => [String(name), Number(rows)]));
}

function findFaults(
  task: string,
  statements: readonly Statement[],
  large: ReadonlyMap<string, number>,
): string[] {
  return statements.flatMap(({ text, steps }) =>
    steps.flatMap(({ kind, table, rowsRead, workers, tableKb }) => {
      const rows = table === null ? undefined : large.get(table);
      const found = [
        ...task === GENEROUS && tableKb > MOST_TABLE_KB
          ? [`${kind} with a table of ${tableKb} kB`]
          : [],
        ...workers > 0 ? [`${kind} with ${workers} workers`] : [],
        ...rows !== undefined && rowsRead > rows / 2
          ? [`${kind} of ${table}: ${rowsRead} rows`]
          : [],
      ];
      return found.map((fault) => `${task}: ${fault}: ${text.slice(0, 60)}`);
    })
  );
}

/**
 * Faults of a day without changes, and of one with few, after a first build; `largeTables` says before each day which
 * scans are faults.
 */
async function findFaultsOfDays(
  warehouse: Warehouse,
  plans: WatchedPlans,
  largeTables: () => Promise<ReadonlyMap<string, number>>,
): Promise<{ readonly nothing: readonly string[]; readonly few: readonly string[] }> {
  const live = async (date: string) => {
    const context = {
      ...taskContext(readConfig({}, { amo: false })),
      logicalDate: Temporal.PlainDate.from(date),
    };
    const large = await largeTables();
    const faults: string[] = [];
    for (const task of SQL_TASKS) {
      const statements = await plans.watch(async (tx) => {
        const result = await task.write?.(tx, context, undefined) ?? { metrics: {} };
        await passChecks(tx, task.id, context, result);
      });
      faults.push(...findFaults(task.id, statements, large));
    }
    return faults;
  };

  await live("2026-05-01");
  const nothing = await live("2026-05-02");
  await landBulkLeads(warehouse, { day: 2, from: LEADS - CHANGED + 1, to: LEADS, cars: CARS });
  return { nothing, few: await live("2026-05-03") };
}

testOnServer(
  "a quiet day looks through no whole table, makes no large one and starts no workers",
  async (warehouse) => {
    await landBulk(warehouse, { leads: LEADS, cars: CARS, oneEventIn: 2 });
    await using plans = await watchPlans(warehouse, AS_IF_LARGE);
    if (plans === null) return;
    const faults = await findFaultsOfDays(warehouse, plans, () => countLarge(warehouse));

    assert.deepEqual(faults, { nothing: [], few: [] });
    // What is looked for would be found.
    const whole = await plans.watch((tx) => tx`select from stg.stg_leads where budget < 0`);
    const [workers = "", scan = ""] = findFaults("task", whole, await countLarge(warehouse));
    assert.match(workers, /^task: Gather with 2 workers: select/);
    assert.match(scan, /^task: Seq Scan of stg_leads: \d+ rows: select/);
    const grouped = await plans.watch(async (tx) => {
      await tx`set local enable_sort = off`;
      await tx`select id, budget from stg.stg_leads union select 1, 2`;
    });
    const tables = findFaults(GENEROUS, grouped, new Map());
    assert.match(tables.join("\n"), /Aggregate with a table of \d+ kB: select/);
  },
);

testOnServer(
  "a quiet day starts no workers when nobody has counted anything",
  async (warehouse) => {
    const tables = await warehouse.sql`
    select oid::regclass::text as name
    from pg_class
    where relkind = 'r' and relnamespace::regnamespace::text in ('stg', 'ods', 'dds')
  `;
    for (const { name } of tables) {
      await warehouse.sql.unsafe(`alter table ${name} set (autovacuum_enabled = off)`);
    }
    await landBulk(warehouse, { leads: LEADS, cars: CARS, oneEventIn: 2 });
    await using plans = await watchPlans(warehouse, AS_IF_LARGE);
    if (plans === null) return;

    const faults = await findFaultsOfDays(warehouse, plans, () => Promise.resolve(new Map()));

    assert.deepEqual(faults, { nothing: [], few: [] });
  },
);

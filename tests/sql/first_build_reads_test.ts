// What the statements of a first build read, by their own plans: a statement that joins to the table it fills looks for
// each row among those that it puts in, which no count of rows shows, and takes longer with their square.
import assert from "node:assert/strict";
import { taskContext } from "../../bench/support/task_context.ts";
import { passChecks } from "../../lib/checks/gate.ts";
import { readConfig } from "../../lib/config.ts";
import { landBulk } from "../support/bulk_leads.ts";
import { type Statement, watchPlans } from "../support/plans.ts";
import { SQL_TASKS } from "../support/staged.ts";
import { testOnServer } from "../support/warehouses.ts";

const LEADS = 9_000;
const CARS = 9;
/** Fewer than what checks look for one by one, and more than a table that nobody has counted is taken to hold. */
const CLIENTS = 3_000;

/** A row that is written with all its indexes costs about so many; there are twice as many days as leads. */
const BLOCKS_OF_A_ROW = 15;

function findRepeatedReads(statements: readonly Statement[]): readonly string[] {
  const most = 2 * LEADS * BLOCKS_OF_A_ROW;
  return statements.flatMap(({ text, blocks, steps }) => {
    const rows = Math.max(0, ...steps.map(({ rowsRead }) => rowsRead));
    return [
      ...blocks > most ? [`${blocks} blocks: ${text.slice(0, 60)}`] : [],
      ...rows > most ? [`${rows} rows: ${text.slice(0, 60)}`] : [],
    ];
  });
}

testOnServer(
  "a first build and its checks look through no table for each row that is written",
  async (warehouse) => {
    await landBulk(warehouse, { leads: LEADS, cars: CARS, clients: CLIENTS, oneEventIn: LEADS });
    await using plans = await watchPlans(warehouse, {});
    if (plans === null) return;

    const repeated: string[] = [];
    const context = {
      ...taskContext(readConfig({}, { amo: false })),
      logicalDate: Temporal.PlainDate.from("2026-05-01"),
    };
    for (const task of SQL_TASKS) {
      const statements = await plans.watch(async (tx) => {
        const result = await task.write?.(tx, context, undefined) ?? { metrics: {} };
        await passChecks(tx, task.id, context, result);
      });
      repeated.push(...findRepeatedReads(statements));
    }

    assert.deepEqual(repeated, []);
    // What is looked for would be found.
    const filling = await plans.watch((tx) =>
      tx.unsafe(`
      create temporary table filled (id bigint) on commit drop;
      set local enable_hashjoin = off;
      set local enable_mergejoin = off;
      set local enable_material = off;
      insert into filled
      select id from stg.stg_leads cross join generate_series(1, 2)
      where not exists (select from filled where filled.id = stg_leads.id)
    `)
    );
    assert.match(findRepeatedReads(filling).join(), /^\d+ blocks:/);
  },
);

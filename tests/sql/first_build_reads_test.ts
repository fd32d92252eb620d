// What the statements of a first build read, by their own plans: a statement that joins to the table it fills looks for
// each row among those that it puts in, which no count of rows shows, and takes longer with their square.
import assert from "node:assert/strict";
import { taskParameters } from "../../lib/dag/sql_task.ts";
import { readConfig } from "../../lib/config.ts";
import { runSqlFiles } from "../../lib/warehouse/sql_file.ts";
import { landBulk } from "../support/bulk_leads.ts";
import { type Statement, watchPlans } from "../support/plans.ts";
import { filesOf, MERGES } from "../support/staged.ts";
import { testOnServer } from "../support/warehouses.ts";

const LEADS = 9_000;
const CARS = 9;

/** A row that is written with all its indexes costs about so many; there are twice as many days as leads. */
const BLOCKS_OF_A_ROW = 15;

const PARAMETERS = taskParameters({
  config: readConfig({}, { amo: false }),
  logicalDate: Temporal.PlainDate.from("2026-05-01"),
  runId: "00000000-0000-4000-8000-000000000001",
});

function findRepeatedReads(statements: readonly Statement[]): readonly string[] {
  return statements.filter(({ blocks }) => blocks > 2 * LEADS * BLOCKS_OF_A_ROW)
    .map(({ text, blocks }) => `${blocks} blocks: ${text.slice(0, 60)}`);
}

testOnServer(
  "a first build looks through no table for each row that it writes",
  async (warehouse) => {
    await landBulk(warehouse, { leads: LEADS, cars: CARS, oneEventIn: LEADS });
    await using plans = await watchPlans(warehouse, {});
    if (plans === null) return;

    const repeated: string[] = [];
    for (const merge of MERGES) {
      const statements = await plans.watch((tx) => runSqlFiles(tx, filesOf(merge), PARAMETERS));
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

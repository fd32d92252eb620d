import type { TransactionSql } from "postgres";
import { checkEverything } from "../../lib/checks/everything.ts";
import { type Check, readChecks } from "../../lib/checks/file.ts";
import { type CheckResult, runChecks } from "../../lib/checks/run.ts";
import { readConfig } from "../../lib/config.ts";
import { runSqlFile } from "../../lib/warehouse/sql_file.ts";
import { taskParameters } from "../../lib/dag/sql_task.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";

/** The logical date of what the checks of a test look at. */
const DATE = "2026-05-03";

/** An offender as [table, id, detail]. */
export type Found = readonly [string, string, string];

/** Runs one check over every record of all its tables. */
export async function findOffenders(
  warehouse: Warehouse,
  name: string,
  logicalDate: string = DATE,
): Promise<readonly Found[]> {
  const results = await checkEverything(
    warehouse,
    [await findCheck(name)],
    { config: readConfig({}, { amo: false }), logicalDate: Temporal.PlainDate.from(logicalDate) },
    10,
  );
  return results.flatMap(toFound);
}

/** The same for one table and what `spoil` does, which is then rolled back, down to a dropped constraint. */
export async function findAfter(
  { sql }: Warehouse,
  name: string,
  table: string,
  spoil: (tx: TransactionSql) => Promise<unknown>,
): Promise<readonly Found[]> {
  const seen = new Error("Enough seen");
  let found: readonly Found[] = [];
  try {
    await sql.begin(async (tx) => {
      await spoil(tx);
      await scopeHistory(tx);
      found = (await runChecks(tx, [{ check: await findCheck(name), table }])).flatMap(toFound);
      throw seen;
    });
  } catch (error) {
    if (error !== seen) throw error;
  }
  return found;
}

async function scopeHistory(tx: TransactionSql): Promise<void> {
  await runSqlFile(tx, "ops/scope_changes.sql", {
    ...taskParameters({
      config: readConfig({}, { amo: false }),
      logicalDate: Temporal.PlainDate.from(DATE),
      runId: crypto.randomUUID(),
    }),
    rows_read: "",
    is_partial_read: "false",
  });
  await tx`insert into changed_leads select distinct id from ods.ods_leads_hist`;
  await tx`insert into changed_clients select distinct id from ods.ods_clients_hist`;
  await tx`insert into changed_cars select distinct id from ods.ods_cars_hist`;
}

async function findCheck(name: string): Promise<Check> {
  const check = (await readChecks()).find((one) => one.name === name);
  if (!check) throw new Error(`Expected a check ${name}`);
  return check;
}

function toFound({ table, sample }: CheckResult): Found[] {
  return sample.map(({ id, detail }) => [table, id, detail]);
}

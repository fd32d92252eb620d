import assert from "node:assert/strict";
import type { TransactionSql } from "postgres";
import { checkEverything } from "../../lib/checks/everything.ts";
import { type Check, readChecks } from "../../lib/checks/file.ts";
import { type CheckResult, type DueCheck, runChecks } from "../../lib/checks/run.ts";
import { scopeChanges, scopeSuspects } from "../../lib/checks/scope.ts";
import { readConfig } from "../../lib/config.ts";
import { taskParameters } from "../../lib/dag/sql_task.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";

/** The logical date of what the checks of a test look at. */
const DATE = "2026-05-03";

/** An offender as [table, id, detail]. */
export type Found = readonly [string, string, string];

/** Runs one check over every record of all its tables; where a scope bounds it, it must find nothing without one. */
export async function findOffenders(
  warehouse: Warehouse,
  name: string,
  logicalDate: string = DATE,
): Promise<readonly Found[]> {
  await findNothingWhereNothingChanged(warehouse, name);
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
      const check = await findCheck(name);
      await scopeNothing(tx, [{ check, table }]);
      if (check.scopes.length > 0) await findNothing(tx, check, table);
      await changeHistory(tx);
      await tx`drop table if exists history_versions, newest_sights`;
      await scopeSuspects(tx, [{ check, table }]);
      found = (await runChecks(tx, [{ check, table }])).flatMap(toFound);
      throw seen;
    });
  } catch (error) {
    if (error !== seen) throw error;
  }
  return found;
}

/** A run whose task changed nothing skips a check that a scope bounds: it must have nothing to say then. */
async function findNothingWhereNothingChanged({ sql }: Warehouse, name: string): Promise<void> {
  const check = await findCheck(name);
  if (check.scopes.length === 0) return;
  await sql.begin(async (tx) => {
    await scopeNothing(tx, check.tables.map(({ table }) => ({ check, table })));
    for (const { table } of check.tables) await findNothing(tx, check, table);
  });
}

async function findNothing(tx: TransactionSql, check: Check, table: string): Promise<void> {
  await tx`drop table if exists history_versions, newest_sights`;
  await scopeSuspects(tx, [{ check, table }]);
  const found = (await runChecks(tx, [{ check, table }])).flatMap(toFound);
  assert.deepEqual(found, [], `${check.name} looks beyond its scope`);
}

async function scopeNothing(tx: TransactionSql, due: readonly DueCheck[]): Promise<void> {
  await scopeChanges(tx, due, {
    ...taskParameters({
      config: readConfig({}, { amo: false }),
      logicalDate: Temporal.PlainDate.from(DATE),
      runId: crypto.randomUUID(),
    }),
    rows_read: "",
    is_partial_read: "false",
  });
}

async function changeHistory(tx: TransactionSql): Promise<void> {
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

// What the checks of a day cost beside the merges whose rows they look at, and what each costs over everything, with
// 200,000 leads, 400 cars and 9,000 clients in the warehouse, 200 leads of which change.
//
//     deno task bench checks --leads 200000 --changed 200     (TEST_PG_* names the server, else its own)

import { basename } from "node:path";
import type { TransactionSql } from "postgres";
import { type Check, readChecks } from "../lib/checks/file.ts";
import { isIdle } from "../lib/checks/gate.ts";
import { type DueCheck, listDue, runChecks } from "../lib/checks/run.ts";
import { scopeChanges, scopeSuspects } from "../lib/checks/scope.ts";
import { readConfig } from "../lib/config.ts";
import { taskParameters } from "../lib/dag/sql_task.ts";
import { migrate } from "../lib/warehouse/migrations.ts";
import { openServer } from "../lib/warehouse/open.ts";
import { runSqlFile, runSqlFiles } from "../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../lib/warehouse/warehouse.ts";
import { filesOf, MERGES } from "../tests/support/staged.ts";
import { openBenchServer } from "./support/bench_server.ts";
import { type BenchTable, handOver } from "./support/bench_table.ts";
import { landBusiness, landChanges } from "./support/rental_history.ts";
import { readSize } from "./support/warehouse_size.ts";

const PARAMETERS = {
  ...taskParameters({
    config: readConfig({}, { amo: false }),
    logicalDate: Temporal.PlainDate.from("2026-05-03"),
    runId: crypto.randomUUID(),
  }),
  rows_read: "",
  is_partial_read: "false",
};

/** Milliseconds of one check on one table. */
type Costs = Map<string, number>;

/** The milliseconds of each merge and its checks, and of each check over everything. */
export async function benchChecks(leads: number, changed: number): Promise<BenchTable[]> {
  await using server = await openBenchServer("checks_bench");
  await using warehouse = await openServer({ ...server.pg, sslmode: "disable" });
  await migrate(warehouse);
  const checks = await readChecks();
  console.error(`Building the warehouse of ${leads.toLocaleString("en")} leads…`);
  await landBusiness(warehouse, leads);
  await runDay(warehouse, []);
  await warehouse.sql`vacuum analyze`;
  await landChanges(warehouse, leads, changed);
  const { daily, merges } = await runDay(warehouse, checks);
  const byHand = await measureEverything(warehouse, checks);
  return [toMerges(leads, changed, merges, daily), toChecks(daily, byHand)];
}

/** Runs every merge of a day, each with its checks in the same transaction. */
async function runDay(
  { sql }: Warehouse,
  checks: readonly Check[],
): Promise<{ readonly daily: Costs; readonly merges: Costs }> {
  const daily: Costs = new Map();
  const merges: Costs = new Map();
  for (const path of MERGES) {
    const task = basename(path, ".sql");
    await sql.begin(async (tx) => {
      merges.set(task, await time(() => runSqlFiles(tx, filesOf(path), PARAMETERS)));
      const all = listDue(checks, task);
      const changed = await scopeChanges(tx, all, PARAMETERS);
      // As the gate does, which looks at nothing where nothing changed.
      const due = all.filter(({ check }) => !isIdle(check, changed));
      await scopeSuspects(tx, due);
      await timeChecks(tx, due, daily);
    });
  }
  return { daily, merges };
}

async function timeChecks(
  tx: TransactionSql,
  due: readonly DueCheck[],
  costs: Costs,
): Promise<void> {
  for (const { check, table } of due) {
    costs.set(`${check.name} ${table}`, await time(() => runChecks(tx, [{ check, table }])));
  }
}

/** The same as `checkEverything`, with the milliseconds of each check. */
async function measureEverything({ sql }: Warehouse, checks: readonly Check[]): Promise<Costs> {
  const costs: Costs = new Map();
  await sql.begin(async (tx) => {
    const due = listDue(checks);
    const scope = async () => {
      await runSqlFile(tx, "ops/scope_everything.sql", PARAMETERS);
      await scopeSuspects(tx, due);
    };
    costs.set("(naming every record)", await time(scope));
    await timeChecks(tx, due, costs);
  });
  return costs;
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function toMerges(leads: number, changed: number, merges: Costs, daily: Costs): BenchTable {
  const [all, checked] = [merges, daily].map(sumOf);
  return {
    title: `Checks of a day with ${changed.toLocaleString("en")} changed of ${
      leads.toLocaleString("en")
    } leads`,
    head: ["", "share of the merges, %", "ms"],
    rows: [
      ["all checks", percent(checked, all), formatMs(checked)],
      ["all merges", "100", formatMs(all)],
      ...[...merges].map(([task, ms]) => [task, percent(ms, all), formatMs(ms)]),
    ],
    notes: ["Baseline: the merges whose rows they look at."],
  };
}

function toChecks(daily: Costs, byHand: Costs): BenchTable {
  return {
    title: "Milliseconds of each check",
    head: ["check and table", "of a day", "over everything"],
    rows: [...byHand].map(([name, ms]) => {
      const dailyMs = daily.get(name);
      return [name, dailyMs === undefined ? "-" : formatMs(dailyMs), formatMs(ms)];
    }),
  };
}

function sumOf(costs: Costs): number {
  return [...costs.values()].reduce((a, b) => a + b, 0);
}

function percent(part: number = 0, whole: number = 0): string {
  return (100 * part / whole).toFixed(0);
}

function formatMs(ms: number = 0): string {
  return ms.toFixed(0);
}

if (import.meta.main) {
  const { leads, changed, json } = readSize("checks_bench", 200);
  handOver(await benchChecks(leads, changed), { json });
}

// What the checks of a day cost beside the merges whose rows they look at, and what each costs over everything, with
// 200,000 leads, 400 cars and 9,000 clients in the warehouse, 200 leads of which change.
//
//     deno run -A bench/checks_bench.ts --leads 200000 --changed 200     (TEST_PG_* names the server, else its own)

import { Command } from "commander";
import { basename } from "node:path";
import type { TransactionSql } from "postgres";
import { type Check, readChecks } from "../lib/checks/file.ts";
import { type DueCheck, runChecks } from "../lib/checks/run.ts";
import { scopeHistory } from "../lib/checks/scope.ts";
import { readConfig } from "../lib/config.ts";
import { taskParameters } from "../lib/dag/sql_task.ts";
import { migrate } from "../lib/warehouse/migrations.ts";
import { openServer } from "../lib/warehouse/open.ts";
import { runSqlFile, runSqlFiles, setParameters } from "../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../lib/warehouse/warehouse.ts";
import { filesOf, MERGES } from "../tests/support/staged.ts";
import { openBenchServer } from "./support/bench_server.ts";
import { landBusiness, landChanges } from "./support/rental_history.ts";

const PARAMETERS = {
  ...taskParameters({
    config: readConfig({}, { amo: false }),
    logicalDate: Temporal.PlainDate.from("2026-05-03"),
    runId: crypto.randomUUID(),
  }),
  rows_read: "",
};

/** Milliseconds of one check on one table. */
type Costs = Map<string, number>;

/** Prints the milliseconds of each merge and its checks, and of each check over everything. */
export async function benchChecks(leads: number, changed: number): Promise<void> {
  await using server = await openBenchServer("checks_bench");
  await using warehouse = await openServer({ ...server.pg, sslmode: "disable" });
  await migrate(warehouse);
  const checks = await readChecks();
  console.log(`Building the warehouse of ${leads.toLocaleString("en")} leads…`);
  await landBusiness(warehouse, leads);
  await runDay(warehouse, []);
  await warehouse.sql`vacuum analyze`;
  await landChanges(warehouse, leads, changed);
  const { daily, merges } = await runDay(warehouse, checks);
  const byHand = await measureEverything(warehouse, checks);
  report(changed, merges, daily, byHand);
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
      await runSqlFile(tx, "ops/scope_changes.sql", PARAMETERS);
      await scopeHistory(tx, dueAfter(task, checks));
      await timeChecks(tx, task, checks, daily);
    });
  }
  return { daily, merges };
}

async function timeChecks(
  tx: TransactionSql,
  task: string,
  checks: readonly Check[],
  costs: Costs,
): Promise<void> {
  for (const { check, table } of dueAfter(task, checks)) {
    costs.set(`${check.name} ${table}`, await time(() => runChecks(tx, [{ check, table }])));
  }
}

function dueAfter(taskId: string, checks: readonly Check[]): readonly DueCheck[] {
  return checks.flatMap((check) =>
    check.tables.filter(({ task }) => task === taskId).map(({ table }) => ({ check, table }))
  );
}

/** The same as `checkEverything`, with the milliseconds of each check. */
async function measureEverything({ sql }: Warehouse, checks: readonly Check[]): Promise<Costs> {
  const costs: Costs = new Map();
  await sql.begin(async (tx) => {
    const due = checks.flatMap((check) => check.tables.map(({ table }) => ({ check, table })));
    const scope = async () => {
      await runSqlFile(tx, "ops/scope_everything.sql");
      await scopeHistory(tx, due);
    };
    costs.set("(naming every record)", await time(scope));
    await setParameters(tx, PARAMETERS);
    for (const check of checks) {
      for (const { table } of check.tables) {
        costs.set(`${check.name} ${table}`, await time(() => runChecks(tx, [{ check, table }])));
      }
    }
  });
  return costs;
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function report(changed: number, merges: Costs, daily: Costs, byHand: Costs): void {
  console.log(`A day with ${changed.toLocaleString("en")} changed leads:`);
  for (const [task, ms] of merges) console.log(`  ${task.padEnd(56)} ${formatMs(ms)}`);
  const [all, checked] = [merges, daily].map((costs) =>
    [...costs.values()].reduce((a, b) => a + b)
  );
  console.log(`  ${"all merges".padEnd(56)} ${formatMs(all ?? 0)}`);
  console.log(`  ${"all checks".padEnd(56)} ${formatMs(checked ?? 0)}`);
  console.log(`\n${"check and table".padEnd(58)} ${"daily".padStart(9)} ${"by hand".padStart(10)}`);
  for (const [name, ms] of byHand) {
    const dailyMs = daily.get(name);
    console.log(
      `${name.padEnd(57)} ${dailyMs === undefined ? "         -" : formatMs(dailyMs)} ${
        formatMs(ms)
      }`,
    );
  }
}

function formatMs(ms: number): string {
  return `${ms.toFixed(0).padStart(7)} ms`;
}

if (import.meta.main) {
  const { leads, changed } = new Command("checks_bench")
    .option("--leads <count>", "leads in the warehouse", Number, 200_000)
    .option("--changed <count>", "leads that changed", Number, 200)
    .parse(Deno.args, { from: "user" })
    .opts<{ readonly leads: number; readonly changed: number }>();
  await benchChecks(leads, changed);
}

// What the pages of the site cost, asked through HTTP of a server with five years of a rental business: the median
// and the slow tenth of each, how much of it is SQL and how much rendering, against the budgets of the site (100 ms,
// and 1 s for a page of an earlier state). Kept databases need a server in TEST_PG_*; without one it starts its own.
//
//     deno task bench site --leads 1000000 --rounds 15 --keep site_bench --statements

import { Command } from "commander";
import { readConfig } from "../lib/config.ts";
import { targetOf, taskParameters } from "../lib/dag/sql_task.ts";
import { createPages } from "../lib/dashboard/pages/pages.ts";
import { type ServedSite, serveSite } from "../lib/dashboard/serve.ts";
import { readSqlTexts } from "../lib/lineage/files.ts";
import { migrate } from "../lib/warehouse/migrations.ts";
import { openServer } from "../lib/warehouse/open.ts";
import { runSqlFiles } from "../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../lib/warehouse/warehouse.ts";
import { dags } from "../pipeline/daily.ts";
import { dag as buildMarts } from "../pipeline/daily_build_dm.ts";
import { filesOf, MERGES } from "../tests/support/staged.ts";
import { openBenchServer } from "./support/bench_server.ts";
import { type BenchTable, handOver } from "./support/bench_table.ts";
import { medianOf, quantileOf } from "./support/quantiles.ts";
import { processorMs } from "./support/processor.ts";
import { landLivedFleet, logMonth } from "./support/lived_fleet.ts";
import { type TimedWarehouse, timeWarehouse } from "./support/timed_warehouse.ts";

const PRESENT_BUDGET_MS = 100;
const AS_OF_BUDGET_MS = 1000;
const WARM_UPS = 2;
/** So that what is far too slow is measured, not cut. */
const TIMEOUT_MS = 120_000;

const config = readConfig({ UI_LANG: "en" }, { amo: false });
const today = Temporal.Now.plainDateISO(config.businessTz);

interface Flags {
  readonly leads: number;
  readonly cars?: number;
  readonly rounds: number;
  readonly keep?: string;
  readonly only?: string;
  readonly statements?: boolean;
  readonly json?: boolean;
}

/** The cost of every page, and how many are over their budget or could not be read. */
export async function benchSite(flags: Flags): Promise<{ table: BenchTable; over: number }> {
  const { leads, keep, rounds, only = "", cars = Math.max(50, Math.round(leads / 1000)) } = flags;
  await using server = await openBenchServer("site_bench", { kept: keep });
  await using warehouse = await openServer({ ...server.pg, sslmode: "disable" });
  await migrate(warehouse);
  if (!await isBuilt(warehouse)) await build(warehouse, leads, cars);
  const timed = timeWarehouse(warehouse);
  const texts = new Map((await readSqlTexts()).map(({ path, text }) => [text, path]));
  await using site = await serve(timed.warehouse);
  const [{ found = 0, days = 0 } = {}] = await warehouse.sql`
    select
      (select count(*) from dds.fact_rentals)::integer as found,
      (select count(*) from dds.fact_fleet_usage_day)::integer as days
  `;
  const rows: string[][] = [];
  let over = 0;
  for (const path of pathsOf(leads).filter((one) => one.includes(only))) {
    const cost = await measure(warehouse, site, timed, path, rounds);
    const budgetMs = path.includes("as_of=") ? AS_OF_BUDGET_MS : PRESENT_BUDGET_MS;
    const row = describe(path, cost, budgetMs);
    console.error(row.join("  "));
    rows.push(row);
    if (flags.statements) printStatements(cost, texts);
    if (cost.status !== 200 || medianOf(cost.totals) > budgetMs) over++;
  }
  const table = {
    title: `The pages of ${count(found)} leads and ${count(days)} days of ${count(cars)} cars`,
    head: [
      ...["page", "of budget", "SQL", "rendering", "median", "p90", "wanted"],
      ...["SQL's processor", "rendering's", "size"],
    ],
    rows,
    notes: [
      `Asked through HTTP on the machine of the server, ${rounds} times each after ${WARM_UPS} that are not counted.`,
      "The processor is the time that it worked for a page, which other work on the machine does not lengthen.",
      `SQL and rendering are shares of the median. Over what is wanted: ${over} of ${rows.length}.`,
    ],
  };
  return { table, over };
}

async function isBuilt({ sql }: Warehouse): Promise<boolean> {
  return (await sql`select from dm.build`).length > 0;
}

async function build(warehouse: Warehouse, leads: number, cars: number): Promise<void> {
  const { sql } = warehouse;
  const clients = Math.max(100, Math.round(leads / 5));
  const started = performance.now();
  const tell = (what: string) =>
    console.error(`  ${what} after ${Math.round((performance.now() - started) / 1000)} s`);
  await landLivedFleet(warehouse, { leads, cars, clients, today });
  await logMonth(warehouse, dags, today);
  await sql`analyze`;
  tell("landed");
  const parameters = taskParameters({ config, logicalDate: today, runId: crypto.randomUUID() });
  for (const path of MERGES) {
    await sql.begin((tx) => runSqlFiles(tx, filesOf(path), parameters));
    await sql`analyze`;
  }
  tell("facts built");
  for (const { id, sqlFiles = [] } of buildMarts.tasks) {
    await sql.begin((tx) => runSqlFiles(tx, sqlFiles, { ...parameters, target: targetOf(id) }));
  }
  await sql`vacuum analyze`;
  tell("marts built");
}

function serve(warehouse: Warehouse): ServedSite {
  const { freshnessHours } = config;
  return serveSite({
    config,
    warehouse,
    dags,
    pages: createPages({ dags, silentAfterS: 30, logDir: null, freshnessHours }),
    port: 0,
    statementTimeoutMs: TIMEOUT_MS,
    pageTimeoutMs: TIMEOUT_MS,
  });
}

/** Every page, with its usual period, a car, a model, five years, both, and as things stood 40 and 400 days ago. */
function pathsOf(leads: number): readonly string[] {
  const fiveYears = `from=${today.subtract({ years: 5 })}&to=${today}`;
  const figures = ["/calendar", "/fleet", "/money"];
  const lead = Math.floor(leads / 2 / 5) * 5;
  return [
    "/",
    ...figures.flatMap((
      path,
    ) => [
      ...[path, `${path}?car=7`, `${path}?model=Model%207`, `${path}?${fiveYears}`],
      ...[`${path}?car=7&${fiveYears}`, `${path}?model=Model%207&${fiveYears}`],
    ]),
    ...["/funnel", "/clients"].flatMap((path) => [path, `${path}?${fiveYears}`]),
    `/history/lead/${lead}`,
    "/history/car/7",
    "/history/client/7",
    "/runs",
    `/runs/${buildMarts.id}/${today}`,
    "/data",
    ...[40, 400].flatMap((days) => {
      const asOf = `as_of=${today.subtract({ days })}`;
      return ["/", ...figures].map((path) => `${path}?${asOf}`);
    }),
    ...figures.flatMap((path) =>
      ["car=7", "model=Model%207", fiveYears, `model=Model%207&${fiveYears}`].map((more) =>
        `${path}?as_of=${today.subtract({ days: 40 })}&${more}`
      )
    ),
  ];
}

interface Cost {
  readonly status: number;
  readonly characters: number;
  readonly totals: readonly number[];
  /** In the order of the totals. */
  readonly sql: readonly number[];
  /** The times of each statement by its text. */
  readonly statements: ReadonlyMap<string, readonly number[]>;
  readonly processor: ProcessorMs;
}

/** How long the processor worked for one page, in milliseconds; NaN where the server is on another machine. */
interface ProcessorMs {
  readonly sql: number;
  readonly rendering: number;
}

async function measure(
  warehouse: Warehouse,
  site: ServedSite,
  timed: TimedWarehouse,
  path: string,
  rounds: number,
): Promise<Cost> {
  const totals: number[] = [];
  const sql: number[] = [];
  const statements = new Map<string, number[]>();
  let last = { status: 0, characters: 0 };
  let before: ProcessorMs = { sql: NaN, rendering: NaN };
  for (let round = -WARM_UPS; round < rounds; round++) {
    if (round === 0) before = await readProcessor(warehouse);
    timed.take();
    const started = performance.now();
    const answer = await fetch(site.url + path);
    last = { status: answer.status, characters: (await answer.text()).length };
    const ms = performance.now() - started;
    const taken = timed.take();
    if (round < 0) continue;
    totals.push(ms);
    sql.push(taken.totalMs);
    for (const { text, ms: one } of taken.statements) {
      statements.set(text, [...statements.get(text) ?? [], one]);
    }
    if (last.status !== 200) break;
  }
  const after = await readProcessor(warehouse);
  const processor = {
    sql: (after.sql - before.sql) / totals.length,
    rendering: (after.rendering - before.rendering) / totals.length,
  };
  return { ...last, totals, sql, statements, processor };
}

/** What the sessions of the server and this program have worked so far. */
async function readProcessor({ sql }: Warehouse): Promise<ProcessorMs> {
  const rows = await sql<{ pid: number }[]>`
    select pid from pg_stat_activity where datname = current_database()
  `;
  const sessions = await Promise.all(rows.map(({ pid }) => processorMs(pid)));
  return {
    sql: sessions.reduce((sum, one) => sum + one, 0),
    rendering: await processorMs(Deno.pid),
  };
}

function describe(path: string, cost: Cost, budgetMs: number): string[] {
  if (cost.status !== 200) {
    return [path, `status ${cost.status}`, "", "", "", "", ms(budgetMs), "", "", ""];
  }
  const median = medianOf(cost.totals);
  const sql = medianOf(cost.sql) / median;
  return [
    path,
    (median / budgetMs).toFixed(2),
    percent(sql),
    percent(1 - sql),
    ms(median),
    ms(quantileOf(cost.totals, 0.9)),
    ms(budgetMs),
    ms(cost.processor.sql),
    ms(cost.processor.rendering),
    `${Math.round(cost.characters / 1000)} KB`,
  ];
}

/** The statements of a page that take longest, by their files. */
function printStatements({ statements, totals }: Cost, texts: ReadonlyMap<string, string>): void {
  const sums = [...statements].map(([text, times]) => ({
    name: texts.get(text) ?? text.trim().slice(0, 60),
    times: times.length / totals.length,
    ms: times.reduce((sum, one) => sum + one, 0) / totals.length,
  }));
  for (const { name, times, ms: one } of sums.sort((a, b) => b.ms - a.ms).slice(0, 6)) {
    console.error(`      ${one.toFixed(1).padStart(8)} ms  ${times} x ${name}`);
  }
}

const count = (value: number) => value.toLocaleString("en");
const ms = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const percent = (share: number) => `${Math.round(share * 100)} %`;

if (import.meta.main) {
  const flags = new Command("site_bench")
    .option("--leads <count>", "leads in the warehouse", Number, 50_000)
    .option("--cars <count>", "cars of the fleet (default: one for 1,000 leads)", Number)
    .option("--rounds <count>", "how often each page is asked for", Number, 15)
    .option("--keep <database>", "keep that database, and measure it as it is where it is there")
    .option("--only <text>", "only addresses that contain it")
    .option("--statements", "the slowest statements of each page too")
    .option("--json", "only the figures, as one line of JSON")
    .parse(Deno.args, { from: "user" })
    .opts<Flags>();
  const { table, over } = await benchSite(flags);
  handOver([table], flags);
  Deno.exit(over === 0 || flags.json ? 0 : 1);
}

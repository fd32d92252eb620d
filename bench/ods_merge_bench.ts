// How fast merge_ods_leads takes 5,000 changed leads into a history of 200,000, against the same merge done by
// full comparison: the same file over every lead, as if nothing were known about what has landed since.
//
//     deno task bench ods_merge --leads 200000 --changed 5000     (TEST_PG_* names the server, else its own)

import type { TransactionSql } from "postgres";
import { migrate } from "../lib/warehouse/migrations.ts";
import { openServer } from "../lib/warehouse/open.ts";
import { runSqlFiles } from "../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../lib/warehouse/warehouse.ts";
import { filesOf } from "../tests/support/staged.ts";
import { openBenchServer } from "./support/bench_server.ts";
import { type BenchTable, handOver } from "./support/bench_table.ts";
import { medianOf } from "./support/quantiles.ts";
import { readSize } from "./support/warehouse_size.ts";

const ROUNDS = 3;
const COPIES = 3;

/** Seconds of both, each the median of three rounds, and their ratio. */
export async function benchOdsMerge(leads: number, changed: number): Promise<BenchTable> {
  await using server = await openBenchServer("ods_merge_bench");
  await using warehouse = await openServer({ ...server.pg, sslmode: "disable" });
  await migrate(warehouse);
  console.error(`Landing ${COPIES} copies of each of ${leads.toLocaleString("en")} leads…`);
  for (let copy = 0; copy < COPIES; copy++) await landCopies(warehouse, copy, 1, leads);
  await warehouse.sql.begin(merge);
  const every = Math.floor(leads / changed);
  await landCopies(warehouse, COPIES, every, changed * every);
  await warehouse.sql`vacuum analyze stg.stg_leads`;
  await warehouse.sql`vacuum analyze ods.ods_leads_hist`;

  const increments: Round[] = [];
  const comparisons: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    increments.push(await measure(warehouse, merge));
    comparisons.push(
      await measure(warehouse, async (tx) => {
        await tx`update ops.watermark set position = 0 where name = 'ods.ods_leads_hist'`;
        return await merge(tx);
      }),
    );
  }
  for (const { written, history } of [...increments, ...comparisons]) {
    if (written !== 2 * changed || history !== increments[0]?.history) {
      throw new Error(`Cannot compare: a merge wrote ${written} rows, expected ${2 * changed}`);
    }
  }
  return toTable(leads, changed, medianSeconds(increments), medianSeconds(comparisons));
}

interface Round {
  readonly seconds: number;
  readonly written: unknown;
  /** What the history is afterwards. */
  readonly history: string;
}

/** Runs a merge, times it, and rolls it back, so that every round meets the same history. */
async function measure(
  { sql }: Warehouse,
  run: (tx: TransactionSql) => Promise<Awaited<ReturnType<typeof merge>>>,
): Promise<Round> {
  const rollback = new Error("Measured");
  let round: Round | undefined;
  await sql`checkpoint`;
  try {
    await sql.begin(async (tx) => {
      const started = performance.now();
      const { rows_written: written } = await run(tx);
      const seconds = (performance.now() - started) / 1000;
      const [row] = await tx`
        select count(*) || ' ' || sum(hashtextextended((to_jsonb(h) - 'load_date')::text, 0)) as history
        from ods.ods_leads_hist as h
      `;
      round = { seconds, written, history: String(row?.history) };
      throw rollback;
    });
  } catch (error) {
    if (error !== rollback) throw error;
  }
  if (!round) throw new Error("Cannot report: nothing was measured");
  return round;
}

function merge(tx: TransactionSql) {
  return runSqlFiles(tx, filesOf("ods/merge_ods_leads.sql"), { logical_date: "2026-05-03" });
}

/** Lands copy number `copy` of the leads `step`, 2 x `step`, … up to `last`, each with a changed price. */
async function landCopies(
  { sql }: Warehouse,
  copy: number,
  step: number,
  last: number,
): Promise<void> {
  await sql`
    insert into stg.stg_leads (
      id, pipeline_id, status_id, name, model, plate, client_name, license, budget, dailyrate,
      rental_start, rental_end, created_at, updated_at, payload, row_hash, observed_at, run_id, load_date
    )
    select
      id, 10, 1 + ${copy}::integer, 'Rental ' || id, 'Model ' || id % 12, 'A ' || id % 400,
      'Client ' || id % 9000, 'L ' || id % 9000, 100 + id % 900 + ${copy}::integer, 99.5,
      '2026-05-01Z'::timestamptz + id % 365 * interval '1 day',
      '2026-05-04Z'::timestamptz + id % 365 * interval '1 day',
      '2026-04-01Z', '2026-05-01Z'::timestamptz + ${copy}::integer * interval '1 day',
      jsonb_build_object('id', id, 'name', 'Rental ' || id, 'price', 100 + id % 900 + ${copy}::integer),
      md5(id || ' ' || ${copy}::integer), '2026-05-01Z'::timestamptz + ${copy}::integer * interval '1 day',
      '00000000-0000-4000-8000-000000000001', '2026-05-01'
    from generate_series(${step}::bigint, ${last}::bigint, ${step}::bigint) as ids (id)
  `;
}

function medianSeconds(rounds: readonly Round[]): number {
  return medianOf(rounds.map(({ seconds }) => seconds));
}

function toTable(
  leads: number,
  changed: number,
  increment: number,
  comparison: number,
): BenchTable {
  const count = (value: number) => value.toLocaleString("en");
  return {
    title: `${count(changed)} changed leads into a history of ${count(leads)} with ${
      count(leads * COPIES)
    } versions`,
    head: ["", "ratio", "seconds"],
    rows: [
      ["merge_ods_leads", (increment / comparison).toFixed(3), increment.toFixed(2)],
      ["the same over every lead", "1", comparison.toFixed(2)],
    ],
    notes: [
      "Baseline: the same merge as if nothing were known about what has landed since; both write the same rows.",
      `Medians of ${ROUNDS} rounds that are rolled back.`,
    ],
  };
}

if (import.meta.main) {
  const { leads, changed, json } = readSize("ods_merge_bench", 5_000);
  handOver([await benchOdsMerge(leads, changed)], { json });
}

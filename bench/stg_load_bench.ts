// How fast load_leads lands rows in STG on a PostgreSQL server, against psql's \copy of the very same rows into
// a table with the same keys and indexes. load_leads also reads, parses, hashes and checks every record.
//
//     deno task bench stg_load --leads 20000        (TEST_PG_* names the server, else its own)

import { Command } from "commander";
import { join } from "node:path";
import { readConfig } from "../lib/config.ts";
import { createSnapshot } from "../lib/landing/snapshot.ts";
import { stageSnapshot } from "../lib/landing/staging.ts";
import { migrate } from "../lib/warehouse/migrations.ts";
import { openServer } from "../lib/warehouse/open.ts";
import type { Warehouse } from "../lib/warehouse/warehouse.ts";
import { openBenchServer } from "./support/bench_server.ts";
import { type BenchTable, handOver } from "./support/bench_table.ts";
import { medianOf } from "./support/quantiles.ts";
import { taskContext } from "./support/task_context.ts";

const ROUNDS = 3;
const PAGE_SIZE = 250;
const FIRST_SECOND = 1_700_000_000;
const COPIED_COLUMNS = [
  ...["id", "pipeline_id", "status_id", "responsible_user_id", "loss_reason_id", "car_element_id"],
  ...[
    "client_element_id",
    "name",
    "model",
    "plate",
    "client_name",
    "license",
    "budget",
    "dailyrate",
  ],
  ...["is_deleted", "deleted_by", "rental_start", "rental_end", "closed_at", "created_at"],
  ...["updated_at", "payload", "row_hash", "observed_at", "run_id", "load_date"],
].join(", ");

/** Seconds that landing may take of those of \copy. */
const WANTED = 1.5;

/** Both in seconds, each the median of three rounds that take turns, and their ratio. */
export async function benchStgLoad(rows: number): Promise<BenchTable[]> {
  await using server = await openBenchServer("stg_load_bench");
  await using warehouse = await openServer({ ...server.pg, sslmode: "disable" });
  await migrate(warehouse);
  await warehouse.sql`create table stg.copied_leads (like stg.stg_leads including all)`;
  const folder = await Deno.makeTempDir({ prefix: "rental_bench_" });
  try {
    const snapshot = await writeLeads(folder, rows);
    const file = join(folder, "leads.copy");
    const loads: number[] = [];
    const copies: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await warehouse.sql`truncate stg.stg_leads, stg.copied_leads`;
      await warehouse.sql`checkpoint`;
      loads.push(await secondsOf(() => load(warehouse, folder, snapshot, rows)));
      if (round === 0) await server.psql(`\\copy stg.stg_leads (${COPIED_COLUMNS}) to '${file}'`);
      await warehouse.sql`checkpoint`;
      copies.push(
        await secondsOf(() =>
          server.psql(`\\copy stg.copied_leads (${COPIED_COLUMNS}) from '${file}'`)
        ),
      );
    }
    return [toTable(rows, medianOf(loads), medianOf(copies))];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function load(
  warehouse: Warehouse,
  dataDir: string,
  snapshot: string,
  rows: number,
): Promise<void> {
  const context = taskContext(readConfig({ DATA_DIR: dataDir }, { amo: false }));
  const { rowsWritten } = await warehouse.sql.begin((tx) =>
    stageSnapshot(tx, context, "leads", snapshot)
  );
  if (rowsWritten !== rows) throw new Error(`Landed ${rowsWritten} rows, expected ${rows}`);
}

const FIELDS = [
  "model",
  "plate",
  "dailyrate",
  "client_name",
  "license",
  "rental_start",
  "rental_end",
];

async function writeLeads(dataDir: string, rows: number): Promise<string> {
  await using snapshot = await createSnapshot({
    dataDir,
    entity: "leads",
    date: "2026-05-03",
    runId: crypto.randomUUID(),
  });
  const at = Temporal.Instant.from("2026-05-03T00:00:00Z");
  for (let start = 0; start < rows; start += PAGE_SIZE) {
    const count = Math.min(PAGE_SIZE, rows - start);
    await snapshot.write(Array.from({ length: count }, (_, i) => toLead(start + i)), at);
  }
  return await snapshot.finish({
    entity: "leads",
    accountTimeZone: "Asia/Dubai",
    upperBound: at.toString(),
    fields: Object.fromEntries(
      FIELDS.map((column, i) => [column, { id: i + 1, type: i < 5 ? "text" : "date" }]),
    ),
    carsCatalogId: 50,
    clientsCatalogId: 60,
  });
}

/** A lead with all that a real one carries. */
function toLead(i: number) {
  const day = FIRST_SECOND + (i % 700) * 86_400;
  const values = [
    `Model ${i % 12}`,
    `A ${i % 40}`,
    "350",
    `Client ${i}`,
    `DL-${i}`,
    day,
    day + 86_400,
  ];
  return {
    id: 1_000_000 + i,
    name: `Lead ${i}`,
    price: 700,
    responsible_user_id: 9,
    group_id: 0,
    status_id: 142,
    pipeline_id: 10,
    loss_reason_id: null,
    created_by: 9,
    updated_by: 9,
    created_at: FIRST_SECOND + i,
    updated_at: FIRST_SECOND + 2 * i,
    closed_at: FIRST_SECOND + 2 * i,
    closest_task_at: null,
    is_deleted: false,
    custom_fields_values: values.map((value, n) => ({
      field_id: n + 1,
      field_name: FIELDS[n],
      field_code: null,
      field_type: n < 5 ? "text" : "date",
      values: [{ value }],
    })),
    score: null,
    account_id: 1,
    labor_cost: null,
    _links: { self: { href: `https://bench.amocrm.ru/api/v4/leads/${i}?page=1&limit=250` } },
    _embedded: { tags: [], companies: [], catalog_elements: [] },
  };
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

function toTable(rows: number, loadSeconds: number, copySeconds: number): BenchTable {
  const row = (name: string, seconds: number) => [
    name,
    (seconds / copySeconds).toFixed(2),
    seconds.toFixed(2),
    Math.round(rows / seconds).toLocaleString("en"),
  ];
  return {
    title: `Landing ${rows.toLocaleString("en")} leads in an empty STG`,
    head: ["", "ratio", "seconds", "rows a second"],
    rows: [row("load_leads", loadSeconds), row("\\copy", copySeconds)],
    notes: [
      "Baseline: psql's \\copy of the rows that came of it into a table with the same keys and indexes.",
      `Medians of ${ROUNDS} rounds; wanted: at most ${WANTED}.`,
    ],
  };
}

if (import.meta.main) {
  const { leads, json } = new Command("stg_load_bench")
    .option("--leads <number>", "how many leads are loaded", Number, 20_000)
    .option("--json", "hand the table over as JSON")
    .parse()
    .opts<{ leads: number; json?: boolean }>();
  handOver(await benchStgLoad(leads), { json });
}

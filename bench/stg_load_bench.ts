// How fast load_leads lands rows in STG on a PostgreSQL server, against psql's \copy of the very same rows into
// a table with the same keys and indexes. load_leads also reads, parses, hashes and checks every record. Once into an
// empty table, once again when few of them differ from what is there.
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
import { type BenchServer, openBenchServer } from "./support/bench_server.ts";
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

/** Of the leads of a later load, as many differ: one in so many. */
const DIFFERS_EVERY = 20;

/** Seconds of each way, one of each round. */
type Seconds = Readonly<Record<"loads" | "copies" | "merges", number[]>>;

/** A snapshot, that of which the rows are there before, and how many of its rows are new. */
interface Landing {
  readonly before: string | null;
  readonly snapshot: string;
  readonly landed: number;
}

/** What an engineer would write first to land what differs: all into a table beside it, then an insert from there. */
const MERGE = `\\set ON_ERROR_STOP on
create temporary table incoming as select COLUMNS from stg.copied_leads limit 0;
\\copy incoming (COLUMNS) from 'FILE'
analyze incoming;
insert into stg.copied_leads (COLUMNS)
select COLUMNS from incoming
where row_hash is distinct from (
    select known.row_hash from stg.copied_leads as known
    where known.id = incoming.id order by known.observed_at desc limit 1
);
`;

/** Seconds, each the median of three rounds that take turns, and their ratio. */
export async function benchStgLoad(rows: number): Promise<BenchTable[]> {
  await using server = await openBenchServer("stg_load_bench");
  await using warehouse = await openServer({ ...server.pg, sslmode: "disable" });
  await migrate(warehouse);
  await warehouse.sql`create table stg.copied_leads (like stg.stg_leads including all)`;
  const folder = await Deno.makeTempDir({ prefix: "rental_bench_" });
  const place = { server, warehouse, folder };
  try {
    const first = await writeLeads(folder, rows);
    const again = await writeLeads(folder, rows, { isLater: true });
    const firsts = await measure(place, { before: null, snapshot: first, landed: rows });
    const landed = Math.ceil(rows / DIFFERS_EVERY);
    const laters = await measure(place, { before: first, snapshot: again, landed });
    return toTables(rows, landed, firsts, laters);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface Place {
  readonly server: BenchServer;
  readonly warehouse: Warehouse;
  readonly folder: string;
}

/** Each way puts the rows of the snapshot into a table that holds those of the one before. */
async function measure(place: Place, landing: Landing): Promise<Seconds> {
  const { server, warehouse, folder } = place;
  const file = await writeCopy(place, landing.snapshot, "leads.copy");
  const merge = join(folder, "merge.sql");
  await Deno.writeTextFile(
    merge,
    MERGE.replaceAll("COLUMNS", COPIED_COLUMNS).replaceAll("FILE", file),
  );
  const known = landing.before === null ? null : await writeCopy(place, landing.before, "known");
  const seconds: Seconds = { loads: [], copies: [], merges: [] };
  const time = async (way: keyof Seconds, table: string, work: () => Promise<void>) => {
    await warehouse.sql`truncate stg.stg_leads, stg.copied_leads`;
    if (known !== null) {
      await server.psql(`\\copy stg.${table} (${COPIED_COLUMNS}) from '${known}'`);
      await warehouse.sql`analyze stg.${warehouse.sql(table)}`;
    }
    await warehouse.sql`checkpoint`;
    const before = await countRows(warehouse, table);
    seconds[way].push(await secondsOf(work));
    return await countRows(warehouse, table) - before;
  };
  const copy = `\\copy stg.copied_leads (${COPIED_COLUMNS}) from '${file}'`;
  for (let round = 0; round < ROUNDS; round++) {
    const landed = [await time("loads", "stg_leads", () => load(place, landing.snapshot))];
    await time("copies", "copied_leads", () => server.psql(copy));
    if (known !== null) {
      landed.push(await time("merges", "copied_leads", () => server.psql(`\\i '${merge}'`)));
    }
    if (landed.some((rows) => rows !== landing.landed)) {
      throw new Error(`Landed ${landed.join(" and ")} rows, expected ${landing.landed}`);
    }
  }
  return seconds;
}

async function countRows({ sql }: Warehouse, table: string): Promise<number> {
  const [row] = await sql<{ rows: number }[]>`select count(*)::int as rows from stg.${sql(table)}`;
  return row?.rows ?? 0;
}

/** Writes down the rows that come of a snapshot in an empty table. */
async function writeCopy(place: Place, snapshot: string, name: string): Promise<string> {
  const file = join(place.folder, name);
  await place.warehouse.sql`truncate stg.stg_leads`;
  await load(place, snapshot);
  await place.server.psql(`\\copy stg.stg_leads (${COPIED_COLUMNS}) to '${file}'`);
  return file;
}

async function load({ warehouse, folder }: Place, snapshot: string): Promise<void> {
  const context = taskContext(readConfig({ DATA_DIR: folder }, { amo: false }));
  await warehouse.sql.begin((tx) => stageSnapshot(tx, context, "leads", snapshot));
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

/** Of a later snapshot one lead in so many has another price, and all were seen a day later. */
async function writeLeads(
  dataDir: string,
  rows: number,
  { isLater = false } = {},
): Promise<string> {
  await using snapshot = await createSnapshot({
    dataDir,
    entity: "leads",
    date: "2026-05-03",
    runId: crypto.randomUUID(),
  });
  const at = Temporal.Instant.from(isLater ? "2026-05-04T00:00:00Z" : "2026-05-03T00:00:00Z");
  const toLeads = (start: number, count: number) =>
    Array.from({ length: count }, (_, i) => toLead(start + i, isLater));
  for (let start = 0; start < rows; start += PAGE_SIZE) {
    const count = Math.min(PAGE_SIZE, rows - start);
    await snapshot.write(toLeads(start, count), at);
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
function toLead(i: number, isLater: boolean) {
  const isOther = isLater && i % DIFFERS_EVERY === 0;
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
    price: isOther ? 800 : 700,
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

/** The tables of both; exported for its test. */
export function toTables(
  rows: number,
  landed: number,
  firsts: Seconds,
  laters: Seconds,
): BenchTable[] {
  const medians = `Medians of ${ROUNDS} rounds; wanted: at most ${WANTED}.`;
  const toTable = (seconds: Seconds, title: string, isLater: boolean): BenchTable => {
    const copies = medianOf(seconds.copies);
    const row = (name: string, way: keyof Seconds) => {
      const median = medianOf(seconds[way]);
      return [
        name,
        (median / copies).toFixed(2),
        median.toFixed(2),
        Math.round(rows / median).toLocaleString("en"),
      ];
    };
    return {
      title,
      head: ["", "ratio", "seconds", "rows a second"],
      rows: [
        row("load_leads", "loads"),
        row("\\copy", "copies"),
        ...isLater ? [row("\\copy beside it and insert what differs", "merges")] : [],
      ],
      notes: [isLater ? LATER_NOTE : FIRST_NOTE, medians],
    };
  };
  const count = rows.toLocaleString("en");
  return [
    toTable(firsts, `Landing ${count} leads in an empty STG`, false),
    toTable(
      laters,
      `Landing ${count} leads again, of which ${landed.toLocaleString("en")} differ`,
      true,
    ),
  ];
}

const FIRST_NOTE =
  "Baseline: psql's \\copy of the rows that came of it into a table with the same keys and indexes.";
const LATER_NOTE =
  "Baseline: psql's \\copy of all these rows into a table with the same keys and indexes that holds the first ones; " +
  "of the last row, into a temporary table, from which those are inserted whose newest row has another hash.";

if (import.meta.main) {
  const { leads, json } = new Command("stg_load_bench")
    .option("--leads <number>", "how many leads are loaded", Number, 20_000)
    .option("--json", "hand the table over as JSON")
    .parse()
    .opts<{ leads: number; json?: boolean }>();
  handOver(await benchStgLoad(leads), { json });
}

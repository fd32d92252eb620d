import type { PGlite } from "@electric-sql/pglite";
import postgres from "postgres";
import { servePglite } from "../../lib/warehouse/embedded.ts";
import { migrate } from "../../lib/warehouse/migrations.ts";
import { openServer } from "../../lib/warehouse/open.ts";
import { SQL_DIR } from "../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import { createPglite } from "./embedded_template.ts";
import { readServerAccess, type ServerAccess } from "./postgres_server.ts";
import { fileUnderTest } from "./register_file.ts";

type Body = (warehouse: Warehouse) => Promise<void>;

/** The server that tests/run.ts started, or that `TEST_PG_*` names; null when there is none. */
export const serverAccess: ServerAccess | null = readServerAccess();
export const serverAvailable: boolean = serverAccess !== null;

/** Registers one test for each kind of warehouse; without a server, that one counts as skipped. */
export function testOnBothWarehouses(name: string, body: Body): void {
  Deno.test(`${name} (embedded)`, () => withEmbedded(body));
  Deno.test({
    name: `${name} (server)`,
    ignore: !serverAvailable,
    fn: () => withSharedDatabase(body),
  });
}

/** Registers a test that needs a server, which its name then says; it counts as skipped when there is none. */
export function testOnServer(name: string, body: Body): void {
  Deno.test({
    name: `${name} (server)`,
    ignore: !serverAvailable,
    fn: () => withServerDatabase(body),
  });
}

/** Runs `body` on a migrated database of its own, which is dropped afterwards. */
export async function withServerDatabase(body: Body): Promise<void> {
  await runOnCopy(await copyServerTemplate(), body);
}

/** Runs `body` on a database of the server, which is dropped afterwards. */
async function runOnCopy(name: string, body: Body): Promise<void> {
  try {
    await using warehouse = await openDatabase(name);
    await body(warehouse);
  } finally {
    await asAdmin((sql) => sql.unsafe(`drop database ${name} with (force)`));
  }
}

/** Runs `body` on a migrated database that tests share, emptied before: a copy takes many times as long. */
async function withSharedDatabase(body: Body): Promise<void> {
  const { name } = await lendShared();
  const warehouse = await lendPool(name);
  await warehouse.sql.unsafe(await readSupportSql("empty_warehouse.sql"));
  await body(warehouse);
}

/**
 * The pool of the test before, as new: a new connection has to learn all tables, which takes longer than all else that is
 * done for a test. A new pool when somebody is still at work, be it a query of a test that failed, which then ends.
 */
async function lendPool(name: string): Promise<Warehouse> {
  if (pool?.name === name && await renewSessions(pool.warehouse)) return pool.warehouse;
  await closePool();
  const warehouse = await openDatabase(name);
  pool = { name, warehouse };
  await warehouse.sql`
    select pg_terminate_backend(pid)
    from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
  `;
  return warehouse;
}

/** Makes every connection of a pool as new; false when others are at work on its database, or have too many. */
async function renewSessions({ sql }: Warehouse): Promise<boolean> {
  const [row] = await sql`
    select
      count(*)::integer as sessions,
      bool_and(state = 'idle' or pid = pg_backend_pid()) as is_quiet
    from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend'
  `;
  const sessions = Number(row?.sessions);
  if (!row?.is_quiet || sessions > sql.options.max) return false;
  // Side by side, so that each takes a connection of its own.
  await Promise.all(Array.from({ length: sessions }, () => sql.unsafe("discard all")));
  return true;
}

async function closePool(): Promise<void> {
  const before = pool;
  pool = null;
  await before?.warehouse[Symbol.asyncDispose]();
}

/** A file gets that of the file before it, unless its schema is another one since. */
async function lendShared(): Promise<Lent> {
  if (shared && shared.file !== fileUnderTest()) {
    await closePool();
    const isAsBefore = await describeDatabase(shared.name) === shared.schema;
    if (!isAsBefore) await dropShared();
  }
  shared = { ...(shared ?? await createShared()), file: fileUnderTest() };
  return shared;
}

async function createShared(): Promise<Omit<Lent, "file">> {
  const name = await copyServerTemplate();
  {
    await using warehouse = await openDatabase(name);
    await warehouse.sql.unsafe(await readSupportSql("keep_seed_rows.sql"));
  }
  return { name, schema: await describeDatabase(name) };
}

async function describeDatabase(name: string): Promise<string> {
  await using warehouse = await openDatabase(name);
  const [row] = await warehouse.sql.unsafe(await readSupportSql("describe_schema.sql"));
  return String(row?.schema);
}

async function dropShared(): Promise<void> {
  const name = shared?.name;
  shared = null;
  await closePool();
  if (name) await asAdmin((sql) => sql.unsafe(`drop database ${name} with (force)`));
}

async function copyServerTemplate(): Promise<string> {
  return await copyDatabase(await (template ??= prepareTemplate()));
}

async function copyDatabase(from: string): Promise<string> {
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  // Copying the files takes a fifth of the processor time of the default, which logs every page.
  await asAdmin((sql) => sql.unsafe(`create database ${name} template ${from} strategy file_copy`));
  return name;
}

async function openDatabase(database: string): Promise<Warehouse> {
  return await openServer({ ...requireServer(), database, sslmode: "disable" });
}

let template: Promise<string> | null = null;

/** The database that tests share, what its schema was at first, and the file that has it. */
interface Lent {
  readonly name: string;
  readonly schema: string;
  readonly file: string;
}

let shared: Lent | null = null;

/** Open on the shared database between tests. */
let pool: { readonly name: string; readonly warehouse: Warehouse } | null = null;

Deno.test.afterAll(dropShared);

/** Registers a test on an embedded warehouse without any table, and on a server database likewise. */
export function testOnEmpty(name: string, body: Body): void {
  Deno.test(`${name} (embedded)`, () => withEmptyEmbedded(body));
  Deno.test({
    name: `${name} (server)`,
    ignore: !serverAvailable,
    fn: () => withNewDatabase("", body),
  });
}

/** Runs `body` on a database of the server that has no table. */
export async function withEmptyServerDatabase(body: Body): Promise<void> {
  await withNewDatabase("", body);
}

/** What a database can be created with, and the collation by which a server shows that it can. */
const LOCALES: Readonly<Record<string, { readonly collation: string; readonly options: string }>> =
  {
    "C": { collation: "C", options: "locale 'C'" },
    "C.UTF-8": { collation: "C.utf8", options: "locale 'C.UTF-8'" },
    "ICU und": {
      collation: "und-x-icu",
      options: "locale_provider icu icu_locale 'und' locale 'C'",
    },
    "ICU Turkish": {
      collation: "tr-x-icu",
      options: "locale_provider icu icu_locale 'tr' locale 'C'",
    },
  };

/**
 * Registers a test on the embedded warehouse and on a migrated database of each locale; what a server cannot
 * have counts as passed with a line that says so.
 */
export function testOnEveryLocale(name: string, body: Body): void {
  Deno.test(`${name} (embedded)`, () => withEmbedded(body));
  for (const [locale, { collation, options }] of Object.entries(LOCALES)) {
    Deno.test({
      name: `${name} (server, ${locale})`,
      ignore: !serverAvailable,
      fn: async () => {
        const isThere = await asAdmin((sql) =>
          sql`select from pg_collation where lower(collname) = ${collation.toLowerCase()}`
        );
        if (isThere.length === 0) return console.log(`This server has no locale ${locale}`);
        // Migrated once for all tests of a locale, as that takes many times as long as a copy.
        const from = await prepareTemplate(`template template0 encoding 'UTF8' ${options}`);
        await runOnCopy(await copyDatabase(from), body);
      },
    });
  }
}

/** Runs `body` on a database without any table, created with `options`, which is dropped afterwards. */
async function withNewDatabase(options: string, body: Body): Promise<void> {
  const database = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await asAdmin((sql) => sql.unsafe(`create database ${database} ${options}`));
  try {
    await using warehouse = await openServer({
      ...requireServer(),
      database,
      sslmode: "disable",
    });
    await body(warehouse);
  } finally {
    await asAdmin((sql) => sql.unsafe(`drop database ${database} with (force)`));
  }
}

/** Runs `body` on a migrated in-memory warehouse that tests share, emptied before. */
export async function withEmbedded(body: Body): Promise<void> {
  const { db } = await lendEmbedded();
  await db.exec(await readSupportSql("empty_warehouse.sql"));
  await using warehouse = await servePglite(keepOpen(db), "memory");
  await body(warehouse);
}

/** Runs `body` on the in-memory warehouse of this test file that has no table, whatever others left in it. */
export async function withEmptyEmbedded(body: Body): Promise<void> {
  if (bare && bare.file !== fileUnderTest()) {
    await bare.db.close();
    bare = null;
  }
  bare ??= { db: await createPglite(), file: fileUnderTest() };
  await using warehouse = await servePglite(keepOpen(bare.db), "memory");
  await warehouse.sql`drop schema if exists public, stg, ods, dict, dds, dm, ops cascade`;
  await warehouse.sql`create schema public`;
  await body(warehouse);
}

/** A warehouse in memory, what its schema was at first, and the file that has it. */
interface LentEmbedded {
  readonly db: PGlite;
  readonly schema: string;
  readonly file: string;
}

/** Creating one takes seconds, so an isolate has one of each, and only if it needs it. */
let embedded: LentEmbedded | null = null;
let bare: Omit<LentEmbedded, "schema"> | null = null;

/** A file gets that of the file before it, unless its schema is another one since. */
async function lendEmbedded(): Promise<LentEmbedded> {
  if (embedded && embedded.file !== fileUnderTest()) {
    await endSession(embedded.db);
    const isAsBefore = await describeEmbedded(embedded.db) === embedded.schema;
    if (!isAsBefore) await embedded.db.close();
    embedded = isAsBefore ? embedded : null;
  }
  embedded = { ...(embedded ?? await createEmbedded()), file: fileUnderTest() };
  return embedded;
}

async function createEmbedded(): Promise<Omit<LentEmbedded, "file">> {
  const db = await createPglite();
  await using warehouse = await servePglite(keepOpen(db), "memory");
  await migrate(warehouse);
  await db.exec(await readSupportSql("keep_seed_rows.sql"));
  return { db, schema: await describeEmbedded(db) };
}

/** Forgets what a file may have left in the session, of which an embedded warehouse has but one. */
async function endSession(db: PGlite): Promise<void> {
  await db.exec("rollback");
  await db.exec("discard all");
  // Nothing else keeps its log from growing, as no process in the background does.
  await db.exec("checkpoint");
}

async function describeEmbedded(db: PGlite): Promise<string> {
  const { rows: [row] } = await db.query<{ readonly schema: string }>(
    await readSupportSql("describe_schema.sql"),
  );
  return String(row?.schema);
}

/** The same database with a `close` that does nothing, because the next test goes on with it. */
function keepOpen(db: PGlite): PGlite {
  return new Proxy(db, {
    get: (target, name) => {
      if (name === "close") return () => Promise.resolve();
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

async function readSupportSql(file: string): Promise<string> {
  return await Deno.readTextFile(new URL(file, import.meta.url));
}

function requireServer(): ServerAccess {
  if (serverAccess) return serverAccess;
  throw new Error("Cannot run a server test: found no TEST_PG_HOST, expected the server's address");
}

async function asAdmin<T>(work: (sql: postgres.Sql) => PromiseLike<T>): Promise<T> {
  const { user, ...access } = requireServer();
  const sql = postgres({
    ...access,
    username: user,
    database: "postgres",
    max: 1,
    onnotice: () => {},
  });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

/** A migrated database to clone, made once per state of sql/migrations and per locale, whoever comes first. */
async function prepareTemplate(options = ""): Promise<string> {
  const name = `template_${await hash(`${await readMigrations()}${options}`)}`;
  await asAdmin(async (sql) => {
    await sql`select pg_advisory_lock(726574)`;
    const [found] = await sql`select from pg_database where datname = ${name}`;
    if (found) return;
    await sql.unsafe(`drop database if exists ${name}_unfinished`);
    await sql.unsafe(`create database ${name}_unfinished ${options}`);
    {
      await using warehouse = await openDatabase(`${name}_unfinished`);
      await migrate(warehouse);
    }
    await sql.unsafe(`alter database ${name}_unfinished rename to ${name}`);
  });
  return name;
}

async function readMigrations(): Promise<string> {
  const folder = `${SQL_DIR}/migrations`;
  const names = (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name).sort();
  const texts = await Promise.all(names.map((name) => Deno.readTextFile(`${folder}/${name}`)));
  return names.join() + texts.join("\n");
}

async function hash(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 16);
}

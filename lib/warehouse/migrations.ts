import { getLogger } from "@logtape/logtape";
import { basename, join } from "node:path";
import type { TransactionSql } from "postgres";
import { z } from "zod";
import { grantRoles } from "./roles.ts";
import { metricsOf, querySqlFile, runSqlFile, SQL_DIR, toSqlFileError } from "./sql_file.ts";
import { transact } from "./transact.ts";
import type { Warehouse } from "./warehouse.ts";

/** The migrations do not fit the files or the warehouse; the message says which and what to do. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

interface Migration {
  readonly version: number;
  readonly file: string;
  readonly text: string;
  readonly checksum: string;
}

const appliedRows = z.array(
  z.object({ version: z.number(), file: z.string(), checksum: z.string() }),
);
type Applied = z.infer<typeof appliedRows>[number];

const log = getLogger(["warehouse"]);

const MIGRATIONS = join(SQL_DIR, "migrations");

/**
 * Brings the warehouse to the version of this program and returns the names of the applied files.
 *
 * Each file runs in one transaction with its own record, under a lock that lasts as long as that. Throws
 * `MigrationError` when an applied file was changed or the warehouse is newer than this program.
 */
export async function migrate(
  warehouse: Warehouse,
  folder: string = MIGRATIONS,
): Promise<readonly string[]> {
  const migrations = await readMigrations(folder);
  if (pending(migrations, await readApplied(warehouse)).length === 0) return [];
  await warehouse.sql.begin(async (tx) => {
    await querySqlFile(tx, "ops/lock_migrations.sql", []);
    await runSqlFile(tx, "ops/create_schema_migration.sql");
  });
  const done: string[] = [];
  for (const migration of migrations) {
    if (await applyOnce(warehouse, migrations, migration)) done.push(migration.file);
  }
  if (done.length > 0) log.info("Migrated the warehouse: {files}", { files: done.join(", ") });
  if (done.length > 0 && folder === MIGRATIONS) await grantRoles(warehouse);
  return done;
}

/** The names of the files that `migrate` would apply, in order. Throws `MigrationError` as it does. */
export async function listPending(
  warehouse: Warehouse,
  folder: string = MIGRATIONS,
): Promise<readonly string[]> {
  const migrations = await readMigrations(folder);
  return pending(migrations, await readApplied(warehouse)).map(({ file }) => file);
}

/**
 * Applies all pending files in one transaction that is rolled back, and returns their names: what `migrate`
 * would meet in this warehouse. Throws `MigrationError` and `SqlFileError` as it does.
 */
export async function rehearseMigrations(
  warehouse: Warehouse,
  folder: string = MIGRATIONS,
): Promise<readonly string[]> {
  return await transact(warehouse.sql, async (tx) => ({
    result: await migrateInside(tx, folder),
    stays: false,
  }));
}

/**
 * Applies all pending files inside a transaction, which holds the lock until its end, and returns their names.
 * Throws `MigrationError` and `SqlFileError` as `migrate` does.
 */
export async function migrateInside(
  tx: TransactionSql,
  folder: string = join(SQL_DIR, "migrations"),
): Promise<readonly string[]> {
  const migrations = await readMigrations(folder);
  await querySqlFile(tx, "ops/lock_migrations.sql", []);
  await runSqlFile(tx, "ops/create_schema_migration.sql");
  const applied: string[] = [];
  for (const migration of pending(migrations, await listApplied(tx))) {
    await apply(tx, migration);
    applied.push(migration.file);
  }
  return applied;
}

/** Reads the files in order; a gap, a number used twice or a foreign name is refused. */
async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name).sort();
  const migrations: Migration[] = [];
  for (const file of names) {
    const expected = String(migrations.length + 1).padStart(4, "0");
    if (!/^\d{4}_[a-z0-9_]+\.sql$/.test(file) || !file.startsWith(`${expected}_`)) {
      throw new MigrationError(
        `Cannot use ${basename(folder)}/${file}: expected ${expected}_<name>.sql next: ` +
          "number the files without gaps, each number once",
      );
    }
    // A checkout on Windows may have other line ends, which change nothing.
    const text = (await Deno.readTextFile(join(folder, file))).replaceAll("\r\n", "\n");
    migrations.push({ version: migrations.length + 1, file, text, checksum: await sha256(text) });
  }
  return migrations;
}

async function readApplied(warehouse: Warehouse): Promise<Applied[]> {
  const [row] = await querySqlFile(warehouse.sql, "ops/find_schema_migration.sql", []);
  return row?.is_there ? await listApplied(warehouse.sql) : [];
}

async function listApplied(sql: Warehouse["sql"] | TransactionSql): Promise<Applied[]> {
  return appliedRows.parse([...await querySqlFile(sql, "ops/list_migrations.sql", [])]);
}

async function applyOnce(
  warehouse: Warehouse,
  migrations: readonly Migration[],
  migration: Migration,
): Promise<boolean> {
  return await warehouse.sql.begin(async (tx) => {
    await querySqlFile(tx, "ops/lock_migrations.sql", []);
    // Read again under the lock: another process may have applied it while this one waited.
    if (!pending(migrations, await listApplied(tx)).includes(migration)) return false;
    await apply(tx, migration);
    return true;
  });
}

/** A file may end with one select of its metrics, as every other file does: they are kept with its record. */
async function apply(tx: TransactionSql, { version, file, text, checksum }: Migration) {
  const metrics = await runMigration(tx, file, text);
  const values = [version, file, checksum, metrics && JSON.stringify(metrics)];
  await querySqlFile(tx, "ops/record_migration.sql", values);
}

async function runMigration(tx: TransactionSql, file: string, text: string) {
  try {
    return metricsOf(`migrations/${file}`, await tx.unsafe(text));
  } catch (error) {
    throw toSqlFileError(error, `migrations/${file}`, text);
  }
}

/** The files still to apply, after the applied ones were compared with what is here. */
function pending(migrations: readonly Migration[], applied: readonly Applied[]): Migration[] {
  for (const row of applied) {
    const migration = migrations[row.version - 1];
    if (!migration) throw newerThanProgram(row, migrations.length);
    if (migration.file !== row.file || migration.checksum !== row.checksum) {
      throw changedFile(migration, row);
    }
  }
  const versions = new Set(applied.map((row) => row.version));
  return migrations.filter((migration) => !versions.has(migration.version));
}

function newerThanProgram(row: Applied, known: number): MigrationError {
  return new MigrationError(
    `Cannot use the warehouse: it is at version ${row.version} (${row.file}), ` +
      `expected at most ${known}: update this program`,
  );
}

function changedFile(migration: Migration, row: Applied): MigrationError {
  return new MigrationError(
    `Cannot migrate the warehouse: sql/migrations/${migration.file} differs from ${row.file} ` +
      "which was applied, expected the same text: restore it and put the change into a new file",
  );
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}

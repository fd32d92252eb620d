import assert from "node:assert/strict";
import { migrate, MigrationError } from "../../../lib/warehouse/migrations.ts";
import { openServer } from "../../../lib/warehouse/open.ts";
import { SqlFileError } from "../../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { temporaryFolder, writeFiles } from "../../support/folders.ts";
import { serverAccess, testOnEmpty, testOnServer } from "../../support/warehouses.ts";

const ONE = "create table first_table (id integer);";
const TWO = "create table second_table (id integer);\ninsert into second_table values (2);";
const THREE = "create table third_table (id integer);";

function openDatabase(database: string): Promise<Warehouse> {
  if (!serverAccess) throw new Error("Expected a server");
  return openServer({ ...serverAccess, database, sslmode: "disable" });
}

async function listTables({ sql }: Warehouse): Promise<string[]> {
  const rows = await sql`
    select tablename from pg_tables where schemaname = 'public' order by tablename
  `;
  return rows.map((row) => String(row.tablename));
}

async function listApplied({ sql }: Warehouse): Promise<unknown[]> {
  return [...await sql`select version, file from ops.schema_migration order by version`];
}

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error("Expected a refusal, got none");
}

testOnEmpty("migrate() applies new files in order, each once", async (warehouse) => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { "0002_two.sql": TWO, "0001_one.sql": ONE });
  assert.deepEqual(await migrate(warehouse, folder.path), ["0001_one.sql", "0002_two.sql"]);
  await writeFiles(folder.path, { "0003_three.sql": THREE });
  assert.deepEqual(await migrate(warehouse, folder.path), ["0003_three.sql"]);
  assert.deepEqual(await migrate(warehouse, folder.path), []);
  assert.deepEqual(await listTables(warehouse), ["first_table", "second_table", "third_table"]);
  assert.deepEqual(await listApplied(warehouse), [
    { version: 1, file: "0001_one.sql" },
    { version: 2, file: "0002_two.sql" },
    { version: 3, file: "0003_three.sql" },
  ]);
});

testOnEmpty("migrate() keeps the files before one that fails half-way", async (warehouse) => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, {
    "0001_one.sql": ONE,
    "0002_two.sql": `${TWO}\nselect colour\nfrom second_table;`,
    "0003_three.sql": THREE,
  });
  const error = await refusalOf(migrate(warehouse, folder.path));
  assert.ok(error instanceof SqlFileError);
  assert.equal(
    error.message,
    `sql/migrations/0002_two.sql:3:8: column "colour" does not exist (SQLSTATE 42703)
select colour
       ^`,
  );
  assert.deepEqual(await listTables(warehouse), ["first_table"]);
  assert.deepEqual(await listApplied(warehouse), [{ version: 1, file: "0001_one.sql" }]);

  await writeFiles(folder.path, { "0002_two.sql": TWO });
  assert.deepEqual(await migrate(warehouse, folder.path), ["0002_two.sql", "0003_three.sql"]);
});

testOnEmpty("migrate() refuses an applied file that was changed or renamed", async (warehouse) => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { "0001_one.sql": ONE });
  await migrate(warehouse, folder.path);
  await writeFiles(folder.path, { "0001_one.sql": `${ONE} -- more`, "0002_two.sql": TWO });
  assert.deepEqual(
    await refusalOf(migrate(warehouse, folder.path)),
    new MigrationError(
      "Cannot migrate the warehouse: sql/migrations/0001_one.sql differs from 0001_one.sql which was " +
        "applied, expected the same text: restore it and put the change into a new file",
    ),
  );
  await Deno.rename(`${folder.path}/0001_one.sql`, `${folder.path}/0001_start.sql`);
  await writeFiles(folder.path, { "0001_start.sql": ONE });
  assert.deepEqual(
    await refusalOf(migrate(warehouse, folder.path)),
    new MigrationError(
      "Cannot migrate the warehouse: sql/migrations/0001_start.sql differs from 0001_one.sql which was " +
        "applied, expected the same text: restore it and put the change into a new file",
    ),
  );
  assert.deepEqual(await listTables(warehouse), ["first_table"]);
});

testOnEmpty("migrate() takes other line ends for the same file", async (warehouse) => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { "0001_two.sql": TWO });
  await migrate(warehouse, folder.path);
  await writeFiles(folder.path, { "0001_two.sql": TWO.replaceAll("\n", "\r\n") });
  assert.deepEqual(await migrate(warehouse, folder.path), []);
});

testOnEmpty("migrate() refuses a warehouse newer than the program", async (warehouse) => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { "0001_one.sql": ONE, "0002_two.sql": TWO });
  await migrate(warehouse, folder.path);
  await Deno.remove(`${folder.path}/0002_two.sql`);
  assert.deepEqual(
    await refusalOf(migrate(warehouse, folder.path)),
    new MigrationError(
      "Cannot use the warehouse: it is at version 2 (0002_two.sql), expected at most 1: " +
        "update this program",
    ),
  );
});

for (
  const [name, files] of [
    ["a gap", { "0001_one.sql": ONE, "0003_three.sql": THREE }],
    ["a number used twice", { "0001_one.sql": ONE, "0001_three.sql": THREE }],
    ["a foreign name", { "0001_one.sql": ONE, "readme.txt": "" }],
  ] as const
) {
  testOnServer(`migrate() refuses ${name} among the files`, async (warehouse) => {
    await using folder = await temporaryFolder();
    await writeFiles(folder.path, files);
    const wrong = Object.keys(files)[1];
    const error = await refusalOf(migrate(warehouse, folder.path));
    assert.ok(error instanceof MigrationError);
    assert.match(
      error.message,
      new RegExp(
        `/${wrong}: expected 0002_<name>.sql next: number the files without gaps, each number once$`,
      ),
    );
  });
}

testOnServer("migrate() applies each file once when many start together", async ({ sql }) => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, {
    "0001_one.sql": ONE,
    "0002_two.sql": TWO,
    "0003_three.sql": THREE,
  });
  const database = `empty_${crypto.randomUUID().replaceAll("-", "")}`;
  await sql.unsafe(`create database ${database}`);
  try {
    const applied = await Promise.all(Array.from({ length: 4 }, async () => {
      await using warehouse = await openDatabase(database);
      return await migrate(warehouse, folder.path);
    }));
    assert.deepEqual(applied.flat().sort(), ["0001_one.sql", "0002_two.sql", "0003_three.sql"]);
    await using warehouse = await openDatabase(database);
    const [row] = await warehouse.sql`select count(*) as rows from second_table`;
    assert.deepEqual(row, { rows: 1 });
  } finally {
    await sql.unsafe(`drop database ${database} with (force)`);
  }
});

testOnServer("migrate() has nothing to do on a migrated warehouse", async (warehouse) => {
  assert.deepEqual(await migrate(warehouse), []);
});

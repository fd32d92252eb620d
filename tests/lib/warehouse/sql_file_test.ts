import assert from "node:assert/strict";
import type { TransactionSql } from "postgres";
import { errorCode } from "../../../lib/warehouse/connection.ts";
import {
  copyingTransactions,
  copyIntoSqlFile,
  querySqlFile,
  runSqlFile,
  runSqlFiles,
  runSqlStatement,
  SqlFileError,
  toSqlFileError,
} from "../../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { testOnBothWarehouses, testOnServer } from "../../support/warehouses.ts";

const DIR = "../tests/testdata/sql";

/** The error that `work` ends with in a transaction. */
async function failureOf(
  warehouse: Warehouse,
  work: (tx: TransactionSql) => Promise<unknown>,
): Promise<unknown> {
  try {
    await warehouse.sql.begin(work);
  } catch (error) {
    return error;
  }
  throw new Error("Expected a failure, got none");
}

testOnBothWarehouses("runSqlFile() returns the last select as metrics", async ({ sql }) => {
  const metrics = await sql.begin((tx) =>
    runSqlFile(tx, `${DIR}/metrics.sql`, { plate: "A '1'; drop table x" })
  );
  assert.deepEqual(metrics, {
    rows_read: 3,
    sum_of_ids: 6,
    share: 1.5,
    nothing: null,
    plate: "A '1'; drop table x",
    day: "2026-05-03",
    newest: "2026-05-02T20:00:00.000Z",
    is_full: "true",
    sample: '{"a":[1]}',
  });
});

testOnBothWarehouses("runSqlFile() sets parameters for its transaction alone", async ({ sql }) => {
  await sql.begin((tx) => runSqlFile(tx, `${DIR}/metrics.sql`, { plate: "A 1" }));
  const [row] = await sql`select current_setting('rental.plate', true) as plate`;
  assert.ok(!row?.plate);
});

testOnBothWarehouses("runSqlFile() has no query compiled", async ({ sql }) => {
  const [row] = await sql.begin(async (tx) => {
    await runSqlFile(tx, `${DIR}/metrics.sql`, { plate: "A 1" });
    return await tx`select current_setting('jit') as jit`;
  });
  assert.equal(row?.jit, "off");
});

testOnBothWarehouses(
  "runSqlFiles() lets a file see what those before it left, and returns the metrics of all",
  async ({ sql }) => {
    const metrics = await sql.begin((tx) =>
      runSqlFiles(tx, [`${DIR}/leave_fleet.sql`, `${DIR}/count_fleet.sql`])
    );
    assert.deepEqual(metrics, { rows_read: 3, rows_written: 3, told_last: "count_fleet" });
  },
);

testOnBothWarehouses(
  "runSqlFiles() passes over a file of which the files before it count nothing to do",
  async ({ sql }) => {
    const run = (...names: readonly string[]) =>
      sql.begin((tx) => runSqlFiles(tx, names.map((name) => `${DIR}/${name}.sql`)));
    // Twice in a row, and with another file behind them, which runs whatever they do.
    const rest = ["count_many_fleet", "count_many_fleet", "leave_none"];
    assert.deepEqual(await run("few_fleet", ...rest), { rows_many: 0, told_last: "leave_none" });
    assert.deepEqual(await run("many_fleet", ...rest), {
      rows_many: 3,
      rows_written: 3,
      told_last: "leave_none",
    });
    // What no file before it has counted may be there.
    assert.deepEqual(await run("leave_fleet", "count_many_fleet"), {
      rows_read: 3,
      rows_written: 3,
      told_last: "count_many_fleet",
    });
  },
);

testOnBothWarehouses("runSqlFiles() names the file that failed", async (warehouse) => {
  const error = await failureOf(
    warehouse,
    (tx) =>
      runSqlFiles(
        tx,
        ["leave_fleet", "misread_fleet", "count_fleet"].map((name) => `${DIR}/${name}.sql`),
      ),
  );
  assert.ok(error instanceof SqlFileError);
  assert.equal(
    error.message,
    `sql/../tests/testdata/sql/misread_fleet.sql:2:14: column fleet.colour does not exist (SQLSTATE 42703)
select count(fleet.colour) as rows_read
             ^`,
  );
});

testOnBothWarehouses("runSqlFile() names file, line and column of an error", async (warehouse) => {
  const error = await failureOf(
    warehouse,
    (tx) => runSqlFile(tx, `${DIR}/unknown_column.sql`),
  );
  assert.ok(error instanceof SqlFileError);
  assert.equal(error.sqlState, "42703");
  assert.equal(
    error.message,
    `sql/../tests/testdata/sql/unknown_column.sql:5:18: column fleet.colour does not exist (SQLSTATE 42703)
    '🚗' as sign, fleet.colour
                 ^`,
  );
});

testOnBothWarehouses("runSqlFile() quotes no value in an error", async (warehouse) => {
  const error = await failureOf(
    warehouse,
    (tx) => runSqlFile(tx, `${DIR}/bad_value.sql`, { plate: "Omar Haddad" }),
  );
  assert.ok(error instanceof SqlFileError);
  assert.equal(
    error.message,
    "sql/../tests/testdata/sql/bad_value.sql: " +
      'invalid input syntax for type integer: "…" (SQLSTATE 22P02)',
  );
  assert.equal(error.cause, undefined);
});

testOnBothWarehouses("runSqlFile() refuses a file that ends without metrics", async (warehouse) => {
  const none = await failureOf(warehouse, (tx) => runSqlFile(tx, `${DIR}/no_metrics.sql`));
  assert.ok(none instanceof SqlFileError);
  assert.match(
    none.message,
    /^sql\/\.\.\/tests\/testdata\/sql\/no_metrics\.sql: the last statement is CREATE TABLE with \d rows, expected one select of exactly one row: end the file with its metrics$/,
  );
  const two = await failureOf(warehouse, (tx) => runSqlFile(tx, `${DIR}/two_rows.sql`));
  assert.ok(two instanceof SqlFileError);
  assert.equal(
    two.message,
    "sql/../tests/testdata/sql/two_rows.sql: the last statement is SELECT with 2 rows, " +
      "expected one select of exactly one row: end the file with its metrics",
  );
});

testOnBothWarehouses("runSqlStatement() takes values of the driver", async ({ sql }) => {
  const metrics = await sql.begin((tx) =>
    runSqlStatement(tx, `${DIR}/one_statement.sql`, [41, '{"plate":"A 1"}'])
  );
  assert.deepEqual(metrics, { rows_read: 42, plate: "A 1" });
});

testOnBothWarehouses("querySqlFile() returns the rows", async ({ sql }) => {
  const rows = await querySqlFile(sql, `${DIR}/two_rows.sql`, []);
  assert.deepEqual([...rows], [{ rows_read: 1 }, { rows_read: 2 }]);
});

testOnBothWarehouses("runSqlFile() says when there is no such file", async (warehouse) => {
  const error = await failureOf(warehouse, (tx) => runSqlFile(tx, "ods/no_such_file.sql"));
  assert.ok(error instanceof Deno.errors.NotFound);
  assert.match(error.message, /sql\/ods\/no_such_file\.sql/);
});

Deno.test("toSqlFileError() gives errors of others back as they are", () => {
  const error = new Error("no network");
  assert.equal(toSqlFileError(error, "ods/x.sql", "select 1"), error);
});

const COPY = `${DIR}/copy_places.sql`;

/** In pieces that end within lines and characters. */
function* toPieces(lines: readonly string[]): Generator<Uint8Array, void, undefined> {
  const bytes = new TextEncoder().encode(lines.join(""));
  for (let at = 0; at < bytes.length; at += 10_007) yield bytes.subarray(at, at + 10_007);
}

testOnServer("copyIntoSqlFile() hands on all lines, however many", async ({ sql }) => {
  await sql`create table places (id integer primary key, name text)`;
  const lines = Array.from({ length: 5_000 }, (_, i) => `${i}\t${"é🚗".repeat(i % 40)}\n`);
  await sql.begin((tx) => copyIntoSqlFile(tx, COPY, toPieces(lines)));
  const rows = await sql`select id, name from places order by id`;
  assert.deepEqual(
    rows.map(({ id, name }) => [id, name]),
    lines.map((_, i) => [i, "é🚗".repeat(i % 40)]),
  );
});

testOnServer(
  "copyIntoSqlFile() says what the server refuses, whenever it does",
  async (warehouse) => {
    await warehouse.sql`create table places (id integer primary key, name text)`;
    const many = Array.from({ length: 20_000 }, (_, i) => `${i}\t${"x".repeat(200)}\n`);
    const cases: readonly (readonly [lines: readonly string[], message: string])[] = [
      [
        ["7\tA\n", "7\tB\n"],
        'duplicate key value violates unique constraint "places_pkey" (SQLSTATE 23505)',
      ],
      [["secret\tA\n", ...many], 'invalid input syntax for type integer: "…" (SQLSTATE 22P02)'],
    ];
    for (const [lines, message] of cases) {
      const error = await failureOf(warehouse, (tx) => copyIntoSqlFile(tx, COPY, toPieces(lines)));
      assert.ok(error instanceof SqlFileError);
      assert.equal(error.message, `sql/${COPY}: ${message}`);
    }
    const [row] = await warehouse.sql`select count(*) as places from places`;
    assert.equal(row?.places, 0);
  },
);

testOnServer("copyIntoSqlFile() ends when its connection is cut", async (warehouse) => {
  await warehouse.sql`create table places (id integer primary key, name text)`;
  const many = Array.from({ length: 200_000 }, (_, i) => `${i}\t${"x".repeat(100)}\n`);
  const error = await failureOf(warehouse, async (tx) => {
    const [row] = await tx`select pg_backend_pid() as pid`;
    await Promise.all([
      copyIntoSqlFile(tx, COPY, toPieces(many)),
      warehouse.sql`select pg_terminate_backend(${Number(row?.pid)})`,
    ]);
  });
  assert.ok(["CONNECTION_CLOSED", "57P01", "ECONNRESET", "EPIPE"].includes(errorCode(error) ?? ""));
  const [row] = await warehouse.sql`select count(*) as places from places`;
  assert.equal(row?.places, 0);
});

testOnBothWarehouses("copyingTransactions has those of servers alone", async ({ sql, kind }) => {
  assert.equal(
    await sql.begin((tx) => Promise.resolve(copyingTransactions.has(tx))),
    kind === "server",
  );
});

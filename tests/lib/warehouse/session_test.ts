import assert from "node:assert/strict";
import { createServer } from "node:net";
import { once } from "node:events";
import postgres from "postgres";
import { openServer } from "../../../lib/warehouse/open.ts";
import { querySqlFile } from "../../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { DAY, fillAccount, onServer, testScripts, withAccount } from "../../support/daily_setup.ts";
import { serverAccess, serverAvailable, testOnBothWarehouses } from "../../support/warehouses.ts";

/** What a server, a database or a role may preset, and what a transaction of this program has instead. */
const PRESETS = [
  ["default_transaction_isolation", "serializable", "transaction_isolation", "read committed"],
  ["default_transaction_read_only", "on", "transaction_read_only", "off"],
  ["timezone", "America/New_York", "timezone", "UTC"],
  ["datestyle", "German", "datestyle", "ISO, YMD"],
  ["intervalstyle", "iso_8601", "intervalstyle", "postgres"],
  ["search_path", "elsewhere", "search_path", "public"],
  ["transform_null_equals", "on", "transform_null_equals", "off"],
  ["standard_conforming_strings", "off", "standard_conforming_strings", "on"],
  ["array_nulls", "off", "array_nulls", "on"],
  ["quote_all_identifiers", "on", "quote_all_identifiers", "off"],
  ["extra_float_digits", "-15", "extra_float_digits", "1"],
  ["bytea_output", "escape", "bytea_output", "hex"],
  ["lc_numeric", "POSIX", "lc_numeric", "C"],
  ["lc_monetary", "POSIX", "lc_monetary", "C"],
  ["lc_time", "POSIX", "lc_time", "C"],
  ["row_security", "off", "row_security", "on"],
  ["check_function_bodies", "off", "check_function_bodies", "on"],
  ["exit_on_error", "on", "exit_on_error", "off"],
  ["statement_timeout", "60s", "statement_timeout", "0"],
  ["lock_timeout", "60s", "lock_timeout", "0"],
  ["idle_in_transaction_session_timeout", "60s", "idle_in_transaction_session_timeout", "0"],
  ["jit", "on", "jit", "off"],
] as const;

const PINNED = Object.fromEntries(PRESETS.map(([, , name, value]) => [name, value]));

async function readSession(sql: postgres.ISql): Promise<Record<string, string>> {
  const rows = await sql.unsafe(
    "select name, current_setting(name) as value from jsonb_array_elements_text($1::jsonb) as one (name)",
    [JSON.stringify(Object.keys(PINNED))],
  );
  return Object.fromEntries(rows.map((row) => [String(row.name), String(row.value)]));
}

/** `alter <whose> set …` for each preset. */
async function preset(sql: postgres.ISql, whose: string): Promise<void> {
  for (const [name, value] of PRESETS) {
    await sql.unsafe(`alter ${whose} set ${name} to '${value}'`);
  }
}

function accessOf({ sql }: Warehouse) {
  assert.ok(serverAccess);
  return { ...serverAccess, database: String(sql.options.database), sslmode: "disable" } as const;
}

testOnBothWarehouses("a transaction has the settings that answers depend on", async ({ sql }) => {
  // Of the session, as the embedded warehouse has only one; a server's other connections stay as they were.
  for (const [name, value] of PRESETS) {
    await sql`select set_config(${name}, ${value}, false)`;
  }
  try {
    assert.deepEqual(await sql.begin((tx) => readSession(tx)), PINNED);
  } finally {
    await sql`reset all`;
  }
});

Deno.test({
  name: "what a database and a role preset changes no transaction and no single query (server)",
  ignore: !serverAvailable,
  fn: () =>
    withAccount((served) =>
      onServer(served, async ({ inspect }) => {
        await inspect(async (warehouse) => {
          const access = accessOf(warehouse);
          const role = `odd_${crypto.randomUUID().slice(0, 8)}`;
          await warehouse.sql.unsafe(`create role ${role} login superuser password 'odd'`);
          try {
            for (const whose of [`database ${access.database}`, `role ${role}`]) {
              await preset(warehouse.sql, whose);
            }
            await using odd = await openServer({ ...access, user: role, password: "odd" });
            assert.deepEqual(await odd.sql.begin((tx) => readSession(tx)), PINNED);
            const repeatable = await odd.sql.begin("isolation level repeatable read", readSession);
            assert.deepEqual(repeatable, { ...PINNED, transaction_isolation: "repeatable read" });
            const readOnly = await odd.sql.begin("read only", readSession);
            assert.deepEqual(readOnly, { ...PINNED, transaction_read_only: "on" });
            // Fails in a transaction that may only read.
            await querySqlFile(odd.sql, "ops/lock_migrations.sql", []);
          } finally {
            await warehouse.sql.unsafe(`drop role ${role}`);
          }
        });
      })
    ),
});

const DATABASE_PRESETS = [
  ["datestyle", "German"],
  ["default_transaction_isolation", "serializable"],
  ["default_transaction_read_only", "on"],
  ["search_path", "elsewhere"],
  ["extra_float_digits", "-15"],
] as const;

testScripts("daily runs on a database with odd defaults (case pg_datestyle)", async (setup) => {
  await fillAccount(setup);
  await setup.inspect(async ({ sql }) => {
    const [row] = await sql`select current_database() as name`;
    for (const [name, value] of DATABASE_PRESETS) {
      await sql.unsafe(`alter database ${row?.name} set ${name} to '${value}'`);
    }
  });
  const first = await setup.run("daily");
  assert.deepEqual([first.code, first.stderr.includes("SQLSTATE")], [0, false], first.stderr);
  const again = await setup.run("daily", ["--date", DAY, "--force"]);
  assert.equal(again.code, 0, again.stderr);
  await setup.inspect(async ({ sql }) => {
    const [row] = await sql`
      select count(*) as leads, min(rental_start) as first_start from dds.fact_rentals
    `;
    assert.deepEqual({ ...row }, { leads: 20, first_start: new Date("2026-05-03T20:00:00Z") });
  });
});

Deno.test("connections name at their start only what PgBouncer knows", async () => {
  const said = Promise.withResolvers<Uint8Array>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (bytes) => {
      said.resolve(new TextEncoder().encode(bytes.toString("utf8")));
      socket.end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  try {
    const opening = openServer({
      host: "127.0.0.1",
      port: typeof address === "object" ? address?.port ?? 0 : 0,
      database: "rental_dw",
      user: "rental_etl",
      password: "",
      sslmode: "disable",
    }, 50);
    await assert.rejects(opening);
    // Length and version of the protocol, then names and values that end with a zero byte each.
    const words = new TextDecoder().decode((await said.promise).subarray(8)).split("\0");
    assert.deepEqual(
      Object.fromEntries(
        words.slice(0, -2).flatMap((word, i) => i % 2 === 0 ? [[word, words[i + 1]]] : []),
      ),
      {
        user: "rental_etl",
        database: "rental_dw",
        client_encoding: "UTF8",
        application_name: "rental",
        TimeZone: "UTC",
        DateStyle: "ISO, YMD",
      },
    );
  } finally {
    server.close();
  }
});

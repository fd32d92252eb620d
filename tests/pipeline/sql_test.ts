import assert from "node:assert/strict";
import { callScript } from "../support/called_script.ts";
import {
  addCarAndClient,
  type DailySetup,
  DAY,
  leadItem,
  testScripts,
  testScriptsOnServer,
} from "../support/daily_setup.ts";
import { temporaryFolder } from "../support/folders.ts";
import { runDeno, runDenoWithInput } from "../support/script.ts";

const SCRIPT = "pipeline/sql.ts";

testScripts("sql answers as table, CSV and JSON, and writes nothing", async (setup) => {
  const { account } = setup;
  await addCarAndClient(account);
  await account.create("/leads", "leads", [leadItem(account, "Confirmed", { price: 300 }, {})]);
  const daily = await setup.run("daily");
  assert.equal(daily.code, 0, daily.stderr);
  const query = "select stage, amount, client_id as nobody from dds.fact_rentals";

  const table = await setup.run("sql", [query]);
  const write = await setup.run("sql", ["delete from dds.fact_rentals"]);
  const twice = await setup.run("sql", ["commit; delete from dds.fact_rentals"]);
  const file = await setup.run("sql", ["copy (select 1) to '/tmp/never'"]);

  const left = await setup.inspect(async ({ sql }) => {
    const [row] = await sql`select count(*)::integer as rows from dds.fact_rentals`;
    return row?.rows;
  });
  assert.equal(
    table.stdout,
    `stage      amount  nobody
-------------------------
confirmed     300       0
(1 row)
`,
  );
  assert.match(table.stderr, /^Warehouse: .+ \((server|embedded)\), read only\n$/);
  assert.deepEqual([write, twice, file].map(({ code, stdout }) => [code, stdout]), [
    [1, ""],
    [1, ""],
    [1, ""],
  ]);
  assert.match(write.stderr, /^Cannot answer: .+: this command only reads; write with psql/m);
  assert.match(twice.stderr, /^Cannot answer: .+\(SQLSTATE 42601\): one statement at a time;/m);
  assert.match(file.stderr, /^Cannot answer: copy can write on the server's machine/m);
  assert.equal(left, 1);
  // How rows are written is the same whatever the warehouse, and each start of an embedded one takes seconds.
  if ("PG_HOST" in setup.env) await checkFormats(setup, query);
});

async function checkFormats(setup: DailySetup, query: string): Promise<void> {
  const csv = await setup.run("sql", ["--format", "csv", query]);
  const json = await setup.run("sql", ["--format", "json", query]);
  const day = await setup.run("sql", [
    "select logical_date, to_char(timestamptz '2026-05-03T20:00Z', 'HH24:MI') as dubai " +
    "from ops.run_log limit 1",
  ]);
  assert.equal(csv.stdout, "stage,amount,nobody\nconfirmed,300,0\n");
  assert.deepEqual(JSON.parse(json.stdout), [{ stage: "confirmed", amount: "300", nobody: 0 }]);
  assert.match(day.stdout, new RegExp(`^${DAY} +00:00$`, "m"));
}

testScriptsOnServer(
  "sql reads queries from standard input, and ends at the first that fails",
  async (setup) => {
    const migrated = await setup.run("migrate", []);
    assert.equal(migrated.code, 0, migrated.stderr);
    const script = ["run", "-q", "-A", SCRIPT];

    const lines = await runDenoWithInput(
      [...script, "--format", "csv"],
      "select 1 as a\nselect 2 as b\n",
      setup.env,
    );
    const failing = await runDenoWithInput(
      script,
      "select 1 as a;\nselect nowhere;\nselect 3;\n",
      setup.env,
    );

    assert.deepEqual([lines.code, lines.stdout], [0, "a\n1\nb\n2\n"]);
    assert.deepEqual([failing.code, failing.stdout], [1, "a\n-\n1\n(1 row)\n"]);
    assert.match(
      failing.stderr,
      /Cannot answer: column "nowhere" does not exist \(SQLSTATE 42703\)/,
    );
  },
);

Deno.test("sql makes no warehouse", async () => {
  await using folder = await temporaryFolder();
  const { code, stdout, stderr } = await callScript(SCRIPT, ["select 1"], {
    DATA_DIR: folder.path,
  });
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /^Cannot read the warehouse \(folder .+\): there is none yet/);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(folder.path)), []);
});

Deno.test("sql --psql prints the command for a server, without the password", async () => {
  const { code, stdout } = await runDeno([
    "run",
    "-q",
    "--no-prompt",
    "-P=pipeline",
    SCRIPT,
    "--psql",
  ], {
    PG_HOST: "db.example.com",
    PG_DATABASE: "rental dw",
    PG_USER: "o'hara",
    PG_PASSWORD: "very secret",
  });
  assert.equal(code, 0);
  assert.equal(
    stdout,
    String
      .raw`psql 'host=db.example.com port=5432 dbname='\''rental dw'\'' user='\''o\'\''hara'\'' sslmode=prefer'` +
      "\n",
  );
});

Deno.test("sql --psql says that an embedded warehouse has no server", async () => {
  const { code, stdout, stderr } = await callScript(SCRIPT, ["--psql"]);
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /^Cannot name a command for psql: PG_HOST is not set/);
});

Deno.test("sql refuses an unknown format with exit code 2", async () => {
  const { code, stdout, stderr } = await callScript(SCRIPT, ["--format", "xml", "select 1"]);
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /Allowed choices are table, csv, json/);
});

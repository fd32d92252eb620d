import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { migrate } from "../../lib/warehouse/migrations.ts";
import type { Warehouse } from "../../lib/warehouse/warehouse.ts";
import type { Attempt } from "../../lib/run_log/attempts.ts";
import { callScript } from "../support/called_script.ts";
import { at, attemptOf, insertAttempts } from "../support/attempts.ts";
import { type DailySetup, DAY, testScripts, testScriptsOnServer } from "../support/daily_setup.ts";
import { PROJECT_DIR, readMachineVariables, runDeno } from "../support/script.ts";
import { temporaryFolder } from "../support/folders.ts";

const SCRIPT = "pipeline/runs.ts";

/** What a subcommand printed on stdout, after it has ended well and without a word on stderr. */
async function say(setup: DailySetup, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await setup.run("runs", args);
  assert.deepEqual([code, stderr], [0, ""], `${args.join(" ")}: ${stdout}`);
  return stdout;
}

const SQL_ERROR = "sql/ods/merge_ods_cars.sql:12:5: column stg_cars.colour does not exist " +
  "(SQLSTATE 42703)\n    stg_cars.colour,\n    ^";

/** A day on which the cars did not come through. */
const DAY_OF_CARS: readonly Attempt[] = [
  attemptOf("daily_amocrm_load_leads", "extract_leads"),
  attemptOf("daily_amocrm_load_leads", "load_leads"),
  attemptOf("daily_amocrm_load_clients", "load_clients"),
  attemptOf("daily_build_dict_status_leads", "merge_dict_status_leads"),
  attemptOf("daily_load_ods_leads", "merge_ods_leads"),
  attemptOf("daily_load_ods_clients", "merge_ods_clients"),
  attemptOf("daily_amocrm_load_cars", "extract_cars", {
    status: "failed",
    reason: "error",
    error: "Cannot read /api/v4/account: amoCRM answered 502, expected 200",
    started_at: at("04:10"),
  }),
  attemptOf("daily_amocrm_load_cars", "extract_cars", {
    attempt: 2,
    rows_read: 1250,
    metrics: { rows_read: 1250, snapshot: "cars/2026-05-03/abc" },
    started_at: at("04:11"),
  }),
  attemptOf("daily_amocrm_load_cars", "load_cars", {
    rows_read: 1250,
    rows_written: 1,
    started_at: at("04:12"),
  }),
  attemptOf("daily_load_ods_cars", "merge_ods_cars", {
    status: "failed",
    reason: "error",
    error: SQL_ERROR,
    started_at: at("04:13"),
  }),
  ...["merge_dim_car", "merge_dim_client", "merge_dim_status"].map((task) =>
    attemptOf("daily_build_dds_dim", task, {
      status: "upstream_failed",
      reason: "upstream",
      error: "daily_load_ods_cars.merge_ods_cars of 2026-05-03 failed",
      started_at: at("05:00"),
    })
  ),
];

const TAILS = {
  merge_ods_cars: "2026-05-03 04:13:05 ERROR [merge] merge_ods_cars failed: no colour",
};

const GRID = `Runs from 2026-04-29 to 2026-05-04, dates in Asia/Dubai

                             Apr   May
                              29 30 01 02 03 04
daily_amocrm_load_leads        ·  ·  ·  ·  ✓  ·
daily_amocrm_load_clients      ·  ·  ·  ·  ~  ·
daily_amocrm_load_cars         ·  ·  ·  ·  ✓  ·
daily_amocrm_load_events       ·  ·  ·  ·  ·  ·
daily_build_dict_status_leads  ·  ·  ·  ·  ~  ·
daily_load_ods_leads           ·  ·  ·  ·  ✓  ·
daily_load_ods_clients         ·  ·  ·  ·  ✓  ·
daily_load_ods_cars            ·  ·  ·  ·  ✗  ·
daily_build_dds_dim            ·  ·  ·  ·  ↑  ·
daily_build_dds_fact           ·  ·  ·  ·  ·  ·
daily_build_dm                 ·  ·  ·  ·  ·  ·

✓ success  ✗ failed  ↑ upstream failed  > running  … waiting  ~ partly  · no run

Why daily_load_ods_cars failed, and what now:
  deno task runs explain daily_load_ods_cars 2026-05-03
`;

testScriptsOnServer("runs reads the run log and writes nothing", async (setup) => {
  const folder = join(setup.dataDir, "logs", "daily_amocrm_load_cars", DAY);
  await setup.inspect(async (warehouse) => {
    await migrate(warehouse);
    await insertAttempts(warehouse, DAY_OF_CARS, TAILS);
  });
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, "_run.log"), "2026-05-03 04:09:00 [run] It waits\n");
  await Deno.writeTextFile(
    join(folder, "extract_cars.2.log"),
    "2026-05-03 04:11:05 [extract] 1250 cars\n2026-05-03 04:11:05 [extract] \x1b[2Jdone\n",
  );
  const before = await setup.inspect(dumpRunLog);

  const grid = await say(setup, "--days", "6", "--to", "2026-05-04");
  const json = JSON.parse(await say(setup, "grid", "--days", "1", "--to", DAY, "--json"));
  const show = await say(setup, "show", "daily_amocrm_load_cars", DAY);
  const error = await say(setup, "show", "daily_load_ods_cars", DAY);
  const logs = await say(setup, "logs", "daily_amocrm_load_cars", DAY);
  const tail = await say(setup, "logs", "daily_load_ods_cars", DAY);
  const why = await say(setup, "explain", "daily_build_dds_dim", DAY);

  assert.equal(grid, GRID);
  assert.deepEqual(json.dags[7], {
    id: "daily_load_ods_cars",
    runs: [{
      date: DAY,
      status: "failed",
      has_success: false,
      tasks: 1,
      tasks_succeeded: 0,
      is_full_scan: false,
      attempts: 1,
      started_at: "2026-05-03T00:13:00.000Z",
      error: SQL_ERROR,
    }],
  });
  assert.equal(show, SHOWN);
  assert.equal(
    error.slice(error.indexOf("\n  error") + 1),
    `  error
    sql/ods/merge_ods_cars.sql:12:5: column stg_cars.colour does not exist
    (SQLSTATE 42703)
        stg_cars.colour,
        ^
`,
  );
  assert.equal(logs, logsOf(folder));
  assert.equal(
    tail,
    `== merge_ods_cars, attempt 1: failed
   from the run log, which keeps the last 200 of a failure
2026-05-03 04:13:05 ERROR [merge] merge_ods_cars failed: no colour
`,
  );
  assert.equal(why, EXPLAINED);
  assert.deepEqual(await setup.inspect(dumpRunLog), before);
  // None of them took part as a worker, and no line on any of them is too wide or moves the cursor.
  await assert.rejects(Deno.stat(join(setup.dataDir, "workers")), Deno.errors.NotFound);
  for (const text of [grid, show, error, tail, why]) {
    assert.deepEqual(text.split("\n").filter((line) => [...line].length > 80), []);
  }
  // deno-lint-ignore no-control-regex -- they are what must not be there
  assert.doesNotMatch(grid + show + error + logs + tail + why, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
});

const SHOWN = `daily_amocrm_load_cars of 2026-05-03: success
Copies the cars catalog from amoCRM into STG
Schedule 04:10 (Asia/Dubai)

extract_cars, attempt 1: failed after 5.0 s
  began    2026-05-03 04:10:00
  ended    2026-05-03 04:10:05
  worker   etl-1.42.abcdef
  reason   error
  error
    Cannot read /api/v4/account: amoCRM answered 502, expected 200

extract_cars, attempt 2: success after 5.0 s
  began    2026-05-03 04:11:00
  ended    2026-05-03 04:11:05
  worker   etl-1.42.abcdef
  read     1,250 rows
  metrics  snapshot = cars/2026-05-03/abc
           rows_read = 1250

load_cars, attempt 1: success after 5.0 s
  began    2026-05-03 04:12:00
  ended    2026-05-03 04:12:05
  worker   etl-1.42.abcdef
  read     1,250 rows
  wrote    1 row
`;

function logsOf(folder: string): string {
  return `== around the tasks
   from ${join(folder, "_run.log")}
2026-05-03 04:09:00 [run] It waits

== extract_cars, attempt 1: failed
   no lines here, and none in the run log

== extract_cars, attempt 2: success
   from ${join(folder, "extract_cars.2.log")}
2026-05-03 04:11:05 [extract] 1250 cars
2026-05-03 04:11:05 [extract] \ufffd[2Jdone

== load_cars, attempt 1: success
   no lines here, and none in the run log
`;
}

const EXPLAINED = `daily_build_dds_dim of 2026-05-03 did not run: its upstreams have not succeeded
  merge_dim_car did not begin at 2026-05-03 05:00:05
  attempt 1, worker etl-1.42.abcdef

It waits for
  daily_load_ods_cars.merge_ods_cars: failed

At the root:
daily_load_ods_cars of 2026-05-03 failed
  merge_ods_cars failed at 2026-05-03 04:13:05
  attempt 1, worker etl-1.42.abcdef
  sql/ods/merge_ods_cars.sql:12:5: column stg_cars.colour does not exist
  (SQLSTATE 42703)
      stg_cars.colour,
      ^

What now: look at its log, put right what is wrong, then run it again
  deno task runs logs daily_load_ods_cars 2026-05-03
  deno task runs retry daily_load_ods_cars 2026-05-03 --downstream
`;

/** Every row of the run log as it is. */
async function dumpRunLog({ sql }: Warehouse): Promise<string[]> {
  const rows = await sql`select to_jsonb(run_log)::text as row from ops.run_log order by 1`;
  return rows.map((row) => String(row.row));
}

testScripts("runs says that there is no run log yet, and makes none", async (setup) => {
  const onServer = "PG_HOST" in setup.env;
  if (onServer) await setup.inspect(({ sql }) => sql`drop schema ops cascade`);
  // The copy of a template that the set-up may have put there.
  else await rm(join(setup.dataDir, "warehouse"), { recursive: true, force: true });
  const commands = [
    [],
    ["show", "daily_load_ods_cars", DAY],
    ["logs", "daily_load_ods_cars", DAY],
    ["explain", "daily_load_ods_cars", DAY],
    ["backfill", "--from", "2025-05-01", "--to", "2025-05-03"],
    ["prune", "--keep-days", "30"],
  ];
  for (const args of commands) {
    const text = await say(setup, ...args);
    assert.match(
      text.replaceAll("\n", " "),
      /^There is no run log yet in the warehouse \(.+\): the first run makes it, e\.g\. deno task daily $/,
    );
  }
  const json = await setup.run("runs", ["--days", "1", "--json"]);
  assert.equal(JSON.parse(json.stdout).dags[0].runs[0].status, "none");
  assert.match(json.stderr, /^There is no run log yet/);
  if (onServer) {
    const [found] = await setup.inspect(({ sql }) => sql`select to_regnamespace('ops') as ops`);
    assert.equal(found?.ops, null);
  } else {
    await assert.rejects(Deno.stat(join(setup.dataDir, "warehouse")), Deno.errors.NotFound);
  }
});

testScriptsOnServer("runs does not read the run log of an older version", async (setup) => {
  await setup.inspect(({ sql }) => sql`delete from ops.schema_migration where version = 10`);
  const { code, stdout, stderr } = await setup.run("runs", []);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(
    stderr,
    /^Cannot read the warehouse \(.+\): it lacks 0010_incidents\.sql, expected every migration: run deno task migrate\n$/,
  );
});

const USAGE = [
  [["shw"], 'Cannot find the subcommand "shw": did you mean show?'],
  [
    ["show", "daily_load_ods_car"],
    'Cannot find the DAG "daily_load_ods_car": did you mean daily_load_ods_cars?',
  ],
  [
    ["logs", "daily_load_ods_cars", "2026-02-30"],
    'Cannot use the date "2026-02-30": expected today, yesterday or a day like 2026-05-03',
  ],
  [
    ["mark", "daily_load_ods_cars", DAY, "failed"],
    "error: required option '--why <text>' not specified\n(--help lists what there is)",
  ],
  [
    ["mark", "daily_load_ods_cars", DAY, "failed", "--why", " "],
    "Cannot mark a run without a reason: --why is empty, expected a text",
  ],
  [
    ["mark", "daily_load_ods_cars", DAY, "done", "--why", "x"],
    "error: command-argument value 'done' is invalid for argument 'status'. " +
    "Allowed choices are success, failed.\n(--help lists what there is)",
  ],
  [
    ["--days", "0"],
    "error: option '--days <count>' argument '0' is invalid. Expected a whole number from 1 to 366.\n" +
    "(--help lists what there is)",
  ],
  [
    ["prune"],
    "Cannot prune without a limit: expected --keep-days, or --after for dates of the future",
  ],
] as const;

Deno.test("runs refuses wrong usage with exit code 2, and says what is right", async () => {
  await using folder = await temporaryFolder();
  for (const [args, message] of USAGE) {
    const { code, stdout, stderr } = await callScript(SCRIPT, args, { DATA_DIR: folder.path });
    assert.deepEqual([code, stdout, stderr], [2, "", `${message}\n`]);
  }
});

Deno.test("runs names its subcommands with --help, and docs/operations.md has each", async () => {
  const { code, stdout } = await callScript(SCRIPT, ["--help"], { PG_HOST: "half-configured" });
  assert.equal(code, 0);
  const names = stdout.split("\n").map((line) => /^ {2}(\w+) .*\w/.exec(line)?.[1])
    .filter((name) => name !== undefined && name !== "deno");
  assert.deepEqual(names, [
    ...["grid", "show", "logs", "explain", "plan", "retry", "backfill", "cancel", "mark", "prune"],
    "help",
  ]);
  const docs = await Deno.readTextFile(join(PROJECT_DIR, "docs", "operations.md"));
  const documented = [...docs.matchAll(/^### `runs ?(\w*)`/gm)].map(([, name]) => name || "grid");
  assert.deepEqual(documented.sort(), names.filter((name) => name !== "help").sort());
});

Deno.test("runs cannot cancel anything on the embedded warehouse, and says so", async () => {
  await using folder = await temporaryFolder();
  const args = ["cancel", "daily_load_ods_cars", DAY];
  const { code, stdout } = await callScript(SCRIPT, args, { DATA_DIR: folder.path });
  assert.equal(code, 0);
  assert.equal(
    stdout,
    `The embedded warehouse is open in one process at a time, so there is no run of
another one to cancel: stop that process itself, with Ctrl-C or SIGTERM
`,
  );
  assert.deepEqual(await Array.fromAsync(Deno.readDir(folder.path)), []);
});

/** Runs the script with its stdout on a terminal of so many columns, as people see it. */
async function runOnTerminal(setup: DailySetup, columns: number, args: string): Promise<string> {
  const command = `stty cols ${columns}; ${Deno.execPath()} run -q -A ${SCRIPT} ${args}`;
  const { stdout } = await new Deno.Command("script", {
    args: ["-qec", command, "/dev/null"],
    cwd: PROJECT_DIR,
    clearEnv: true,
    env: { ...readMachineVariables(), ...setup.env },
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout).replaceAll("\r\n", "\n");
}

testScriptsOnServer("runs is coloured on a terminal, and as wide as that", async (setup) => {
  await setup.inspect((warehouse) => insertAttempts(warehouse, DAY_OF_CARS));
  const args = "--days 30 --to 2026-05-04";

  const narrow = await runOnTerminal(setup, 80, args);
  const wide = await runOnTerminal(setup, 140, args);

  assert.ok(narrow.includes("\x1b[31m✗\x1b[39m"));
  assert.ok(narrow.includes("\x1b[32m✓\x1b[39m"));
  const [narrowLines, wideLines] = [narrow, wide].map((text) =>
    stripVTControlCharacters(text).split("\n")
  );
  const widths = (lines: readonly string[] = []) => lines.map((line) => [...line].length);
  assert.ok(Math.max(...widths(narrowLines)) <= 80);
  assert.equal(Math.max(...widths(wideLines)), 29 + 30 * 3);
  const piped = await say(setup, ...args.split(" "));
  assert.equal(piped, narrowLines?.join("\n"));
});

testScriptsOnServer("runs needs no more rights than its task has", async (setup) => {
  await setup.inspect((warehouse) => insertAttempts(warehouse, DAY_OF_CARS, TAILS));
  const { dataDir } = setup;
  // Those of the task, and the folders of this test in place of .data and logs.
  const rights = [`--allow-read=.,${dataDir}`, `--allow-write=${dataDir}`];
  const run = (script: string, ...args: string[]) =>
    runDeno(
      ["run", "-q", "--no-prompt", "-P=pipeline", ...rights, script, ...args],
      setup.env,
    );
  const first = await run("pipeline/runs.ts", "--to", "2026-05-04");
  // One process has them for all the others, each of which would take a second of processor time to start.
  const others = await run(
    "tests/support/run_each.ts",
    JSON.stringify([
      ["show", "daily_load_ods_cars", DAY],
      ["logs", "daily_load_ods_cars", DAY],
      ["explain", "daily_load_ods_cars", DAY],
      ["plan", "--date", DAY],
      ["cancel", "daily_load_ods_cars", DAY],
      ["mark", "daily_load_ods_cars", DAY, "success", "--why", "merged by hand"],
      ["prune", "--keep-days", "1", "--yes"],
    ]),
  );
  assert.equal(first.code, 0, first.stderr);
  assert.equal(others.code, 0, others.stderr);
});

testScriptsOnServer(
  "a run goes on where its lines cannot be kept, and says so once",
  async (setup) => {
    const { dataDir } = setup;
    const rights = [`--allow-read=.,${dataDir}`, `--allow-write=${dataDir}`];
    const { code, stderr } = await runDeno(
      ["run", "-q", "--no-prompt", "-P=pipeline", ...rights, "pipeline/daily.ts", "--date", DAY],
      { ...setup.env, LOG_DIR: "/var/log/rental" },
    );
    assert.equal(code, 0, stderr);
    const warnings = stderr.split("\n").filter((line) => line.includes("LOG_DIR"));
    assert.deepEqual(warnings.map((line) => line.slice(20).replace(/ dag=.*/, "")), [
      'WARNING [log] Cannot keep log lines in LOG_DIR "/var/log/rental": this program has no right to ' +
      "write there (docs/permissions.md says how to give it), expected a folder to write to: the run " +
      "goes on, its lines are on stderr alone",
    ]);
  },
);

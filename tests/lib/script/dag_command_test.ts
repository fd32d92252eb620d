import assert from "node:assert/strict";
import { join } from "node:path";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { callScript } from "../../support/called_script.ts";
import { DATE, listRuns } from "../../support/runs.ts";
import { denoCommand, endProcess, readUntil, runDeno } from "../../support/script.ts";
import { temporaryFolder } from "../../support/folders.ts";
import { serverAccess, testOnServer } from "../../support/warehouses.ts";

const SCRIPT = "pipeline/daily_load_ods_leads.ts";
const PROCESS = ["run", "-q", "-A", SCRIPT];
/** As people start it, without a right that the permission set does not give. */
const GUARDED_SCRIPT = ["run", "-q", "--no-prompt", "-P=pipeline", SCRIPT];

/** The settings that lead a script to the database of a test. */
async function settingsFor({ sql }: Warehouse, dataDir: string): Promise<Record<string, string>> {
  assert.ok(serverAccess);
  const [row] = await sql`select current_database() as name`;
  return {
    PG_HOST: serverAccess.host,
    PG_PORT: String(serverAccess.port),
    PG_USER: serverAccess.user,
    PG_PASSWORD: serverAccess.password,
    PG_DATABASE: String(row?.name),
    DATA_DIR: dataDir,
    LOG_DIR: join(dataDir, "logs"),
  };
}

/** Puts the end of load_leads into the run log, as its own DAG would, and load_events before it. */
async function endLoad({ sql }: Warehouse, status: "success" | "failed"): Promise<void> {
  await sql`
    insert into ops.run_log (
      run_id, dag_id, task_id, logical_date, attempt, status, finished_at, worker
    )
    values
      (
        gen_random_uuid(), 'daily_amocrm_load_events', 'load_events', ${DATE}, 1, 'success', now(),
        'w'
      ),
      (
        gen_random_uuid(), 'daily_amocrm_load_leads', 'load_leads', ${DATE}, 1, ${status}, now(),
        'w'
      )
  `;
}

Deno.test("a DAG's script shows its flags, examples and exit codes with --help", async () => {
  const { code, stdout, stderr } = await runDeno([...GUARDED_SCRIPT, "--help"]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(
    stdout,
    `Usage: daily_load_ods_leads [options]

Merges the leads that landed into their history

Options:
  --date <date>     logical date: YYYY-MM-DD, today or yesterday (default:
                    today)
  --dry-run         write nothing, show what would be written
  --force           run again even if it has succeeded for this date
  --wait [minutes]  wait for the upstreams (default: POKE_TIMEOUT_MIN)
  -h, --help        display help for command

Examples:
  deno run -q -P=pipeline pipeline/daily_load_ods_leads.ts
  deno run -q -P=pipeline pipeline/daily_load_ods_leads.ts --date 2026-05-03 --dry-run
  deno run -q -P=pipeline pipeline/daily_load_ods_leads.ts --date 2026-05-03 --wait 30

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 upstream not ready,
4 already running.
`,
  );
});

for (
  const [args, message] of [
    [
      ["--date", "2026-02-30"],
      'Cannot use the date "2026-02-30": expected today, yesterday or a day like 2026-05-03\n',
    ],
    [
      ["--date", "2999-01-01"],
      "Cannot use the date 2999-01-01: it is in the future, expected today at most (TODAY in Asia/Dubai)\n",
    ],
    [
      ["--dats"],
      "error: unknown option '--dats'\n(Did you mean --date?)\n(--help lists what there is)\n",
    ],
    [
      ["2026-05-03"],
      "error: too many arguments. Expected 0 arguments but got 1: 2026-05-03.\n" +
      "(--help lists what there is)\n",
    ],
    [
      ["--wait", "long"],
      "error: option '--wait [minutes]' argument 'long' is invalid. expected minutes like 60\n" +
      "(--help lists what there is)\n",
    ],
  ] as const
) {
  Deno.test(`a DAG's script refuses ${args.join(" ")} with exit code 2`, async () => {
    const { code, stdout, stderr } = await callScript(SCRIPT, args);
    const today = String(Temporal.Now.plainDateISO("Asia/Dubai"));
    assert.deepEqual([code, stdout, stderr], [2, "", message.replace("TODAY", today)]);
  });
}

Deno.test("a DAG's script names wrong settings with exit code 2", async () => {
  const { code, stderr } = await callScript(SCRIPT, [], {
    LOG_FORMAT: "xml",
    PG_HOST: "db.example.com",
  });
  assert.equal(code, 2);
  assert.equal(
    stderr,
    `3 problems in the configuration:
 - LOG_FORMAT is "xml", expected one of text, json
 - PG_DATABASE is missing: PG_HOST is set, so the name of the database is needed
 - PG_USER is missing: PG_HOST is set, so the role to log in with is needed
`,
  );
});

Deno.test("a DAG's script refuses a DATA_DIR that its rights do not cover", async () => {
  const { code, stderr } = await runDeno(GUARDED_SCRIPT, { DATA_DIR: "/var/lib/rental" });
  assert.equal(code, 2);
  assert.equal(
    stderr,
    'Cannot use DATA_DIR "/var/lib/rental": this program may not read and write there, ' +
      "expected a folder below .data: or start it with deno run -q --no-prompt -P=pipeline " +
      "--allow-read=.,/var/lib/rental --allow-write=.data,logs,/var/lib/rental pipeline/daily.ts " +
      "(docs/permissions.md)\n",
  );
});

Deno.test("a DAG's script says what to check when there is no server, with exit code 1", async () => {
  await using folder = await temporaryFolder();
  const { code, stderr } = await callScript(SCRIPT, [], {
    PG_HOST: "127.0.0.1",
    PG_PORT: "1",
    PG_DATABASE: "rental_dw",
    PG_USER: "rental_etl",
    PG_PASSWORD: "hunter2",
    DATA_DIR: folder.path,
  });
  assert.equal(code, 1);
  assert.equal(
    stderr,
    "Cannot open the warehouse at 127.0.0.1:1/rental_dw: connection refused: " +
      "check PG_HOST and PG_PORT, and that the server runs\n",
  );
});

testOnServer("a DAG's script waits for its upstream, runs once, and says so", async (warehouse) => {
  await using folder = await temporaryFolder();
  const env = await settingsFor(warehouse, folder.path);
  const run = () => callScript(SCRIPT, ["--date", DATE], env);

  const early = await run();
  assert.equal(early.code, 3);
  const reason = "waiting for daily_amocrm_load_leads.load_leads of 2026-05-03 (never ran)";
  assert.match(early.stdout, new RegExp(`^Cannot run daily_load_ods_leads for ${DATE}: .*$`, "m"));
  assert.ok(early.stdout.includes(reason));
  assert.deepEqual(await listRuns(warehouse), []);

  await endLoad(warehouse, "success");
  const first = await run();
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /^ {2}merge_ods_leads +success +0 +\d+\.\d$/m);
  const again = await run();
  assert.equal(again.code, 0);
  assert.match(
    again.stderr,
    /daily_load_ods_leads has already succeeded for 2026-05-03: nothing to do/,
  );
  assert.deepEqual(await listRuns(warehouse), [
    ["daily_amocrm_load_events.load_events", 1, "success", null],
    ["daily_amocrm_load_leads.load_leads", 1, "success", null],
    ["daily_load_ods_leads.merge_ods_leads", 1, "success", null],
  ]);
});

testOnServer("a DAG's script ends with exit code 3 when its upstream failed", async (warehouse) => {
  await using folder = await temporaryFolder();
  await endLoad(warehouse, "failed");
  const env = await settingsFor(warehouse, folder.path);
  const { code, stdout } = await callScript(SCRIPT, ["--date", DATE], env);
  assert.equal(code, 3);
  assert.match(
    stdout,
    /^Cannot run daily_load_ods_leads for 2026-05-03: daily_amocrm_load_leads\.load_leads of 2026-05-03 failed$/m,
  );
});

testOnServer(
  "a DAG's script refuses with exit code 4 while another one runs it",
  async (warehouse) => {
    await using folder = await temporaryFolder();
    await warehouse.sql`
    insert into ops.run_log (run_id, dag_id, task_id, logical_date, attempt, status, worker)
    values (
      gen_random_uuid(), 'daily_load_ods_leads', 'merge_ods_leads', ${DATE}, 1, 'running', 'elsewhere'
    )
  `;
    await endLoad(warehouse, "success");
    const env = await settingsFor(warehouse, folder.path);
    const { code, stdout } = await callScript(SCRIPT, ["--date", DATE], env);
    assert.equal(code, 4);
    assert.match(
      stdout,
      /: the worker elsewhere is running it, expected nobody: wait until it has/,
    );
  },
);

testOnServer(
  "a DAG's script that waits frees its claim when it gets SIGTERM",
  async (warehouse) => {
    await using folder = await temporaryFolder();
    const env = await settingsFor(warehouse, folder.path);
    const waiting = denoCommand([...PROCESS, "--date", DATE, "--wait", "30"], env).spawn();
    await readUntil(waiting.stderr, "waiting for daily_amocrm_load_leads.load_leads");
    assert.equal(await endProcess(waiting), 1);
    assert.deepEqual(await listRuns(warehouse), [[
      "daily_load_ods_leads.merge_ods_leads",
      1,
      "failed",
      "stopped while waiting for daily_amocrm_load_leads.load_leads of 2026-05-03 (never ran)",
    ]]);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(`${folder.path}/workers`)), []);
  },
);

testOnServer(
  "a DAG's script takes over at once from a process that was killed",
  async (warehouse) => {
    await using folder = await temporaryFolder();
    const env = await settingsFor(warehouse, folder.path);
    const killed = denoCommand([...PROCESS, "--date", DATE, "--wait", "30"], env).spawn();
    await readUntil(killed.stderr, "waiting for daily_amocrm_load_leads.load_leads");
    killed.kill("SIGKILL");
    await killed.status;
    await Promise.all([killed.stdout.cancel(), killed.stderr.cancel()]);
    await endLoad(warehouse, "success");
    const { code, stderr } = await callScript(SCRIPT, ["--date", DATE], env);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /Freed the claims of dead workers: daily_load_ods_leads\.merge_ods_leads/);
  },
);

import assert from "node:assert/strict";
import { join } from "node:path";
import { callScript } from "../../support/called_script.ts";
import { attemptOf, insertAttempts } from "../../support/attempts.ts";
import {
  addCarAndClient,
  type DailySetup,
  DAY,
  dumpLayers,
  leadItem,
  testScripts,
  testScriptsOnServer,
} from "../../support/daily_setup.ts";
import { readUntil } from "../../support/script.ts";

const LOAD_CARS = "daily_amocrm_load_cars";
const MERGE_CARS = "daily_load_ods_cars";

/** What a subcommand that only reads printed. */
async function say(setup: DailySetup, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await setup.run("runs", args);
  assert.deepEqual([code, stderr], [0, ""], `${args.join(" ")}: ${stdout}`);
  return stdout;
}

async function attemptsOf(setup: DailySetup, taskId: string): Promise<unknown[]> {
  return await setup.inspect(async ({ sql }) => [
    ...await sql`
      select attempt, status, reason from ops.run_log where task_id = ${taskId} order by attempt
    `.values(),
  ]);
}

const PLANNED = `2026-05-03: 11 of 11 DAGs would run
 1. daily_amocrm_load_leads
    extract_leads                   reads 1
      pulls the leads that changed; all of them the first time and once a week
    load_leads                      reads 1, writes 1
 2. daily_amocrm_load_clients
    extract_clients                 reads 1
      pulls every element of AMO_CLIENTS_CATALOG
    load_clients                    reads 1, writes 1
 3. daily_amocrm_load_cars
    extract_cars                    reads 1
      pulls every element of AMO_CARS_CATALOG
    load_cars                       reads 1, writes 1
 4. daily_amocrm_load_events
    extract_events                  reads 1
      pulls the events of leads since the last run, new rows of the trash, and
      the leads that events mention
    load_events                     reads 2, writes 1
 5. daily_build_dict_status_leads
    extract_statuses_to_stage       reads 14, writes 14
      pulls every pipeline with its statuses
    merge_dict_status_leads         reads 14, writes 14
 6. daily_load_ods_leads
    merge_ods_leads                 reads 1, writes 1
      versions: 1 to open, 0 to close
 7. daily_load_ods_clients
    merge_ods_clients               reads 1, writes 1
      versions: 1 to open, 0 to close
 8. daily_load_ods_cars
    merge_ods_cars                  reads 1, writes 1
      versions: 1 to open, 0 to close
 9. daily_build_dds_dim
    merge_dim_car                   reads 1, writes 1
    merge_dim_client                reads 1, writes 1
    merge_dim_status                reads 14, writes 14
10. daily_build_dds_fact
    merge_fact_lead_status_change   reads 1, writes 0
    merge_fact_rentals              reads 1, writes 1
    merge_fact_fleet_usage_day      reads 1, writes 1
    merge_dim_date                  reads 366, writes 366
11. daily_build_dm
    remember_build                  writes 1
    build_unattributed_booking      writes 1
    build_fleet_utilisation_month   writes 0
    build_revenue_day               writes 1
    build_revenue_month             writes 3
    build_booking_pace              writes 0
    build_lead_state                reads 1, writes 1
    build_lead_funnel_week          writes 0
    build_stage_transition          writes 1
    build_rental_changes            reads 1, writes 0
    build_data_trust                reads 3
    forget_changes

In all, 3 versions would open and 0 close; 427 rows would be written
Nothing was written: all of it was rolled back
`;

testScripts("runs plans a day as it would be, and leaves nothing", async (setup) => {
  const { account } = setup;
  await addCarAndClient(account);
  await account.create("/leads", "leads", [leadItem(account, "Confirmed", { price: 300 }, {
    plate: "a-1",
    license: "lic77zq",
  })]);
  const failed = await setup.run("daily", ["--date", DAY], { AMO_TOKEN: "wrong" });
  assert.equal(failed.code, 1);
  const before = await setup.inspect((warehouse) => dumpLayers(warehouse));

  const plan = await say(setup, "plan", "--date", DAY);

  assert.equal(plan, PLANNED);
  assert.deepEqual(await setup.inspect((warehouse) => dumpLayers(warehouse)), before);
  // Its snapshots lay in a folder that is gone with it.
  const folders = await Array.fromAsync(Deno.readDir(setup.dataDir), ({ name }) => name);
  assert.deepEqual(folders.filter((name) => /^(snapshots|dry_run_)/.test(name)), []);
});

testScriptsOnServer(
  "runs retries a DAG with all that follows, and takes a mark back",
  async (setup) => {
    await addCarAndClient(setup.account);
    await setup.run("daily", ["--date", DAY], { AMO_TOKEN: "wrong" });

    const refused = await setup.run("runs", ["retry", MERGE_CARS, DAY]);
    assert.equal(refused.code, 3);
    assert.match(refused.stdout, /^daily_load_ods_cars +upstream failed +-$/m);

    const cars = await setup.run("runs", ["retry", LOAD_CARS, DAY, "--downstream"]);
    assert.equal(cars.code, 3, cars.stderr);
    assert.match(cars.stdout, /^daily_load_ods_cars +success +\d+\.\d$/m);
    // The dimensions wait for others as well, which have failed.
    assert.match(cars.stdout, /^daily_build_dds_fact +upstream failed +-$/m);
    assert.doesNotMatch(cars.stdout, /^daily_amocrm_load_leads/m);

    const why = ["--why", "from the wrong account"];
    const marked = await setup.run("runs", ["mark", MERGE_CARS, DAY, "failed", ...why]);
    assert.equal(marked.code, 0);
    assert.match(
      marked.stdout,
      /^daily_load_ods_cars of 2026-05-03 was marked as failed by .+ on .+: from the wrong account\n$/,
    );
    assert.match(
      await say(setup, "explain", MERGE_CARS, DAY),
      /^daily_load_ods_cars of 2026-05-03 failed\n {2}merge_ods_cars was marked as failed at /,
    );

    const again = await setup.run("runs", ["retry", MERGE_CARS, DAY]);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stderr, /merge_ods_cars done in/);
    assert.match(again.stdout, /^daily_load_ods_cars +success +\d+\.\d$/m);
    assert.deepEqual(await attemptsOf(setup, "merge_ods_cars"), [
      [1, "upstream_failed", "upstream"],
      [2, "upstream_failed", "upstream"],
      [3, "success", null],
      [4, "failed", "marked"],
      [5, "success", null],
    ]);
  },
);

testScriptsOnServer(
  "runs backfills date by date, only with --yes, and goes on where it stopped",
  async (setup) => {
    await addCarAndClient(setup.account);
    const range = ["backfill", "--from", "2025-05-01", "--to", "2025-05-02", "--dag", LOAD_CARS];
    const first = await setup.run("runs", [...range, "--yes"], { AMO_TOKEN: "wrong" });
    assert.equal(first.code, 1);
    assert.match(
      first.stdout,
      /^2025-05-01 to 2025-05-02 {2}daily_amocrm_load_cars\n2025-05-01 {2}0 of 1 DAGs succeeded, 0 rows written in \d+\.\d s \(1 of 2\)\nDAG and task/,
    );
    assert.match(
      first.stdout,
      /\nStopped at 2025-05-01: once daily_amocrm_load_cars can succeed, the same command goes on from there; --continue passes it over\n {2}deno task runs explain daily_amocrm_load_cars 2025-05-01\n$/,
    );

    assert.equal(
      await say(setup, ...range),
      `2025-05-01 to 2025-05-02  daily_amocrm_load_cars

2 of 2 dates would run: add --yes to run them, one after the other
`,
    );
    assert.deepEqual(await attemptsOf(setup, "load_cars"), [[1, "upstream_failed", "upstream"]]);

    const second = await setup.run("runs", [...range, "--yes"]);
    assert.equal(second.code, 0, second.stderr);
    assert.deepEqual(
      second.stdout.split("\n").slice(1).map((line) => line.replace(/ in .* s/, "")),
      [
        "2025-05-01  1 of 1 DAGs succeeded, 1 rows written (1 of 2)",
        "2025-05-02  1 of 1 DAGs succeeded, 0 rows written (2 of 2)",
        "",
      ],
    );
    assert.equal(
      await say(setup, ...range),
      "2025-05-01 to 2025-05-02  done\n\nNothing is left to run\n",
    );
  },
);

Deno.test("runs refuses a backfill of the future with exit code 2", async () => {
  const args = ["backfill", "--from", "today", "--to", "2999-01-01"];
  const { code, stderr } = await callScript("pipeline/runs.ts", args, {
    AMO_BASE_URL: "http://127.0.0.1:1",
    AMO_TOKEN: "x",
  });
  assert.deepEqual([code, stderr], [
    2,
    "Cannot use the date 2999-01-01: it is in the future, expected today at most " +
    `(${Temporal.Now.plainDateISO("Asia/Dubai")} in Asia/Dubai)\n`,
  ]);
});

testScriptsOnServer("runs cancels what another process is on, which stops", async (setup) => {
  // The answer never comes: the worker hangs in its extract.
  setup.sandbox.faults.add({ kind: "slow", ms: 3_600_000 }, { times: 1000 });
  const worker = setup.command(LOAD_CARS).spawn();
  const output = Promise.all([
    new Response(worker.stdout).text(),
    new Response(worker.stderr).text(),
  ]);
  await setup.inspect(async ({ sql }) => {
    while (true) {
      const [row] = await sql`select from ops.run_log where status = 'running'`;
      if (row) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
  const { code: busy, stdout: held } = await setup.run("runs", [
    ...["mark", LOAD_CARS, DAY, "failed", "--why", "it hangs"],
  ]);
  const why = await say(setup, "explain", LOAD_CARS, DAY);

  const cancelled = await setup.run("runs", ["cancel", LOAD_CARS, DAY]);

  assert.equal(cancelled.code, 0, cancelled.stderr);
  assert.deepEqual(
    cancelled.stdout.split("\n").filter((line) => !line.startsWith("Waiting")).map((line) =>
      line.replace(/which \S+ is/, "which W is")
    ),
    [
      `Asked for the end of ${LOAD_CARS} of ${DAY}, which W is on`,
      "extract_cars, attempt 1: failed: cancelled by a person",
      `load_cars, attempt 1: upstream failed: ${LOAD_CARS}.extract_cars of ${DAY} failed`,
      "",
    ],
  );
  const { code } = await worker.status;
  const [stdout] = await output;
  assert.equal(code, 1);
  assert.match(stdout, /extract_cars failed: cancelled by a person/);
  assert.deepEqual(await attemptsOf(setup, "extract_cars"), [[1, "failed", "cancelled"]]);
  assert.equal(busy, 4);
  assert.equal(
    held,
    `Cannot mark ${LOAD_CARS} of ${DAY}: a worker is on it, expected
nobody: wait for its end, or stop it
  deno task runs cancel ${LOAD_CARS} ${DAY}
`,
  );
  assert.match(why, /^daily_amocrm_load_cars of 2026-05-03 has been running extract_cars since\n/);
  assert.match(
    await say(setup, "explain", LOAD_CARS, DAY),
    /^daily_amocrm_load_cars of 2026-05-03 failed\n {2}extract_cars was cancelled by a person at /,
  );
  const workers = () => Array.fromAsync(Deno.readDir(join(setup.dataDir, "workers")));
  const before = await workers();
  const nothing = await setup.run("runs", ["cancel", LOAD_CARS, DAY]);
  assert.deepEqual(await workers(), before, "it takes no part as a worker, and sweeps none away");
  assert.deepEqual([nothing.code, nothing.stdout], [
    0,
    `Nothing of ${LOAD_CARS} of ${DAY} is under way\n`,
  ]);
});

testScriptsOnServer("runs cancels what a killed process held", async (setup) => {
  const waiting = setup.command(MERGE_CARS, ["--date", DAY, "--wait", "30"]).spawn();
  await readUntil(waiting.stderr, "waiting for daily_amocrm_load_cars.load_cars");
  waiting.kill("SIGKILL");
  await waiting.status;
  await Promise.all([waiting.stdout.cancel(), waiting.stderr.cancel()]);

  const { code, stdout } = await setup.run("runs", ["cancel", MERGE_CARS, DAY]);

  assert.equal(code, 0);
  assert.match(
    stdout,
    /\nmerge_ods_cars, attempt 1: failed: cancelled after the worker \S+ had died\n$/,
  );
});

testScriptsOnServer("runs prunes what is old, only with --yes", async (setup) => {
  await setup.run(MERGE_CARS);
  const ages = [3, 1].map((days) => new Date(Date.now() - days * 86_400_000));
  await setup.inspect((warehouse) =>
    insertAttempts(
      warehouse,
      ages.map((started_at, i) =>
        attemptOf(MERGE_CARS, "merge_ods_cars", { attempt: i + 1, started_at })
      ),
    )
  );
  assert.equal(
    await say(setup, "prune", "--keep-days", "2"),
    "1 attempt, 0 check results and 0 log files ended more than 2 days ago: add --yes to remove them\n",
  );
  assert.equal((await attemptsOf(setup, "merge_ods_cars")).length, 2);
  const { stdout: caution } = await setup.run("runs", ["prune", "--keep-days", "29"], {
    CATCHUP: "all",
  });
  assert.equal(
    caution,
    `Caution: a scheduler would run dates again whose rows are gone, as CATCHUP is
all and CATCHUP_MAX_DAYS goes back further than that
0 attempts, 0 check results and 0 log files ended more than 29 days ago: add --yes to remove them
`,
  );

  const { code, stdout } = await setup.run("runs", ["prune", "--keep-days", "2", "--yes"]);

  assert.deepEqual([code, stdout], [
    0,
    "Removed 1 attempt, 0 check results and 0 log files that ended more than 2 days ago\n",
  ]);
  assert.deepEqual(await attemptsOf(setup, "merge_ods_cars"), [[2, "success", null]]);
});

import assert from "node:assert/strict";
import { dags } from "../../pipeline/daily.ts";
import {
  type DailySetup,
  DAY,
  dumpLayers,
  fillAccount,
  onEmbedded,
  onServer,
  RUN_COLUMNS,
  testScripts,
  testScriptsOnServer,
  withAccount,
} from "../support/daily_setup.ts";
import { endProcess, killWhen, readUntil } from "../support/script.ts";
import { serverAvailable } from "../support/warehouses.ts";

const DEBUG = { LOG_LEVEL: "debug" };

/** How often a day is killed. */
const KILLS = { server: 7, embedded: 3 };

const TASKS = dags.flatMap(({ tasks }) => tasks).length;

for (const [kind, isPossible] of [["embedded", true], ["server", serverAvailable]] as const) {
  Deno.test({
    name: `daily ends in the same state when killed again and again and run to its end (${kind})`,
    ignore: !isPossible,
    fn: () =>
      withAccount(async (served) => {
        await fillAccount(served);
        const onFresh = kind === "server" ? onServer : onEmbedded;
        await onFresh(served, (setup) => checkKills(KILLS[kind], setup));
      }),
  });
}

/** What a day ends in that nobody disturbs: the same rows on each kind of warehouse, and of each such account. */
let undisturbed: ReturnType<typeof liveUndisturbed> | null = null;

async function liveUndisturbed(): Promise<Awaited<ReturnType<typeof dumpLayers>>> {
  let layers: Awaited<ReturnType<typeof dumpLayers>> = {};
  await withAccount(async (served) => {
    await fillAccount(served);
    await (serverAvailable ? onServer : onEmbedded)(served, async (setup) => {
      const { code, stderr } = await setup.run("daily");
      assert.equal(code, 0, stderr);
      layers = await setup.inspect((warehouse) => dumpLayers(warehouse, RUN_COLUMNS));
    });
  });
  assert.equal(layers["dds.fact_rentals"]?.length, 20);
  return layers;
}

/**
 * Kills one run after the other, each of which goes on where the one before was killed: when as many tasks are done
 * as are its part of the day, and a few lines later, which are those of the tasks that it dies in.
 */
async function checkKills(kills: number, setup: DailySetup): Promise<void> {
  const killed: string[] = [];
  let done = 0;
  for (let kill = 1; kill <= kills; kill++) {
    const due = Math.round(TASKS * (kill - 1) / (kills + 1));
    const said = await killWhen(setup.command("daily", ["--date", DAY], DEBUG), (lines) => {
      const at = lines.findIndex((_, i) => done + countDone(lines.slice(0, i)) >= due);
      return at >= 0 && lines.length > at + 2 + 2 * kill % 5;
    });
    done += countDone(said);
    killed.push(`after ${done} tasks: ${said.at(-2)}`);
  }

  const { code, stderr } = await setup.run("daily");

  assert.equal(code, 0, `killed ${killed.join("\n")}\n${stderr}`);
  const calm = await (undisturbed ??= liveUndisturbed());
  await setup.inspect(async (warehouse) => {
    const layers = await dumpLayers(warehouse, RUN_COLUMNS);
    assert.deepEqual(layers, calm, `killed ${killed.join("\n")}`);
    const twice = await warehouse.sql`
      select dag_id, task_id
      from ops.run_log
      where status = 'success'
      group by dag_id, task_id
      having count(*) > 1 and task_id not like 'extract%'
    `;
    assert.deepEqual([...twice], []);
    const open = await warehouse.sql`
      select task_id from ops.run_log where status in ('waiting', 'running')
    `;
    assert.deepEqual([...open], []);
    const [dead] = await warehouse.sql`
      select count(distinct worker)::integer as workers from ops.run_log where status = 'failed'
    `;
    assert.ok(
      dead?.workers > kills / 2,
      `${dead?.workers} runs died in a task, of ${kills} killed`,
    );
  });
}

function countDone(lines: readonly string[]): number {
  return lines.filter((line) => / done in [\d.]+ s/.test(line)).length;
}

testScriptsOnServer(
  "daily says so when the server drops it, and ends well when run again",
  async (setup) => {
    await fillAccount(setup);
    const process = setup.command("daily", ["--date", DAY], DEBUG).spawn();
    const stdout = new Response(process.stdout).text();
    let said = "";
    let drops = 0;
    for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
      said += text;
      // In the load, in a merge, and in the facts.
      const moments = ["[extract] 20 leads", "merge_ods_leads done", "merge_dim_date done"];
      if (!said.includes(moments[drops] ?? "no more")) continue;
      drops++;
      await setup.inspect(({ sql }) =>
        sql`
        select pg_terminate_backend(pid)
        from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
      `
      );
    }
    const { code } = await process.status;

    const again = await setup.run("daily");

    assert.ok(drops >= 1);
    assert.ok(code === 0 || code === 1, said);
    assert.match(await stdout, /^daily_build_dds_fact /m);
    assert.doesNotMatch(said, /TypeError|Uncaught/);
    assert.equal(again.code, 0, again.stderr);
    const layers = await setup.inspect((warehouse) => dumpLayers(warehouse));
    assert.equal(layers["dds.fact_rentals"]?.length, 20);
  },
);

testScriptsOnServer("one of two runs of a day refuses with exit code 4", async (setup) => {
  await fillAccount(setup);
  // The first one is held in its extract until the second one has given up.
  setup.sandbox.faults.add({ kind: "slow", ms: 60_000 }, { path: "/api/v4/leads" });
  const first = setup.command("daily_amocrm_load_leads", ["--date", DAY], DEBUG).spawn();
  const said = await readUntil(first.stderr, "/api/v4/account answered");

  const second = await setup.run("daily_amocrm_load_leads");

  await endProcess(first);
  assert.ok(said.includes("Warehouse: PostgreSQL"));
  assert.equal(second.code, 4);
  assert.match(
    second.stdout,
    new RegExp(
      `Cannot run daily_amocrm_load_leads for ${DAY}: the worker \\S+ is running it, expected nobody: ` +
        "wait until it has finished",
    ),
  );
  const third = await setup.run("daily_amocrm_load_leads");
  assert.equal(third.code, 0, third.stderr);
});

Deno.test("a second run refuses with exit code 4 while the embedded warehouse is open", () =>
  withAccount((served) =>
    onEmbedded(served, async (setup) => {
      setup.sandbox.faults.add({ kind: "slow", ms: 60_000 }, { path: "/api/v4/leads" });
      const first = setup.command("daily", ["--date", DAY], DEBUG).spawn();
      await readUntil(first.stderr, "/api/v4/account answered");

      const second = await setup.run("daily");

      first.kill("SIGKILL");
      await Promise.all([first.status, first.stdout.cancel(), first.stderr.cancel()]);
      assert.equal(second.code, 4);
      assert.equal(
        second.stderr.trim(),
        `Cannot open the embedded warehouse ${setup.dataDir}/warehouse: process ${first.pid} has it ` +
          "open, expected no other user: wait until it has finished",
      );
    })
  ));

testScripts("daily stops with failed tasks in the run log when asked to stop", async (setup) => {
  await fillAccount(setup);
  setup.sandbox.faults.add({ kind: "slow", ms: 60_000 }, { path: "/api/v4/leads", times: 9 });
  const process = setup.command("daily", ["--date", DAY], DEBUG).spawn();
  await readUntil(process.stderr, "/api/v4/account answered");

  const code = await endProcess(process);

  assert.equal(code, 1);
  await setup.inspect(async ({ sql }) => {
    const rows = await sql`
      select distinct status, error from ops.run_log where task_id = 'extract_leads'
    `;
    assert.deepEqual(rows.map((row) => ({ ...row })), [
      { status: "failed", error: "stopped by SIGTERM" },
    ]);
  });
  setup.sandbox.faults.clear();
  const again = await setup.run("daily");
  assert.equal(again.code, 0, again.stderr);
});

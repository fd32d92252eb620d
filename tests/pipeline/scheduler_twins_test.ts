import assert from "node:assert/strict";
import { dags } from "../../pipeline/daily.ts";
import { fillAccount, testScriptsOnServer } from "../support/daily_setup.ts";
import { denoCommand } from "../support/script.ts";

const DATES = 10;

testScriptsOnServer("two scheduler processes run each task of 10 dates once", async (setup) => {
  await fillAccount(setup);
  setup.sandbox.requests.clear();
  const script = ["run", "-q", "-A", "tests/support/scheduler_twin.ts", "2026-05-03", `${DATES}`];
  const env = { ...setup.env, LOG_LEVEL: "error" };
  const twins = await Promise.all([1, 2].map(() => denoCommand(script, env).output()));

  const decoder = new TextDecoder();
  assert.deepEqual(twins.map(({ code, stderr }) => [code, decoder.decode(stderr)]), [
    [0, ""],
    [0, ""],
  ]);
  await setup.inspect(async ({ sql }) => {
    const [counts] = await sql`
      select
        count(*) as attempts,
        count(*) filter (where status = 'success') as successes,
        count(distinct (logical_date, dag_id, task_id)) as tasks,
        count(distinct logical_date) as dates,
        count(distinct worker) as workers
      from ops.run_log
    `;
    const tasks = DATES * dags.flatMap((dag) => dag.tasks).length;
    const all = { attempts: tasks, successes: tasks, tasks, dates: DATES, workers: 2 };
    assert.deepEqual({ ...counts }, all);
  });
  const asked = (path: string) =>
    setup.sandbox.requests.list().filter((request) => request.path.split("?")[0] === path).length;
  const { clientsCatalogId, carsCatalogId } = setup.account;
  assert.equal(asked(`/api/v4/catalogs/${clientsCatalogId}/custom_fields`), DATES);
  assert.equal(asked(`/api/v4/catalogs/${carsCatalogId}/custom_fields`), DATES);
  // Leads that a later read has overtaken before they were loaded are read anew.
  const leads = asked("/api/v4/leads/custom_fields");
  assert.ok(leads >= DATES && leads < 2 * DATES, `${leads} reads of leads`);
});

import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { describeOldRuns, findOldRuns, removeOldRuns } from "../../../pipeline/runs/prune.ts";
import { readConfig } from "../../../lib/config.ts";
import { dags } from "../../../pipeline/daily.ts";
import { findNewerRuns, removeNewerRuns } from "../../../pipeline/runs/newer_runs.ts";
import { element, liveDay } from "../../support/rentals.ts";
import { attemptOf, insertAttempts } from "../../support/attempts.ts";
import { temporaryFolder } from "../../support/folders.ts";
import { listRuns } from "../../support/runs.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);

testOnBothWarehouses(
  "removeOldRuns() removes what findOldRuns() counts: what ended long ago, never what is under way",
  async (warehouse) => {
    await using folder = await temporaryFolder();
    await insertAttempts(warehouse, [
      attemptOf("leads", "load", { started_at: daysAgo(91) }),
      attemptOf("leads", "load", { attempt: 2, started_at: daysAgo(89) }),
      attemptOf("cars", "load", { status: "failed", error: "old", started_at: daysAgo(91) }),
      attemptOf("cars", "load", { attempt: 2, status: "running", started_at: daysAgo(91) }),
    ]);
    await warehouse.sql`
      insert into ops.check_result (
        run_id, task_id, check_name, table_name, severity, offenders, checked_at
      )
      values
        (gen_random_uuid(), 'merge', 'old', 'ods.ods_cars_hist', 'warn', 1, ${daysAgo(91)}),
        (gen_random_uuid(), 'merge', 'new', 'ods.ods_cars_hist', 'warn', 1, ${daysAgo(89)})
    `;
    const paths = [91, 89].map((days) => join(folder.path, "leads", "2026-05-03", `${days}.log`));
    await Deno.mkdir(dirname(paths[0] ?? ""), { recursive: true });
    for (const [i, path] of paths.entries()) {
      await Deno.writeTextFile(path, "a line\n");
      await Deno.utime(path, daysAgo(91 - 2 * i), daysAgo(91 - 2 * i));
    }
    const old = { attempts: 2, checkResults: 1, logFiles: paths.slice(0, 1) };
    assert.deepEqual(await findOldRuns(warehouse, folder.path, 90), old);
    assert.equal((await listRuns(warehouse)).length, 4);

    assert.deepEqual(await removeOldRuns(warehouse, folder.path, 90), old);

    assert.deepEqual(await listRuns(warehouse), [
      ["cars.load", 2, "running", null],
      ["leads.load", 2, "success", null],
    ]);
    const checks = await warehouse.sql`select check_name from ops.check_result`.values();
    assert.deepEqual([...checks], [["new"]]);
    await assert.rejects(Deno.stat(paths[0] ?? ""), Deno.errors.NotFound);
    await Deno.stat(paths[1] ?? "");
    assert.deepEqual(await findOldRuns(warehouse, folder.path, 90), {
      attempts: 0,
      checkResults: 0,
      logFiles: [],
    });
  },
);

Deno.test("describeOldRuns() counts in words", () => {
  assert.equal(
    describeOldRuns({ attempts: 1234, checkResults: 1, logFiles: [] }),
    "1,234 attempts, 1 check result and 0 log files",
  );
});

testOnBothWarehouses(
  "removeNewerRuns() heals a warehouse that was run for a date of the future",
  async (warehouse) => {
    const { sql } = warehouse;
    const config = readConfig({}, { amo: false });
    const today = Temporal.PlainDate.from("2026-05-02");
    const lastDays = async () => {
      const [row] = await sql`
        select
          (select max(usage_date)::text from dds.fact_fleet_usage_day) as fleet,
          (select max(date_day)::text from dds.dim_date) as calendar
      `;
      return { ...row };
    };
    await liveDay(warehouse, "2026-05-02", {
      cars: [element(5, "2026-05-01 08:00", { plate: "A 1" })],
    });
    const before = await lastDays();
    await liveDay(warehouse, "2027-05-02");
    const { calendar } = await lastDays();
    await insertAttempts(warehouse, [
      attemptOf("facts", "fleet"),
      attemptOf("facts", "fleet", { logical_date: "2026-05-02" }),
      attemptOf("facts", "fleet", { logical_date: "2027-05-02", status: "failed" }),
    ]);
    await sql`
      insert into ops.incident (dag_id, logical_date) values ('facts', '2027-05-02')
    `;
    const found = {
      attempts: 2,
      dates: 2,
      active: 0,
      first_date: "2026-05-03",
      last_date: "2027-05-02",
    };
    assert.deepEqual(await findNewerRuns(sql, today), found);
    assert.deepEqual(await removeNewerRuns(warehouse, dags, config, today), {
      ...found,
      fleetDays: 365,
    });
    // The calendar keeps its days: reports may have joined to them.
    assert.deepEqual(await lastDays(), { fleet: before.fleet, calendar });
    assert.deepEqual(await listRuns(warehouse), [["facts.fleet", 1, "success", null]]);
    assert.deepEqual([...await sql`select from ops.incident`], []);
    assert.equal((await removeNewerRuns(warehouse, dags, config, today))?.attempts, 0);
  },
);

testOnBothWarehouses("removeNewerRuns() leaves what a worker is on alone", async (warehouse) => {
  const config = readConfig({}, { amo: false });
  await insertAttempts(warehouse, [attemptOf("facts", "fleet", { status: "running" })]);
  const date = Temporal.PlainDate.from("2026-05-02");
  assert.equal(await removeNewerRuns(warehouse, dags, config, date), null);
  assert.equal((await listRuns(warehouse)).length, 1);
});

import assert from "node:assert/strict";
import { runDag } from "../../../lib/runner/runner.ts";
import { runDaily } from "../../../lib/runner/daily_run.ts";
import type { Dag } from "../../../lib/dag/dag.ts";
import { formatOutcomes } from "../../../lib/script/outcome_table.ts";
import type { DagOutcome } from "../../../lib/dag/outcome.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { dag as buildFacts } from "../../../pipeline/daily_build_dds_fact.ts";
import { dag as mergeCars } from "../../../pipeline/daily_load_ods_cars.ts";
import { findOffenders } from "../../support/checks.ts";
import { CONFIRMED, dubai, element, lead, liveDay } from "../../support/rentals.ts";
import {
  DATE,
  dryRunDag,
  listNotes,
  listRuns,
  notingTask,
  runOptions,
  testDag,
} from "../../support/runs.ts";
import { land, MERGES, runFiles, type StagedRow } from "../../support/staged.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const FACTS: Dag = { ...buildFacts, waitsFor: [] };
const BEFORE_FACTS = MERGES.filter((path) => !/^dds\/merge_(fact|dim_date)/.test(path));

const FAILURE = "Cannot finish merge_fact_rentals: orphan_facts found 2 in dds.fact_rentals " +
  "(id 1, 2: car 5 is in no dimension), expected none: nothing was written, " +
  "ops.check_result has a sample and sql/checks/orphan_facts.sql the reason";

function booking(id: number, updatedAt: string, columns: StagedRow): StagedRow {
  return lead(id, updatedAt, {
    status_id: CONFIRMED,
    car_element_id: 5,
    rental_start: dubai("2026-05-01 00:00"),
    rental_end: dubai("2026-05-02 00:00"),
    ...columns,
  });
}

/** Lands leads on top of what is there, and merges them up to the facts. */
async function landAndMerge(warehouse: Warehouse, leads: readonly StagedRow[]): Promise<void> {
  await land(warehouse, "stg_leads", leads);
  await runFiles(warehouse, DATE, BEFORE_FACTS);
}

/** A warehouse before the facts, with two bookings of a car; one of them ends before it starts. */
async function prepare(warehouse: Warehouse): Promise<void> {
  await liveDay(warehouse, DATE, { cars: [element(5, "2026-05-01 08:00", { plate: "A 1" })] });
  await landAndMerge(warehouse, [
    booking(1, "2026-05-01 10:00", { budget: 5 }),
    booking(2, "2026-05-01 10:00", { budget: 6, rental_end: dubai("2026-04-30 00:00") }),
  ]);
}

/** A hand in the tables, which no run of the dimensions heals. */
async function loseCar({ sql }: Warehouse): Promise<void> {
  await sql`delete from dds.dim_car where car_id = 5`;
}

async function restoreCar({ sql }: Warehouse): Promise<void> {
  await sql`insert into dds.dim_car (car_id, plate, is_deleted) values (5, 'A 1', false)`;
}

/** Results that did not pass, as [task, check, table, severity, offenders, sample]. */
async function listFindings({ sql }: Warehouse): Promise<unknown[]> {
  return [
    ...await sql`
      select task_id, check_name, table_name, severity, offenders, sample
      from ops.check_result
      where offenders > 0
      order by checked_at, check_name
    `.values(),
  ];
}

async function countResults({ sql }: Warehouse): Promise<unknown[]> {
  return [
    ...await sql`
      select task_id, count(*), count(distinct run_id) from ops.check_result group by 1 order by 1
    `.values(),
  ];
}

function statuses(outcomes: readonly DagOutcome[]): unknown[] {
  return outcomes.map(({ dagId, status, tasks }) => [
    dagId,
    status,
    ...tasks.map((task) => task.status),
  ]);
}

testOnBothWarehouses(
  "an error check rolls its task back and holds up the rest",
  async (warehouse) => {
    await prepare(warehouse);
    await loseCar(warehouse);
    const tries: string[] = [];
    const reports = testDag("reports", [notingTask("tell", tries)], {
      waitsFor: [{ dag: FACTS.id }],
    });
    const read = async () => [
      ...await warehouse.sql`select lead_id, budget from dds.fact_rentals order by 1`.values(),
    ];

    const failed = await runDaily([FACTS, reports], runOptions(warehouse));

    assert.deepEqual(statuses(failed), [
      [FACTS.id, "failed", "success", "failed", "upstream_failed", "upstream_failed"],
      ["reports", "upstream_failed", "upstream_failed"],
    ]);
    assert.equal(failed[0]?.tasks[1]?.error, FAILURE);
    assert.deepEqual([tries, await listNotes(warehouse), await read()], [[], [], []]);
    assert.deepEqual((await listRuns(warehouse))[1], [
      "daily_build_dds_fact.merge_fact_fleet_usage_day",
      1,
      "upstream_failed",
      `daily_build_dds_fact.merge_fact_rentals of ${DATE} failed`,
    ]);
    assert.deepEqual(await listFindings(warehouse), [
      ["merge_fact_rentals", "orphan_facts", "dds.fact_rentals", "error", 2, [
        { id: "1", detail: "car 5 is in no dimension" },
        { id: "2", detail: "car 5 is in no dimension" },
      ]],
      ["merge_fact_rentals", "rental_end_before_start", "dds.fact_rentals", "warn", 1, [
        { id: "2", detail: "from 2026-04-30 20:00:00+00 to 2026-04-29 20:00:00+00" },
      ]],
    ]);
    // Those that passed are kept as well.
    assert.deepEqual(await countResults(warehouse), [
      ["merge_fact_lead_status_change", 3, 1],
      ["merge_fact_rentals", 7, 1],
    ]);

    await restoreCar(warehouse);

    await landAndMerge(
      warehouse,
      [1, 2].map((id) => booking(id, "2026-05-01 11:00", { budget: 7 })),
    );
    const healed = await runDaily([FACTS, reports], runOptions(warehouse));

    assert.deepEqual(statuses(healed), [
      [FACTS.id, "success", "done", "success", "success", "success"],
      ["reports", "success", "success"],
    ]);
    assert.deepEqual([tries, await read()], [["tell"], [[1, "7"], [2, "7"]]]);
    assert.deepEqual(await countResults(warehouse), [
      ["merge_dim_date", 1, 1],
      ["merge_fact_fleet_usage_day", 6, 1],
      ["merge_fact_lead_status_change", 3, 1],
      ["merge_fact_rentals", 14, 2],
    ]);
  },
);

testOnBothWarehouses("a warn check is told and stops nothing", async (warehouse) => {
  await prepare(warehouse);
  await landAndMerge(warehouse, [
    booking(1, "2026-05-01 11:00", { budget: 7 }),
    booking(2, "2026-05-01 11:00", { budget: 7 }),
  ]);

  const outcome = await runDag(FACTS, runOptions(warehouse));

  assert.equal(outcome.status, "success");
  assert.equal(
    formatOutcomes([outcome], Temporal.PlainDate.from(DATE)).split("\n").at(-3),
    "Warning: daily_build_dds_fact.merge_fact_fleet_usage_day reports warning_double_bookings = 1",
  );
  const [row] = await warehouse.sql`
    select metrics ->> 'warning_double_bookings' as found
    from ops.run_log where task_id = 'merge_fact_fleet_usage_day'
  `;
  assert.deepEqual({ ...row }, { found: "1" });
  assert.deepEqual(await listFindings(warehouse), [
    [
      "merge_fact_fleet_usage_day",
      "double_bookings",
      "dds.fact_fleet_usage_day",
      "warn",
      1,
      [{ id: "2", detail: "car 5 is booked by lead 1 too, from 2026-05-01, days: 1" }],
    ],
  ]);
});

testOnBothWarehouses("a dry run fails at a check too, and keeps no result", async (warehouse) => {
  await prepare(warehouse);
  await loseCar(warehouse);
  const outcome = await dryRunDag(FACTS, runOptions(warehouse));
  assert.deepEqual(statuses([outcome]), [
    [FACTS.id, "failed", "dry run", "failed", "upstream_failed", "upstream_failed"],
  ]);
  assert.equal(outcome.tasks[1]?.error, FAILURE);
  assert.deepEqual(await countResults(warehouse), []);
});

testOnBothWarehouses("checks of a run look at what it changed", async (warehouse) => {
  await prepare(warehouse);
  await landAndMerge(warehouse, [1, 2].map((id) => booking(id, "2026-05-01 11:00", { budget: 7 })));
  await runDag(FACTS, runOptions(warehouse));
  await warehouse.sql`update dds.fact_rentals set budget = -9 where lead_id = 1`;
  await landAndMerge(warehouse, [booking(2, "2026-05-02 11:00", { budget: 8 })]);
  const next = { logicalDate: Temporal.PlainDate.from("2026-05-04") };

  const outcome = await runDag(FACTS, runOptions(warehouse, next));

  assert.equal(outcome.status, "success");
  assert.deepEqual(await findOffenders(warehouse, "negative_money"), [
    ["dds.fact_rentals", "1", "budget below 0"],
  ]);
});

testOnBothWarehouses(
  "a load that read far fewer records than before is reported, and its rows land",
  async (warehouse) => {
    const load = (rows: number, date: string) =>
      runDag(
        testDag("daily_amocrm_load_leads", [{
          id: "load_leads",
          write: () => Promise.resolve({ rowsRead: rows, metrics: {} }),
        }]),
        runOptions(warehouse, { logicalDate: Temporal.PlainDate.from(date) }),
      );
    assert.equal((await load(100, "2026-05-01")).status, "success");

    const dropped = await load(79, "2026-05-02");

    assert.equal(dropped.status, "success");
    assert.deepEqual(await listFindings(warehouse), [
      ["load_leads", "row_count_drop", "stg.stg_leads", "warn", 1, [
        {
          id: "load_leads",
          detail: "79 found, 100 the load before, limit MAX_ROW_DROP_PERCENT=20",
        },
      ]],
    ]);
  },
);

testOnBothWarehouses("nothing is merged from a source that is stale", async (warehouse) => {
  const { sql } = warehouse;
  await sql`
    insert into ops.run_log (
      run_id, dag_id, task_id, logical_date, attempt, status, worker, rows_read, started_at, finished_at
    )
    values (
      gen_random_uuid(), 'daily_amocrm_load_cars', 'load_cars', '2026-05-01', 1, 'success', 'w', 1,
      clock_timestamp() - interval '31 hours', clock_timestamp() - interval '31 hours'
    )
  `;
  await land(warehouse, "stg_cars", [element(5, "2026-05-01 08:00", { plate: "A 1" })]);
  const run = (logicalDate: Temporal.PlainDate) =>
    runDag({ ...mergeCars, waitsFor: [] }, runOptions(warehouse, { logicalDate }));
  const today = Temporal.Now.plainDateISO("Asia/Dubai");

  const stale = await run(today);
  const longAgo = await run(today.subtract({ days: 30 }));

  assert.match(
    stale.tasks[0]?.error ?? "",
    /stale_source found 1 in stg.stg_cars \(id load_cars: loaded at .+, limit FRESHNESS_HOURS=30\)/,
  );
  assert.equal(stale.status, "failed");
  assert.equal(longAgo.status, "success");
});

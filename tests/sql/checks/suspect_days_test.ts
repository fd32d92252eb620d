// The checks of fleet usage look only at days that sql/ops/scope_days.sql lets through: they find the same among all.
import assert from "node:assert/strict";
import type { TransactionSql } from "postgres";
import { readChecks } from "../../../lib/checks/file.ts";
import { type DueCheck, listDue, runChecks } from "../../../lib/checks/run.ts";
import { scopeSuspects } from "../../../lib/checks/scope.ts";
import { readConfig } from "../../../lib/config.ts";
import { taskParameters } from "../../../lib/dag/sql_task.ts";
import { runSqlFile } from "../../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { CONFIRMED, dubai, element, lead, liveDay } from "../../support/rentals.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const FLEET_USAGE = "dds.fact_fleet_usage_day";

const FREE = "update dds.fact_rentals set amount = 0 where lead_id = 4";

/** What goes wrong with a day or its rental, and the checks that say so, beside double_bookings, which always does. */
const FAULTS: readonly [what: string, statement: string, foundBy: readonly string[]][] = [
  ["nothing", "", []],
  ["a number too high", day("rentals_cnt = 2", "2026-05-02"), [
    "fleet_usage_counts",
  ]],
  ["a number too low", day("rentals_cnt = 0", "2026-05-02"), [
    "fleet_usage_counts",
  ]],
  ["a number for a list", day("rentals_cnt = 1", "2026-05-06"), ["fleet_usage_counts"]],
  ["a flag of an idle day", day("is_rented = true", "2026-05-09"), [
    "fleet_usage_counts",
  ]],
  ["a flag of a rented day", day("is_rented = false", "2026-05-02"), [
    "fleet_usage_counts",
  ]],
  ["a flag of a double booking", day("is_double_booked = false", "2026-05-06"), [
    "fleet_usage_counts",
  ]],
  ["a flag of a single booking", day("is_double_booked = true", "2026-05-02"), [
    "fleet_usage_counts",
  ]],
  // Where the second lead of a list costs nothing, the share is that of the first.
  [
    "a flag of a list with a free booking",
    `${FREE}; ${day("amount_share = 33.33, is_double_booked = false", "2026-05-06")}`,
    ["amount_share_sums", "fleet_usage_counts"],
  ],
  [
    "a number for a list with a free booking",
    `${FREE}; ${
      day("amount_share = 33.33, rentals_cnt = 1, is_double_booked = false", "2026-05-06")
    }`,
    ["amount_share_sums", "fleet_usage_counts"],
  ],
  ["another lead", day("lead_ids = '{2}'", "2026-05-02"), [
    "amount_share_sums",
    "fleet_usage_ghosts",
  ]],
  ["an unknown lead", day("lead_ids = '{99}', amount_share = 0", "2026-05-02"), [
    "fleet_usage_ghosts",
  ]],
  [
    "a lead of an idle day",
    day("lead_ids = '{1}', rentals_cnt = 1, is_rented = true", "2026-05-09"),
    [
      "amount_share_sums",
      "fleet_usage_ghosts",
    ],
  ],
  ["a list without a lead", day("lead_ids = '{}'", "2026-05-02"), [
    "amount_share_sums",
    "fleet_usage_counts",
  ]],
  ["a list with another lead", day("lead_ids = '{2, 4}'", "2026-05-06"), [
    "amount_share_sums",
    "fleet_usage_ghosts",
  ]],
  ["a share of an even day", day("amount_share = amount_share + 0.01", "2026-05-02"), [
    "amount_share_sums",
  ]],
  ["a share of a last day", day("amount_share = amount_share - 0.01", "2026-05-03"), [
    "amount_share_sums",
  ]],
  ["a share of a list", day("amount_share = amount_share + 0.01", "2026-05-06"), [
    "amount_share_sums",
  ]],
  ["a share of an idle day", day("amount_share = 1", "2026-05-09"), [
    "amount_share_sums",
  ]],
  ["a share below zero", day("amount_share = -1", "2026-05-02"), [
    "amount_share_sums",
    "negative_money",
  ]],
  ["a rental below zero", `${day("amount_share = -1", "2026-05-04")}; ${rental("amount = -1")}`, [
    "negative_money",
  ]],
  ["another amount", rental("amount = 7"), ["amount_share_sums"]],
  ["another car", rental("car_id = 6"), ["fleet_usage_ghosts"]],
  ["no booking any more", rental("is_booking = false"), ["fleet_usage_ghosts"]],
  [
    "other days",
    rental(
      "rental_start = rental_start + interval '3 days', rental_end = rental_end + interval '3 days'",
    ),
    ["fleet_usage_ghosts"],
  ],
  ["no rental", "delete from dds.fact_rentals where lead_id = 2", [
    "amount_share_sums",
    "fleet_usage_ghosts",
  ]],
];

function day(columns: string, date: string): string {
  return `update ${FLEET_USAGE} set ${columns} where car_id = 5 and usage_date = '${date}'`;
}

/** Of lead 2, which has a day to itself. */
function rental(columns: string): string {
  return `update dds.fact_rentals set ${columns} where lead_id = 2`;
}

testOnBothWarehouses(
  "checks find the same among the suspect days as among all days",
  async (warehouse) => {
    await fill(warehouse);
    const due = listDue(await readChecks()).filter(({ table }) => table === FLEET_USAGE);
    for (const [what, statement, foundBy] of FAULTS) {
      const [suspects, all] = await judge(warehouse, due, statement);
      assert.deepEqual(suspects, all, what);
      assert.deepEqual(names(suspects), [...foundBy, "double_bookings"].sort(), what);
    }
  },
);

/** Car 5 with days of one lead each, even shares and a rest, two days of two leads, and idle days. */
async function fill(warehouse: Warehouse): Promise<void> {
  const spans = [
    [1, "2026-05-01", "2026-05-04"],
    [2, "2026-05-04", "2026-05-05"],
    [3, "2026-05-05", "2026-05-08"],
    [4, "2026-05-06", "2026-05-08"],
  ] as const;
  await liveDay(warehouse, "2026-05-10", {
    cars: [5, 6].map((id) => element(id, "2026-05-01 08:00", { plate: `A ${id}` })),
    leads: spans.map(([id, from, to]) =>
      lead(id, "2026-05-01 10:00", {
        status_id: CONFIRMED,
        car_element_id: 5,
        budget: 100,
        rental_start: dubai(`${from} 00:00`),
        rental_end: dubai(`${to} 00:00`),
      })
    ),
  });
}

/** What the checks find after a fault, among the suspect days and among all; the fault is then taken back. */
async function judge({ sql }: Warehouse, due: readonly DueCheck[], statement: string) {
  const seen = new Error("Enough seen");
  let found: readonly (readonly string[])[][] = [];
  try {
    await sql.begin(async (tx) => {
      await tx.unsafe(statement);
      await runSqlFile(tx, "ops/scope_everything.sql", {
        ...taskParameters({
          config: readConfig({}, { amo: false }),
          logicalDate: Temporal.PlainDate.from("2026-05-10"),
          runId: crypto.randomUUID(),
        }),
      });
      await scopeSuspects(tx, due);
      const suspects = await list(tx, due);
      await tx`truncate suspect_days`;
      await tx`insert into suspect_days select * from changed_days`;
      found = [suspects, await list(tx, due)];
      throw seen;
    });
  } catch (error) {
    if (error !== seen) throw error;
  }
  const [suspects = [], all = []] = found;
  return [suspects, all] as const;
}

async function list(tx: TransactionSql, due: readonly DueCheck[]) {
  return (await runChecks(tx, due, 100)).flatMap(({ check, sample }) =>
    sample.map(({ id, detail }) => [check, id, detail])
  );
}

function names(found: readonly (readonly string[])[]): string[] {
  return [...new Set(found.map(([check = ""]) => check))].sort();
}

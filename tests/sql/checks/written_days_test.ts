// However a day of fleet usage came to be written, the checks of its task see what is stored of it.
import assert from "node:assert/strict";
import type { TransactionSql } from "postgres";
import { taskContext } from "../../../bench/support/task_context.ts";
import { passChecks } from "../../../lib/checks/gate.ts";
import { readConfig } from "../../../lib/config.ts";
import { taskParameters } from "../../../lib/dag/sql_task.ts";
import { type Metrics, runSqlFiles, type SqlParameters } from "../../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { CONFIRMED, dubai, element, lead, liveDay } from "../../support/rentals.ts";
import { filesOf, land, MERGES, runFiles, type StagedRow } from "../../support/staged.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const FLEET = "dds/merge_fact_fleet_usage_day.sql";
const UP_TO_RENTALS = MERGES.slice(0, MERGES.indexOf(FLEET));

function booking(at: string, end: string, budget: number): StagedRow {
  return lead(1, at, {
    status_id: CONFIRMED,
    plate: "A 1",
    budget,
    rental_start: dubai("2026-05-02 00:00"),
    rental_end: dubai(end),
  });
}

interface Change {
  readonly date: string;
  readonly leads: readonly StagedRow[];
  readonly metrics: Readonly<Record<string, number | undefined>>;
  readonly failure: RegExp | null;
}

/** What changes after a day with a booking of the second and third of May, and what is then told of the days. */
const CHANGES: Readonly<Record<string, Change>> = {
  "nothing": {
    date: "2026-05-05",
    leads: [],
    metrics: { own_days_updated: 0, days_left_over: 0, rows_written: 0 },
    failure: null,
  },
  "a price alone": {
    date: "2026-05-05",
    leads: [booking("2026-05-05 10:00", "2026-05-04 00:00", 60)],
    metrics: { own_days_updated: 2, days_left_over: 0, rows_written: 2 },
    failure: /^CheckError: .*amount_share_sums found 1 .*id 5: shares 14, bookings 60/,
  },
  "a new date alone": {
    date: "2026-05-06",
    leads: [],
    metrics: { own_days_updated: 0, days_left_over: 0, rows_written: 1 },
    failure: /^CheckError: .*amount_share_sums found 1 .*id 5: shares 7, bookings 0/,
  },
  "an earlier end": {
    date: "2026-05-05",
    leads: [booking("2026-05-05 10:00", "2026-05-03 00:00", 90)],
    metrics: { own_days_updated: 0, days_left_over: 3, rows_written: 2 },
    failure: /^CheckError: .*amount_share_sums found 1 .*id 5: shares 14, bookings 90/,
  },
};

/** Merges fleet usage while a hand in the table writes another share into each row than the merge does. */
async function mergeWrongly(tx: TransactionSql, parameters: SqlParameters): Promise<Metrics> {
  await tx`
    create function dds.write_other_share() returns trigger language plpgsql as
    'begin new.amount_share := 7; return new; end'
  `;
  await tx`
    create trigger other_share before insert or update on dds.fact_fleet_usage_day
    for each row execute function dds.write_other_share()
  `;
  const metrics = await runSqlFiles(tx, filesOf(FLEET), parameters);
  await tx`drop function dds.write_other_share() cascade`;
  return metrics;
}

async function mergeAndCheck({ sql }: Warehouse, { date, metrics }: Change): Promise<void> {
  const context = {
    ...taskContext(readConfig({}, { amo: false })),
    logicalDate: Temporal.PlainDate.from(date),
  };
  await sql.begin(async (tx) => {
    const told = await mergeWrongly(tx, taskParameters(context));
    const named = Object.keys(metrics).map((name) => [name, told[name]]);
    assert.deepEqual(Object.fromEntries(named), metrics);
    await passChecks(tx, "merge_fact_fleet_usage_day", context, { metrics: told });
  });
}

for (const [what, change] of Object.entries(CHANGES)) {
  testOnBothWarehouses(
    `checks of fleet usage look at the days that are written when ${what} changes`,
    async (warehouse) => {
      await liveDay(warehouse, "2026-05-05", {
        cars: [element(5, "2026-05-01 08:00", { plate: "A 1" })],
        leads: [booking("2026-05-01 10:00", "2026-05-04 00:00", 90)],
      });
      await land(warehouse, "stg_leads", change.leads);
      await runFiles(warehouse, change.date, UP_TO_RENTALS);

      const merged = mergeAndCheck(warehouse, change);

      if (change.failure === null) await merged;
      else await assert.rejects(merged, change.failure);
    },
  );
}

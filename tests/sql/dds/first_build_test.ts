// A first build of the facts puts its rows in without indexes, where nobody has the tables open.
import assert from "node:assert/strict";
import { taskContext } from "../../../bench/support/task_context.ts";
import { passChecks } from "../../../lib/checks/gate.ts";
import { readConfig } from "../../../lib/config.ts";
import { taskParameters } from "../../../lib/dag/sql_task.ts";
import { runSqlFiles } from "../../../lib/warehouse/sql_file.ts";
import type { Warehouse } from "../../../lib/warehouse/warehouse.ts";
import { CONFIRMED, dubai, element, INQUIRY, lead, liveDay } from "../../support/rentals.ts";
import { filesOf } from "../../support/staged.ts";
import { testOnBothWarehouses, testOnServer } from "../../support/warehouses.ts";

const DAY = {
  cars: [element(5, "2026-05-01 08:00", { plate: "A 1" })],
  clients: [element(9, "2026-05-01 08:00", { license: "L-1" })],
  leads: [
    lead(1, "2026-05-01 10:00", {
      status_id: CONFIRMED,
      plate: "A 1",
      license: "L-1",
      budget: 100,
      rental_start: dubai("2026-05-02 00:00"),
      rental_end: dubai("2026-05-04 00:00"),
    }),
  ],
};

async function listIndexes({ sql }: Warehouse): Promise<readonly string[]> {
  const rows = await sql`
    select indexdef from pg_indexes
    where schemaname = 'dds' and tablename in (
      'fact_rentals', 'fact_fleet_usage_day', 'fact_lead_status_change', 'lead_first_status'
    )
    order by indexname
  `;
  return rows.map(({ indexdef }) => String(indexdef));
}

/** Those whose indexes a first build makes in the end. */
const BUILT_TABLES = [
  "ods.ods_leads_hist",
  "dds.lead_first_status",
  "dds.fact_lead_status_change",
  "dds.fact_rentals",
  "dds.fact_fleet_usage_day",
];

async function listFacts({ sql }: Warehouse): Promise<unknown> {
  const rows = await sql`
    select fact_rentals.lead_id::integer, to_char(usage_date, 'DD'), amount_share::integer
    from dds.fact_rentals
    inner join dds.fact_fleet_usage_day on fact_rentals.lead_id = any(fact_fleet_usage_day.lead_ids)
    order by usage_date
  `.values();
  return [...rows].map((row) => [...row]);
}

const FACTS = [[1, "02", 50], [1, "03", 50]];

testOnBothWarehouses(
  "merges of facts leave all indexes behind when the facts were empty",
  async (warehouse) => {
    const before = await listIndexes(warehouse);

    await liveDay(warehouse, "2026-05-01", DAY);

    assert.deepEqual(await listFacts(warehouse), FACTS);
    assert.deepEqual(await listIndexes(warehouse), before);
    assert.equal(before.length, 12);
  },
);

testOnServer(
  "ops.drop_indexes_of() drops all that the program made",
  async ({ sql }) => {
    for (const table of BUILT_TABLES) await sql`select ops.drop_indexes_of(${table})`;
    const left = await sql`
      select indexrelid::regclass::text as name from pg_index
      where indrelid::regclass::text in ${sql(BUILT_TABLES)}
    `;
    assert.deepEqual([...left], []);
  },
);

testOnServer(
  "first builds leave indexes as they were that somebody else made, and keys that others need",
  async (warehouse) => {
    const { sql } = warehouse;
    await sql.unsafe(`
      create schema reports;
      create index hist_by_name on ods.ods_leads_hist (lower(name)) where is_current;
      create index fact_rentals_by_amount_of_client on dds.fact_rentals (client_id, amount);
      alter table dds.fact_rentals add constraint one_of_lead unique (lead_id, car_id);
      alter table dds.fact_rentals cluster on fact_rentals_by_client;
      create table reports.note (lead_id bigint references dds.fact_rentals (lead_id));
      create view reports.day as select car_id, usage_date, plate from dds.fact_fleet_usage_day
        group by fact_fleet_usage_day.car_id, fact_fleet_usage_day.usage_date;
      alter table dds.fact_lead_status_change replica identity using index fact_lead_status_change_pkey;
    `);
    const listAll = async () => {
      const rows = await sql`
        select pg_get_indexdef(indexrelid) as made_by, indisclustered, indisreplident from pg_index
        where indrelid::regclass::text in ${sql(BUILT_TABLES)}
        union all
        select pg_get_constraintdef(oid), null, null from pg_constraint
        where
          conrelid::regclass::text in ${sql(BUILT_TABLES)}
          or confrelid::regclass::text in ${sql(BUILT_TABLES)}
        order by made_by, indisclustered nulls first
      `;
      return [...rows];
    };
    const before = await listAll();

    await liveDay(warehouse, "2026-05-01", DAY);

    assert.deepEqual(await listFacts(warehouse), FACTS);
    assert.deepEqual(await listAll(), before);
  },
);

testOnServer(
  "merges of facts wait for nobody when a reader has the empty facts open",
  async (warehouse) => {
    await using reader = await warehouse.sql.reserve().then((session) => ({
      session,
      [Symbol.asyncDispose]: async () => {
        await session`rollback`;
        session.release();
      },
    }));
    await reader.session`begin`;
    await reader.session`select from dds.fact_rentals, dds.fact_fleet_usage_day`;

    await liveDay(warehouse, "2026-05-01", DAY);

    assert.deepEqual(await listFacts(warehouse), FACTS);
  },
);

testOnBothWarehouses(
  "ops.drop_indexes_of() leaves tables alone that hold rows or that nothing indexes again",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-01", DAY);
    const before = await listIndexes(warehouse);

    const [row] = await warehouse.sql`
      select ops.drop_indexes_of('dds.fact_rentals') as are_dropped
    `;

    assert.equal(row?.are_dropped, false);
    assert.deepEqual(await listIndexes(warehouse), before);
    await assert.rejects(
      async () => await warehouse.sql`select ops.drop_indexes_of('ops.run_log')`,
      /Cannot drop the indexes of ops.run_log: nothing creates them again/,
    );
  },
);

testOnBothWarehouses(
  "merge_fact_fleet_usage_day lays the days of a first build down in the order of their key",
  async (warehouse) => {
    await liveDay(warehouse, "2026-05-01", {
      ...DAY,
      // Neither cars nor bookings come in the order of the days.
      cars: [element(7, "2026-05-01 08:00", { plate: "B 2" }), ...DAY.cars],
      leads: [
        lead(2, "2026-05-01 09:00", {
          status_id: CONFIRMED,
          plate: "A 1",
          budget: 10,
          rental_start: dubai("2026-04-20 00:00"),
          rental_end: dubai("2026-04-22 00:00"),
        }),
        ...DAY.leads,
      ],
    });

    const days = await warehouse.sql`
      select car_id, usage_date::text
      from dds.fact_fleet_usage_day
      order by ctid
    `.values();
    const inOrder = await warehouse.sql`
      select car_id, usage_date::text
      from dds.fact_fleet_usage_day
      order by car_id, usage_date
    `.values();
    assert.equal(days.length, 17);
    assert.deepEqual([...days], [...inOrder]);
  },
);

testOnBothWarehouses(
  "checks of a first build look at all of its days, also at those that nobody books",
  async (warehouse) => {
    const { sql } = warehouse;
    await liveDay(warehouse, "2026-05-01", DAY);
    await sql`delete from dds.fact_fleet_usage_day`;
    await sql`
      update ops.watermark set cursor_day = null, settings = null
      where name like 'dds.fact_fleet_usage_day%'
    `;
    const context = {
      ...taskContext(readConfig({}, { amo: false })),
      logicalDate: Temporal.PlainDate.from("2026-05-01"),
    };
    const merge = sql.begin(async (tx) => {
      const metrics = await runSqlFiles(
        tx,
        filesOf("dds/merge_fact_fleet_usage_day.sql"),
        taskParameters(context),
      );
      assert.equal(metrics.is_first_build, 1);
      assert.equal(metrics.rows_read, 3);
      await tx`update dds.fact_fleet_usage_day set amount_share = 7 where not is_rented`;
      await passChecks(tx, "merge_fact_fleet_usage_day", context, { metrics });
    });
    await assert.rejects(
      merge,
      /^CheckError: .*amount_share_sums found 1 in dds.fact_fleet_usage_day/,
    );
  },
);

testOnBothWarehouses(
  "merge_fact_rentals lays the rentals of a first build down in the order of their key",
  async (warehouse) => {
    const ids = Array.from({ length: 300 }, (_, i) => i + 1);
    const copy = (id: number, hour: string, status: number) =>
      lead(id, `2026-05-01 ${hour}:00`, { status_id: status, plate: "A 1", license: "L-1" });
    await liveDay(warehouse, "2026-05-01", {
      ...DAY,
      leads: ids.toReversed().flatMap((id) => [
        copy(id, "09", id % 3 === 0 ? CONFIRMED : INQUIRY),
        // The history of leads with several copies does not lie among that of the others.
        ...id % 2 === 0 ? [copy(id, "10", INQUIRY)] : [],
      ]),
    });

    const history = await warehouse.sql`
      select id::integer from ods.ods_leads_hist where is_current order by ctid
    `.values();
    const rentals = await warehouse.sql`
      select lead_id::integer from dds.fact_rentals order by ctid
    `.values();
    assert.notDeepEqual([...history].flat(), ids);
    assert.deepEqual([...rentals].flat(), ids);
  },
);

import assert from "node:assert/strict";
import { buildLeadMarts, liveMarts, path, QUOTE, readMart } from "../../support/lead_marts.ts";
import { CONFIRMED, dubai, element, INQUIRY, moved } from "../../support/rentals.ts";
import { testOnBothWarehouses } from "../../support/warehouses.ts";

const TRUST =
  `select source, to_char(newest_change at time zone 'Asia/Dubai', 'DD HH24:MI') as newest_change,
  to_char(landed at time zone 'Asia/Dubai', 'DD HH24:MI') as landed,
  to_char(built at time zone 'Asia/Dubai', 'DD HH24:MI') as built,
  missed_by_incremental, max_lateness_s, chain_breaks, failed_checks
  from dm.data_trust order by source`;

/*
 * Leads: 1 says that it was changed at 10:00 and was seen at 12:00: its opening is 10:00. 2 was written back: it
 * says 08:00 (before its first row, of 09:00) and was seen at 11:00: that opens at 11:00. So the newest change is
 * 11:00, the last landing 12:00. The event of 3 begins from another status than the one known: a chain break.
 */
testOnBothWarehouses(
  "data_trust says of each source how fresh and how whole it is",
  async (warehouse) => {
    const { sql } = warehouse;
    const seen = (at: string) => ({ observed_at: dubai(at) });
    await liveMarts(warehouse, "2026-05-03", {
      leads: [
        ...path(1, "2026-05-01 08:00", {}, [[
          "2026-05-02 10:00",
          INQUIRY,
          seen("2026-05-02 12:00"),
        ]]),
        ...path(2, "2026-05-01 08:00", {}, [
          ["2026-05-02 09:00", INQUIRY],
          ["2026-05-02 08:00", CONFIRMED, seen("2026-05-02 11:00")],
        ]),
        ...path(3, "2026-05-01 08:00", {}, [["2026-05-01 08:00", INQUIRY], [
          "2026-05-01 10:00",
          QUOTE,
        ]]),
      ],
      cars: [element(1, "2026-05-01 09:00", { plate: "A 1" })],
      events: [moved(3, "2026-05-01 10:00:00", CONFIRMED, QUOTE)],
    });
    await sql`update ops.watermark set cursor_at = ${
      dubai("2026-05-02 13:00")
    } where name = 'amocrm.events'`;
    await sql`
      insert into ops.run_log (run_id, dag_id, task_id, logical_date, attempt, status, worker, reason,
        started_at, finished_at, heartbeat_at, metrics)
      select gen_random_uuid(), dag_id, task_id, logical_date::date, 1, 'success', 'test', reason,
        finished_at::timestamptz, finished_at::timestamptz, finished_at::timestamptz, metrics::jsonb
      from (values
        ('daily_amocrm_load_leads', 'load_leads', '2026-05-02', null, '2026-05-02 02:00Z',
          '{"missed_by_incremental": 3, "max_lateness_s": 5}'),
        ('daily_amocrm_load_leads', 'load_leads', '2026-05-03', null, '2026-05-03 02:00Z',
          '{"max_lateness_s": 7}'),
        ('daily_build_dds_fact', 'merge_dim_date', '2026-05-03', null, '2026-05-03 03:00Z', '{}'),
        ('daily_build_dds_fact', 'merge_dim_date', '2026-05-04', 'marked', '2026-05-04 03:00Z', '{}')
      ) as runs (dag_id, task_id, logical_date, reason, finished_at, metrics)
    `;
    await sql`
      insert into ops.check_result (run_id, check_name, table_name, task_id, severity, offenders, checked_at)
      values
        (gen_random_uuid(), 'a', 'dds.fact_rentals', 'any', 'warn', 2, '2026-05-01'),
        (gen_random_uuid(), 'a', 'dds.fact_rentals', 'any', 'warn', 0, '2026-05-02'),
        (gen_random_uuid(), 'b', 'ods.ods_cars_hist', 'any', 'warn', 1, '2026-05-02'),
        (gen_random_uuid(), 'c', 'ods.ods_cars_hist', 'any', 'error', 4, '2026-05-02')
    `;

    const others = [
      ["cars", "01 09:00", "01 09:00", "03 07:00", 0, null, 0, 2],
      ["clients", null, null, "03 07:00", 0, null, 0, 0],
      ["lead_events", "01 10:00", "02 13:00", "03 07:00", 0, null, 1, 0],
    ];
    assert.deepEqual(await readMart(warehouse, TRUST), [
      ...others,
      ["leads", "02 11:00", "02 12:00", "03 07:00", 3, 7, 0, 0],
    ]);

    // What has landed is seen before it is built, and stays.
    await liveMarts(warehouse, "2026-05-04", {
      leads: path(1, "2026-05-01 08:00", {}, [["2026-05-03 15:00", INQUIRY]]),
    });
    const later = [...others, ["leads", "03 15:00", "03 15:00", "03 07:00", 3, 7, 0, 0]];
    assert.deepEqual(await readMart(warehouse, TRUST), later);
    await buildLeadMarts(warehouse, "2026-05-04");
    assert.deepEqual(await readMart(warehouse, TRUST), later);

    // A report reads it without any right on ops and stg.
    await sql.begin(async (tx) => {
      await tx`set local role rental_bi`;
      assert.equal((await tx`select from dm.data_trust`).length, 4);
    });
  },
);

import assert from "node:assert/strict";
import type { ISql } from "postgres";
import { recordDagEnd, recordMissedEnds } from "../../../../pipeline/scheduler/alerts/incidents.ts";
import { runDag } from "../../../../lib/runner/runner.ts";
import { TransientError } from "../../../../lib/transient_error.ts";
import { addAttempt, type AttemptRow, listIncidents } from "../../../support/run_log_rows.ts";
import { DATE, notingTask, runOptions, testDag } from "../../../support/runs.ts";
import { testOnBothWarehouses, testOnServer } from "../../../support/warehouses.ts";

const NEXT_DATE = "2026-05-04";
const TIME_ZONE = "Asia/Dubai";

/** What the run log holds, and which incidents come of it. */
async function expectIncidents(
  sql: ISql,
  attempts: readonly AttemptRow[],
  expected: readonly string[],
  date = DATE,
): Promise<void> {
  await sql`truncate ops.run_log, ops.incident`;
  for (const attempt of attempts) await addAttempt(sql, attempt);
  await recordDagEnd(sql, "leads", date);
  assert.deepEqual(await listIncidents(sql), expected, JSON.stringify(attempts));
}

testOnBothWarehouses(
  "recordDagEnd() opens an incident when a run has failed",
  async (warehouse) => {
    const task = { id: "load", write: () => Promise.reject(new Error("no plate")) };
    await runDag(testDag("leads", [task, notingTask("check", [])]), runOptions(warehouse));
    await recordDagEnd(warehouse.sql, "leads", Temporal.PlainDate.from(DATE));
    const rows = await warehouse.sql`
    select
      incident.dag_id, incident.logical_date, incident.closed_at, incident.failure_told_at,
      incident.recovery_told_at, incident.telling_until,
      incident.opened_at = (select max(finished_at) from ops.run_log) as is_opened_by_failure
    from ops.incident
  `;
    assert.deepEqual([...rows], [{
      dag_id: "leads",
      logical_date: DATE,
      closed_at: null,
      failure_told_at: null,
      recovery_told_at: null,
      telling_until: null,
      is_opened_by_failure: true,
    }]);
  },
);

testOnBothWarehouses(
  "recordDagEnd() is silent about what a retry has healed",
  async (warehouse) => {
    const tries: string[] = [];
    const task = notingTask("load", tries);
    const flaky = {
      ...task,
      retries: 2,
      prepare: () =>
        tries.push("try") < 3 ? Promise.reject(new TransientError("busy")) : Promise.resolve(),
    };
    const outcome = await runDag(testDag("leads", [flaky]), runOptions(warehouse));
    assert.equal(outcome.status, "success");
    await recordDagEnd(warehouse.sql, "leads", DATE);
    assert.deepEqual(await listIncidents(warehouse.sql), []);
  },
);

testOnBothWarehouses(
  "recordDagEnd() opens one for failures of its own, and for no other end",
  async ({ sql }) => {
    const open = [`leads of ${DATE}: open`];
    await expectIncidents(sql, [{ reason: "error" }], open);
    await expectIncidents(sql, [{ reason: "budget" }], open);
    await expectIncidents(sql, [{ reason: null }], open);
    await expectIncidents(sql, [{ reason: "cancelled" }], []);
    await expectIncidents(sql, [{ reason: "stopped" }], []);
    await expectIncidents(sql, [{ reason: "marked" }], []);
    await expectIncidents(sql, [{ reason: "wait_timeout" }], []);
    await expectIncidents(sql, [{ status: "upstream_failed", reason: "upstream" }], []);
    await expectIncidents(sql, [{ status: "success" }], []);
    await expectIncidents(sql, [{ dag: "cars" }], []);
    await expectIncidents(sql, [{ date: NEXT_DATE }], []);
    await expectIncidents(sql, [{}, { status: "running", attempt: 2 }], []);
    await expectIncidents(sql, [{}, { task: "check", status: "waiting" }], []);
    await expectIncidents(sql, [{}, { reason: "stopped", attempt: 2 }], []);
    await expectIncidents(
      sql,
      [{}, { task: "check", status: "upstream_failed", reason: "upstream" }],
      open,
    );
    await expectIncidents(
      sql,
      [{ task: "extract", status: "success" }, { reason: "stopped" }, { attempt: 2 }],
      open,
    );
  },
);

testOnBothWarehouses(
  "recordDagEnd() takes a task that has killed five workers for failed",
  async ({ sql }) => {
    const deaths = [1, 2, 3, 4, 5].map((attempt) => ({ attempt, reason: "worker_died" }));
    await expectIncidents(sql, deaths.slice(0, 4), []);
    await expectIncidents(sql, deaths, [`leads of ${DATE}: open`]);
  },
);

testOnBothWarehouses(
  "recordDagEnd() opens one when a forced run of what has succeeded fails",
  async ({ sql }) => {
    const open = [`leads of ${DATE}: open`];
    await expectIncidents(sql, [{ status: "success" }, { attempt: 2 }], open);
    const isWell = { attempt: 3, status: "success", finishedAt: "2026-05-03T01:10:00Z" } as const;
    await addAttempt(sql, isWell);
    await recordDagEnd(sql, "leads", DATE);
    assert.deepEqual(await listIncidents(sql), [
      `leads of ${DATE}: closed 2026-05-03T01:10:00.000Z`,
    ]);
  },
);

testOnBothWarehouses("recordDagEnd() has one open incident per DAG", async ({ sql }) => {
  await addAttempt(sql);
  await addAttempt(sql, { dag: "cars" });
  await addAttempt(sql, { date: NEXT_DATE, finishedAt: "2026-05-04T00:03:00Z" });
  for (const [dag, date] of [["leads", DATE], ["leads", DATE], ["cars", DATE]] as const) {
    await recordDagEnd(sql, dag, date);
  }
  await recordDagEnd(sql, "leads", NEXT_DATE);
  assert.deepEqual(await listIncidents(sql), [`leads of ${DATE}: open`, `cars of ${DATE}: open`]);
});

testOnServer("recordDagEnd() opens one when twenty come together", async ({ sql }) => {
  await addAttempt(sql);
  await Promise.all(Array.from({ length: 20 }, () => recordDagEnd(sql, "leads", DATE)));
  assert.deepEqual(await listIncidents(sql), [`leads of ${DATE}: open`]);
});

testOnBothWarehouses("recordDagEnd() closes it with a success of its date", async ({ sql }) => {
  await addAttempt(sql);
  await recordDagEnd(sql, "leads", DATE);
  await addAttempt(sql, { attempt: 2, status: "success", finishedAt: "2026-05-03T01:10:00Z" });
  await recordDagEnd(sql, "leads", DATE);
  const closed = [`leads of ${DATE}: closed 2026-05-03T01:10:00.000Z`];
  assert.deepEqual(await listIncidents(sql), closed);
  await recordDagEnd(sql, "leads", DATE);
  assert.deepEqual(await listIncidents(sql), closed);
});

testOnBothWarehouses(
  "recordDagEnd() closes it with a later date, not an older",
  async ({ sql }) => {
    await addAttempt(sql, { date: NEXT_DATE, finishedAt: "2026-05-04T00:03:00Z" });
    await recordDagEnd(sql, "leads", NEXT_DATE);
    await addAttempt(sql, { status: "success", finishedAt: "2026-05-04T01:00:00Z" });
    await recordDagEnd(sql, "leads", DATE);
    assert.deepEqual(await listIncidents(sql), [`leads of ${NEXT_DATE}: open`]);
    await addAttempt(sql, {
      date: "2026-05-05",
      status: "success",
      finishedAt: "2026-05-05T00:03:00Z",
    });
    await recordDagEnd(sql, "leads", "2026-05-05");
    assert.deepEqual(await listIncidents(sql), [
      `leads of ${NEXT_DATE}: closed 2026-05-05T00:03:00.000Z`,
    ]);
  },
);

testOnBothWarehouses(
  "recordDagEnd() keeps it open while a newer date has failed for good",
  async ({ sql }) => {
    await addAttempt(sql);
    await recordDagEnd(sql, "leads", DATE);
    await addAttempt(sql, { date: NEXT_DATE, finishedAt: "2026-05-04T00:03:00Z" });
    await recordDagEnd(sql, "leads", NEXT_DATE);
    await addAttempt(sql, { attempt: 2, status: "success", finishedAt: "2026-05-04T01:00:00Z" });
    await recordDagEnd(sql, "leads", DATE);
    assert.deepEqual(await listIncidents(sql), [`leads of ${DATE}: open`]);
    await addAttempt(sql, {
      date: NEXT_DATE,
      attempt: 2,
      status: "success",
      finishedAt: "2026-05-04T02:00:00Z",
    });
    await recordDagEnd(sql, "leads", NEXT_DATE);
    assert.deepEqual(await listIncidents(sql), [
      `leads of ${DATE}: closed 2026-05-04T02:00:00.000Z`,
    ]);
  },
);

testOnBothWarehouses(
  "recordDagEnd() needs every task for a recovery, and nothing but an own failure against it",
  async ({ sql }) => {
    await addAttempt(sql, { task: "extract" });
    await addAttempt(sql, { status: "upstream_failed", reason: "upstream" });
    await recordDagEnd(sql, "leads", DATE);
    const late = { finishedAt: "2026-05-03T01:00:00Z", attempt: 2 };
    await addAttempt(sql, { ...late, task: "extract", status: "success" });
    await recordDagEnd(sql, "leads", DATE);
    assert.deepEqual(await listIncidents(sql), [`leads of ${DATE}: open`]);
    await addAttempt(sql, { date: NEXT_DATE, reason: "cancelled" });
    await addAttempt(sql, { ...late, status: "success" });
    await recordDagEnd(sql, "leads", DATE);
    assert.deepEqual(await listIncidents(sql), [
      `leads of ${DATE}: closed 2026-05-03T01:00:00.000Z`,
    ]);
  },
);

testOnBothWarehouses(
  "recordDagEnd() opens a second one after the first is over",
  async ({ sql }) => {
    await addAttempt(sql);
    await recordDagEnd(sql, "leads", DATE);
    await addAttempt(sql, { attempt: 2, status: "success", finishedAt: "2026-05-03T01:00:00Z" });
    await recordDagEnd(sql, "leads", DATE);
    await addAttempt(sql, { date: NEXT_DATE, finishedAt: "2026-05-04T00:03:00Z" });
    await recordDagEnd(sql, "leads", NEXT_DATE);
    assert.deepEqual(await listIncidents(sql), [
      `leads of ${DATE}: closed 2026-05-03T01:00:00.000Z`,
      `leads of ${NEXT_DATE}: open`,
    ]);
  },
);

/** A day of the business by the clock of the database, and a moment of its beginning. */
async function readDay(sql: ISql, daysAgo: number): Promise<{ date: string; finishedAt: string }> {
  const [row] = await sql`
    select
      (clock_timestamp() at time zone ${TIME_ZONE})::date - ${daysAgo}::integer as date,
      (clock_timestamp() - interval '1 hour' * ${daysAgo * 24})::text as finished_at
  `;
  return { date: String(row?.date), finishedAt: String(row?.finished_at) };
}

testOnBothWarehouses(
  "recordMissedEnds() finds failures of today and yesterday, and every success",
  async ({ sql }) => {
    const [today, yesterday, before] = [
      await readDay(sql, 0),
      await readDay(sql, 1),
      await readDay(sql, 2),
    ];
    await addAttempt(sql, { dag: "cars", ...today });
    await addAttempt(sql, { dag: "leads", ...yesterday });
    await addAttempt(sql, { dag: "clients", ...before });
    await recordMissedEnds(sql, TIME_ZONE);
    assert.deepEqual(await listIncidents(sql), [
      `leads of ${yesterday.date}: open`,
      `cars of ${today.date}: open`,
    ]);
    await addAttempt(sql, {
      dag: "leads",
      status: "success",
      attempt: 2,
      ...today,
      date: yesterday.date,
    });
    await recordMissedEnds(sql, TIME_ZONE);
    const [row] = await sql`
      select count(*) as closed from ops.incident where dag_id = 'leads' and closed_at is not null
    `;
    assert.deepEqual(row, { closed: 1 });
  },
);

testOnBothWarehouses(
  "recordMissedEnds() is silent about a failure that a newer date has made good",
  async ({ sql }) => {
    const [today, yesterday] = [await readDay(sql, 0), await readDay(sql, 1)];
    await addAttempt(sql, { ...yesterday });
    await addAttempt(sql, { status: "success", ...today });
    await recordMissedEnds(sql, TIME_ZONE);
    assert.deepEqual(await listIncidents(sql), []);
  },
);

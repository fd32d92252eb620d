import assert from "node:assert/strict";
import type { ISql } from "postgres";
import { createAlerts } from "../../../../pipeline/scheduler/alerts/alerts.ts";
import { addAttempt, listIncidents } from "../../../support/run_log_rows.ts";
import { DATE } from "../../../support/runs.ts";
import { headlines, serveChat } from "../../../support/webhook.ts";
import { testOnBothWarehouses } from "../../../support/warehouses.ts";

const DAY = Temporal.PlainDate.from(DATE);

function alertOptions(sql: ISql, alertWebhookUrl: string | null) {
  return {
    sql,
    config: { alertWebhookUrl, alertTemplate: '{"text":"{text}"}', businessTz: "Asia/Dubai" },
    explain: () => Promise.resolve("explained"),
  };
}

function outcomeOf(dagId: string, status: "failed" | "success") {
  return { dagId, status, message: null, tasks: [] };
}

testOnBothWarehouses("createAlerts() tells of the end of a run", async ({ sql }) => {
  await using chat = serveChat();
  await using alerts = createAlerts(alertOptions(sql, chat.url));
  await addAttempt(sql);
  await alerts.onDagEnd(outcomeOf("leads", "failed"), DAY);
  await alerts.idle();
  await addAttempt(sql, { attempt: 2, status: "success", finishedAt: "2026-05-03T01:00:00Z" });
  await alerts.onDagEnd(outcomeOf("leads", "success"), DAY);
  await alerts.idle();
  await alerts.onBeat();
  await alerts.idle();
  assert.deepEqual(headlines(chat), [`FAILED: leads of ${DATE}`, `RECOVERED: leads of ${DATE}`]);
});

testOnBothWarehouses("createAlerts() finds at a beat what nobody has recorded", async ({ sql }) => {
  await using chat = serveChat();
  await using alerts = createAlerts(alertOptions(sql, chat.url));
  const [now] = await sql`select (clock_timestamp() at time zone 'Asia/Dubai')::date as date`;
  const date = String(now?.date);
  await addAttempt(sql, { date, finishedAt: new Date().toISOString() });
  await alerts.onBeat();
  await alerts.idle();
  assert.deepEqual(headlines(chat), [`FAILED: leads of ${date}`]);
});

testOnBothWarehouses(
  "createAlerts() holds up nobody while the webhook hangs, and misses nothing meanwhile",
  async ({ sql }) => {
    const end = Promise.withResolvers<Response>();
    await using chat = serveChat(() => end.promise, new Response());
    await using alerts = createAlerts(alertOptions(sql, chat.url));
    await addAttempt(sql);
    await alerts.onDagEnd(outcomeOf("leads", "failed"), DAY);
    await addAttempt(sql, { dag: "cars", finishedAt: "2026-05-03T00:04:00Z" });
    await alerts.onDagEnd(outcomeOf("cars", "failed"), DAY);
    await alerts.onBeat();
    assert.deepEqual(await listIncidents(sql), [`leads of ${DATE}: open`, `cars of ${DATE}: open`]);
    end.resolve(new Response());
    await alerts.idle();
    assert.deepEqual(headlines(chat), [`FAILED: leads of ${DATE}`, `FAILED: cars of ${DATE}`]);
  },
);

testOnBothWarehouses(
  "createAlerts() records incidents when nobody is to be told",
  async ({ sql }) => {
    await using alerts = createAlerts(alertOptions(sql, null));
    await addAttempt(sql);
    await alerts.onDagEnd(outcomeOf("leads", "failed"), DAY);
    assert.deepEqual(await listIncidents(sql), [`leads of ${DATE}: open`]);
  },
);

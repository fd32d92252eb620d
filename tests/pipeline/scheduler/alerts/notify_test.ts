import assert from "node:assert/strict";
import type { ISql } from "postgres";
import {
  claimNotification,
  recordDagEnd,
} from "../../../../pipeline/scheduler/alerts/incidents.ts";
import { type NotifyOptions, notifyPending } from "../../../../pipeline/scheduler/alerts/notify.ts";
import { DEFAULT_DELIVERY } from "../../../../pipeline/scheduler/alerts/webhook.ts";
import { addAttempt } from "../../../support/run_log_rows.ts";
import { DATE } from "../../../support/runs.ts";
import { testOnBothWarehouses, testOnServer } from "../../../support/warehouses.ts";
import { headlines, serveChat } from "../../../support/webhook.ts";

function tellOptions(
  sql: ISql,
  alertWebhookUrl: string | null,
  changes: Partial<NotifyOptions> = {},
): NotifyOptions {
  return {
    sql,
    config: { alertWebhookUrl, alertTemplate: '{"text":"{text}"}', businessTz: "Asia/Dubai" },
    explain: (dagId, date) => Promise.resolve(`explained: ${dagId} of ${date}`),
    delivery: { ...DEFAULT_DELIVERY, waitMs: 0, longestWaitMs: 0 },
    ...changes,
  };
}

/** The run log has a failure now, and the incident is recorded; `finishedAt` defaults to 04:03 local. */
async function fail(sql: ISql, dag = "leads", finishedAt = "2026-05-03T00:03:00Z"): Promise<void> {
  await addAttempt(sql, { dag, finishedAt });
  await recordDagEnd(sql, dag, DATE);
}

async function recover(
  sql: ISql,
  dag = "leads",
  finishedAt = new Date().toISOString(),
): Promise<void> {
  await addAttempt(sql, { dag, attempt: 2, status: "success", finishedAt });
  await recordDagEnd(sql, dag, DATE);
}

/** Which of the two messages have been told, by DAG. */
async function listTold(sql: ISql): Promise<unknown[]> {
  const rows = await sql`
    select
      dag_id, failure_told_at is not null as failure, recovery_told_at is not null as recovery,
      telling_until is not null as is_held
    from ops.incident order by incident_id
  `;
  return rows.map(({ dag_id, failure, recovery, is_held }) => [dag_id, failure, recovery, is_held]);
}

testOnBothWarehouses(
  "notifyPending() tells of a failure and of its end, once each",
  async ({ sql }) => {
    await using chat = serveChat();
    const options = tellOptions(sql, chat.url);
    await addAttempt(sql, {
      task: "extract",
      status: "success",
      metrics: { warning_late: 2, n: 1 },
    });
    await fail(sql);
    assert.equal(await notifyPending(options), 1);
    assert.equal(await notifyPending(options), 0);
    assert.deepEqual(await listTold(sql), [["leads", true, false, false]]);
    await recover(sql, "leads", "2026-05-03T01:03:00Z");
    assert.equal(await notifyPending(options), 1);
    assert.equal(await notifyPending(options), 0);
    assert.deepEqual(await listTold(sql), [["leads", true, true, false]]);
    assert.deepEqual(chat.texts, [
      `FAILED: leads of 2026-05-03
at 2026-05-03 04:03:00 (Asia/Dubai)

explained: leads of 2026-05-03

Warnings
  extract: warning_late = 2`,
      `RECOVERED: leads of 2026-05-03
at 2026-05-03 05:03:00 (Asia/Dubai), after 1 h 0 min

explained: leads of 2026-05-03

Warnings
  extract: warning_late = 2`,
    ]);
  },
);

testOnBothWarehouses(
  "notifyPending() tells once of changes in amoCRM that wait for somebody, on a green day too",
  async ({ sql }) => {
    const down = new Response(null, { status: 400 });
    await using chat = serveChat(down, new Response());
    const options = tellOptions(sql, chat.url);
    await sql`
      insert into ops.source_drift (source, kind, key, change, was, became, advice, waits, run_id, settled_at)
      values
        (
          'cars', 'field', '7', 'changed', '"Color" (text)', '"Paint" (text)',
          'color stays empty: AMO_FIELD_MAP={"cars":{"color":7}}', '{color}', gen_random_uuid(), null
        ),
        (
          'leads', 'field', '9', 'appeared', null, '"Notes" (text)', 'nothing reads it', '{}',
          gen_random_uuid(), now()
        )
    `;
    assert.equal(await notifyPending(options), 0);
    assert.equal(await notifyPending(options), 1);
    assert.equal(await notifyPending(options), 0);
    assert.deepEqual(chat.texts.slice(1), [
      `CHANGED IN amoCRM: 1 change waits for somebody

  The field 7 of cars changed: "Color" (text) is now "Paint" (text): color stays empty: AMO_FIELD_MAP={"cars":{"color":7}}

What now: change the line that each names, or put it back in amoCRM; what still waits is listed by
  deno task check-data source_drift`,
    ]);
  },
);

testOnBothWarehouses(
  "notifyPending() tells each incident in a message of its own",
  async ({ sql }) => {
    await using chat = serveChat();
    await fail(sql, "leads", "2026-05-03T00:04:00Z");
    await fail(sql, "cars", "2026-05-03T00:03:00Z");
    await fail(sql, "clients", "2026-05-03T00:05:00Z");
    assert.equal(await notifyPending(tellOptions(sql, chat.url)), 3);
    assert.deepEqual(headlines(chat), [
      "FAILED: cars of 2026-05-03",
      "FAILED: leads of 2026-05-03",
      "FAILED: clients of 2026-05-03",
    ]);
  },
);

testOnBothWarehouses("notifyPending() tells at the next call what was refused", async ({ sql }) => {
  const down = new Response(null, { status: 500 });
  await using chat = serveChat(down, down, down, new Response());
  const options = tellOptions(sql, chat.url);
  await fail(sql, "leads");
  await fail(sql, "cars", "2026-05-03T00:04:00Z");
  assert.equal(await notifyPending(options), 0);
  assert.equal(chat.texts.length, 3, "the second is not tried while the webhook is down");
  assert.deepEqual(await listTold(sql), [["leads", false, false, false], [
    "cars",
    false,
    false,
    false,
  ]]);
  assert.equal(await notifyPending(options), 2);
  assert.deepEqual(headlines(chat).slice(3), [
    "FAILED: leads of 2026-05-03",
    "FAILED: cars of 2026-05-03",
  ]);
});

testOnBothWarehouses(
  "notifyPending() is not held up by a message that the webhook never takes",
  async ({ sql }) => {
    await using chat = serveChat(new Response(null, { status: 400 }), new Response());
    const options = tellOptions(sql, chat.url);
    await fail(sql, "leads");
    await fail(sql, "cars", "2026-05-03T00:04:00Z");
    assert.equal(await notifyPending(options), 1);
    assert.deepEqual(await listTold(sql), [
      ["leads", false, false, false],
      ["cars", true, false, false],
    ]);
  },
);

testOnBothWarehouses("notifyPending() takes over from a teller that died", async ({ sql }) => {
  await using chat = serveChat();
  await fail(sql);
  const claimed = await claimNotification(sql, 120);
  assert.equal(claimed?.dag_id, "leads");
  assert.equal(await notifyPending(tellOptions(sql, chat.url)), 0);
  await sql`update ops.incident set telling_until = clock_timestamp()`;
  assert.equal(await notifyPending(tellOptions(sql, chat.url)), 1);
  assert.deepEqual(headlines(chat), ["FAILED: leads of 2026-05-03"]);
});

testOnBothWarehouses(
  "notifyPending() tells in one message of what was over before anybody knew",
  async ({ sql }) => {
    await using chat = serveChat();
    await fail(sql);
    await recover(sql);
    assert.equal(await notifyPending(tellOptions(sql, chat.url)), 1);
    assert.equal(await notifyPending(tellOptions(sql, chat.url)), 0);
    assert.deepEqual(headlines(chat), ["FAILED AND RECOVERED: leads of 2026-05-03"]);
    assert.match(chat.texts[0] ?? "", /\n\nload failed: no network\n\nexplained: leads/);
    assert.deepEqual(await listTold(sql), [["leads", true, true, false]]);
  },
);

testOnBothWarehouses(
  "notifyPending() tells of a recovery that comes while it tells of the failure",
  async ({ sql }) => {
    const recoverMeanwhile = async () => {
      await recover(sql);
      return new Response();
    };
    await using chat = serveChat(recoverMeanwhile, new Response());
    await fail(sql);
    assert.equal(await notifyPending(tellOptions(sql, chat.url)), 2);
    assert.deepEqual(headlines(chat), [
      "FAILED: leads of 2026-05-03",
      "RECOVERED: leads of 2026-05-03",
    ]);
  },
);

testOnBothWarehouses(
  "notifyPending() leaves incidents alone when nobody is to be told, and old ones later",
  async ({ sql }) => {
    await fail(sql, "cars");
    await recover(sql, "cars", "2026-05-03T01:00:00Z");
    await fail(sql, "leads");
    assert.equal(await notifyPending(tellOptions(sql, null)), 0);
    await using chat = serveChat();
    assert.equal(await notifyPending(tellOptions(sql, chat.url)), 1);
    assert.deepEqual(headlines(chat), ["FAILED: leads of 2026-05-03"]);
    assert.deepEqual(await listTold(sql), [["cars", false, false, false], [
      "leads",
      true,
      false,
      false,
    ]]);
  },
);

testOnBothWarehouses(
  "notifyPending() tells what it can when the explanation fails",
  async ({ sql }) => {
    await using chat = serveChat();
    await fail(sql);
    const explain = () => Promise.reject(new Error("Cannot explain the unknown DAG leads"));
    assert.equal(await notifyPending(tellOptions(sql, chat.url, { explain })), 1);
    assert.match(chat.texts[0] ?? "", /load failed: no network\n\nWhat now: look at its log/);
  },
);

testOnBothWarehouses("notifyPending() begins no message once it is to stop", async ({ sql }) => {
  const stop = new AbortController();
  await using chat = serveChat(() => {
    stop.abort();
    return new Response();
  });
  await fail(sql, "leads");
  await fail(sql, "cars");
  const options = tellOptions(sql, chat.url, { signal: stop.signal });
  assert.equal(await notifyPending(options), 1);
  assert.equal(await notifyPending(options), 0);
  assert.equal(chat.texts.length, 1);
});

testOnServer(
  "notifyPending() tells each incident once when five tell together",
  async ({ sql }) => {
    const two = Promise.withResolvers<void>();
    // Nobody gets an answer before two are asking, so that one teller cannot tell it all.
    await using chat = serveChat(async () => {
      if (chat.texts.length > 1) two.resolve();
      await two.promise;
      return new Response();
    });
    const dags = Array.from({ length: 12 }, (_, i) => `dag_${i}`);
    for (const dag of dags) await fail(sql, dag);
    const notifyAll = () =>
      Promise.all(Array.from({ length: 5 }, () => notifyPending(tellOptions(sql, chat.url))));
    const failures = await notifyAll();
    assert.equal(failures.reduce((sum, told) => sum + told, 0), 12);
    assert.ok(failures.filter((told) => told > 0).length > 1);
    for (const dag of dags) await recover(sql, dag);
    await notifyAll();
    const expected = dags.flatMap((
      dag,
    ) => [`FAILED: ${dag} of ${DATE}`, `RECOVERED: ${dag} of ${DATE}`]);
    assert.deepEqual(headlines(chat).sort(), expected.sort());
  },
);

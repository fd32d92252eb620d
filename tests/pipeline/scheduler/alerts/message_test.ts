import assert from "node:assert/strict";
import {
  composeMessage,
  explainedDate,
  type MessageParts,
} from "../../../../pipeline/scheduler/alerts/message.ts";

const OPEN: MessageParts = {
  incident: {
    incident_id: 7,
    dag_id: "daily_amocrm_load_leads",
    telling_until: "",
    is_failure_told: false,
    logical_date: "2026-05-03",
    opened_at: new Date("2026-05-03T00:03:12.4Z"),
    closed_at: null,
  },
  history: {
    task_id: "extract_leads",
    error: "Cannot read /api/v4/leads: amoCRM answered 401, expected 200: check AMO_TOKEN",
    is_repaired: false,
    later_date: null,
  },
  explanation: "daily_amocrm_load_leads of 2026-05-03 failed\n\nWhat now: look at its log",
  warnings: [],
  timeZone: "Asia/Dubai",
};

const CLOSED_AT = new Date("2026-05-03T01:10:03.4Z");

function closed(isFailureTold: boolean, changes: Partial<MessageParts> = {}): MessageParts {
  return {
    ...OPEN,
    incident: { ...OPEN.incident, closed_at: CLOSED_AT, is_failure_told: isFailureTold },
    history: { ...OPEN.history, is_repaired: true },
    explanation: "daily_amocrm_load_leads of 2026-05-03 succeeded at 2026-05-03 05:10:03",
    ...changes,
  };
}

Deno.test("composeMessage() says what failed, when in local time, why, and what it warned of", () => {
  const warnings = [{ taskId: "extract_leads", name: "warning_read_by_page", value: 1 }];
  assert.equal(
    composeMessage({ ...OPEN, warnings }),
    `FAILED: daily_amocrm_load_leads of 2026-05-03
at 2026-05-03 04:03:12 (Asia/Dubai)

daily_amocrm_load_leads of 2026-05-03 failed

What now: look at its log

Warnings
  extract_leads: warning_read_by_page = 1`,
  );
});

Deno.test("composeMessage() says the error and what to do when there is no explanation", () => {
  assert.equal(
    composeMessage({ ...OPEN, explanation: null }),
    `FAILED: daily_amocrm_load_leads of 2026-05-03
at 2026-05-03 04:03:12 (Asia/Dubai)

extract_leads failed: Cannot read /api/v4/leads: amoCRM answered 401, expected 200: check AMO_TOKEN

What now: look at its log, put right what is wrong, then run it again
  deno task runs logs daily_amocrm_load_leads 2026-05-03
  deno task runs retry daily_amocrm_load_leads 2026-05-03 --downstream`,
  );
});

Deno.test("composeMessage() says how long it took until the recovery", () => {
  assert.equal(
    composeMessage(closed(true)),
    `RECOVERED: daily_amocrm_load_leads of 2026-05-03
at 2026-05-03 05:10:03 (Asia/Dubai), after 1 h 6 min

daily_amocrm_load_leads of 2026-05-03 succeeded at 2026-05-03 05:10:03`,
  );
});

Deno.test("composeMessage() says that a date which a later one made up for is still open", () => {
  const history = { ...OPEN.history, later_date: "2026-05-04" };
  assert.equal(
    composeMessage(closed(true, { history, explanation: "2026-05-04 succeeded" })),
    `RECOVERED: daily_amocrm_load_leads of 2026-05-03
at 2026-05-03 05:10:03 (Asia/Dubai), after 1 h 6 min

2026-05-04 succeeded

2026-05-03 itself has not succeeded; should it be needed
  deno task runs retry daily_amocrm_load_leads 2026-05-03 --downstream`,
  );
});

Deno.test("composeMessage() tells in one of what is over before anybody knew", () => {
  assert.equal(
    composeMessage(closed(false)),
    `FAILED AND RECOVERED: daily_amocrm_load_leads of 2026-05-03
from 2026-05-03 04:03:12 to 2026-05-03 05:10:03 (Asia/Dubai), 1 h 6 min
Nobody could be told in between

extract_leads failed: Cannot read /api/v4/leads: amoCRM answered 401, expected 200: check AMO_TOKEN

daily_amocrm_load_leads of 2026-05-03 succeeded at 2026-05-03 05:10:03`,
  );
});

Deno.test("composeMessage() keeps beginning and end of what is too long, and masks it", () => {
  const explanation = `omar@example.ae\n${"a line of it\n".repeat(400)}What now: call him`;
  const message = composeMessage({ ...OPEN, explanation });
  assert.ok(message.length <= 1_900 && message.length > 1_800, String(message.length));
  assert.match(message, /^FAILED: daily_amocrm_load_leads of 2026-05-03\n/);
  assert.match(message, /\n\[e-mail\]\na line of it\n/);
  assert.match(message, /a line of it\n\[… the middle is left out …\]\na line of it/);
  assert.match(message, /\nWhat now: call him$/);
});

Deno.test("explainedDate() is the one that failed, and after that the one that succeeded", () => {
  const { incident, history } = OPEN;
  const over = { ...incident, closed_at: CLOSED_AT };
  const later = { ...history, later_date: "2026-05-04" };
  assert.equal(explainedDate(incident, later), "2026-05-03");
  assert.equal(explainedDate(over, later), "2026-05-04");
  assert.equal(explainedDate(over, { ...later, is_repaired: true }), "2026-05-03");
  assert.equal(explainedDate(over, history), "2026-05-03");
});

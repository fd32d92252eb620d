import assert from "node:assert/strict";
import type { LogLevel, LogRecord } from "@logtape/logtape";
import { createLineSink, type LogSettings } from "../../../lib/log/logging.ts";

const TEXT: LogSettings = { logLevel: "debug", logFormat: "text", businessTz: "Asia/Dubai" };
const JSON_LINES: LogSettings = { ...TEXT, logFormat: "json" };
const TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJl";

/** The line that the settings make of one record. */
function lineOf(settings: LogSettings, record: Partial<LogRecord> = {}): string {
  const lines: string[] = [];
  const sink = createLineSink(settings, (line) => lines.push(line));
  sink({
    category: ["task", "extract_leads"],
    level: "info",
    message: ["", 42, " leads"],
    rawMessage: "{rows} leads",
    timestamp: Date.UTC(2026, 4, 3, 0, 0, 12, 345),
    properties: { rows: 42, dag: "daily_amocrm_load_leads", date: "2026-05-03" },
    ...record,
  });
  assert.equal(lines.length, 1);
  return lines[0] ?? "";
}

Deno.test("createLineSink() writes the old wording, in local time, with the fields behind it", () => {
  assert.equal(
    lineOf(TEXT),
    "2026-05-03 04:00:12 [extract] 42 leads dag=daily_amocrm_load_leads date=2026-05-03",
  );
});

Deno.test("createLineSink() follows the time zone through its changes", () => {
  const berlin = { ...TEXT, businessTz: "Europe/Berlin" };
  assert.match(
    lineOf(berlin, { timestamp: Date.UTC(2026, 2, 29, 0, 59) }),
    /^2026-03-29 01:59:00 /,
  );
  assert.match(lineOf(berlin, { timestamp: Date.UTC(2026, 2, 29, 1, 0) }), /^2026-03-29 03:00:00 /);
});

Deno.test("createLineSink() names the level unless it is info, and the area outside tasks", () => {
  assert.equal(
    lineOf(TEXT, {
      category: ["warehouse"],
      level: "warning",
      message: ["A heartbeat failed"],
      rawMessage: "A heartbeat failed",
      properties: {},
    }),
    "2026-05-03 04:00:12 WARNING [warehouse] A heartbeat failed",
  );
});

Deno.test("createLineSink() quotes fields with blanks and shows an error by its message", () => {
  assert.equal(
    lineOf(TEXT, {
      message: ["done"],
      rawMessage: "done",
      properties: {
        file: "a b.sql",
        error: new Error("no table", { cause: new Error("secret cause") }),
        counts: { read: 1 },
        nothing: null,
        big: 12n,
      },
    }),
    '2026-05-03 04:00:12 [extract] done file="a b.sql" error="no table" counts="{\\"read\\":1}" ' +
      "nothing=null big=12",
  );
});

Deno.test("createLineSink() writes one JSON object a line, with its time in UTC", () => {
  assert.deepEqual(JSON.parse(lineOf(JSON_LINES, { level: "error" })), {
    time: "2026-05-03T00:00:12.345Z",
    level: "error",
    category: "task.extract_leads",
    message: "[extract] 42 leads",
    rows: 42,
    dag: "daily_amocrm_load_leads",
    date: "2026-05-03",
  });
});

const LEVELS: readonly LogLevel[] = ["trace", "debug", "info", "warning", "error", "fatal"];
for (const settings of [TEXT, JSON_LINES]) {
  for (const level of LEVELS) {
    Deno.test(`createLineSink() shows no personal data at level ${level} in ${settings.logFormat}`, () => {
      const error = new Error(`refused omar@example.ae, ${TOKEN}`);
      const line = lineOf(settings, {
        level,
        message: ["client ", "+971 50 123 4567", " failed: ", error, ""],
        rawMessage: "client {who} failed: {error}",
        properties: {
          who: "+971 50 123 4567",
          error,
          token: "short-secret",
          client_name: "Omar Haddad",
          nested: { phone: "12345", license: "DXB 998877" },
          note: "050-123-4567",
          contact: "971501234567",
          leads: 42,
        },
      });
      for (
        const secret of [
          "omar@",
          "123 4567",
          "123-4567",
          "eyJ",
          "9715",
          "short-secret",
          "Haddad",
          "998877",
          "12345",
        ]
      ) {
        assert.ok(!line.includes(secret), `found ${secret} in ${line}`);
      }
      assert.match(line, /\[extract\] client \[phone\] failed: refused \[e-mail\], \[token\]/);
      assert.match(line, /leads(=|":)42/);
    });
  }
}

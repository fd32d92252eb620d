import { parse } from "csv-parse/sync";
import assert from "node:assert/strict";
import { attachment, csvFileName, formatCsv } from "../../../lib/dashboard/csv.ts";
import { readState } from "../../../lib/dashboard/address.ts";
import { CRM_TABLE, testPage } from "../../support/site.tsx";

const SHOWN = { timeZone: "Europe/Paris", showsPersonalData: true };

Deno.test("formatCsv() keeps numbers, defuses formulas and parses back", () => {
  const text = formatCsv(CRM_TABLE, SHOWN);
  assert.equal(
    text,
    "\ufeffclient_id,client_name,note,revenue,share,is_repeat\r\n" +
      "7,<img src=x onerror=alert(1)>,'=cmd|' /C calc'!A0,-1200.50," +
      "0.3333333333333333333333,true\r\n" +
      '8,,"a,""b""\nc",-3,,\r\n',
  );
  assert.deepEqual(parse(text, { columns: true, bom: true }), [
    {
      client_id: "7",
      client_name: "<img src=x onerror=alert(1)>",
      note: "'=cmd|' /C calc'!A0",
      revenue: "-1200.50",
      share: "0.3333333333333333333333",
      is_repeat: "true",
    },
    {
      client_id: "8",
      client_name: "",
      note: 'a,"b"\nc',
      revenue: "-3",
      share: "",
      is_repeat: "",
    },
  ]);
});

Deno.test("formatCsv() defuses text that begins with = + - @ or a tab, and no other", () => {
  const table = {
    ...CRM_TABLE,
    columns: [{ key: "note", title: "Note", kind: "text" }, {
      key: "sum",
      title: "Sum",
      kind: "money",
    }],
  } as const;
  const notes = ["=1", "+1", "-1", "@a", "\ta", " =1", "1=1", ""];
  const rows = notes.map((note) => ({ note, sum: "-1" }));
  const [, ...lines] = parse(formatCsv({ ...table, rows }, SHOWN));
  assert.deepEqual(lines, [
    ["'=1", "-1"],
    ["'+1", "-1"],
    ["'-1", "-1"],
    ["'@a", "-1"],
    ["'\ta", "-1"],
    [" =1", "-1"],
    ["1=1", "-1"],
    ["", "-1"],
  ]);
  // What claims to be a number and is none is text.
  const strange = { ...table, rows: [{ note: null, sum: "-1+cmd" }] };
  assert.deepEqual(parse(formatCsv(strange, SHOWN))[1], ["", "'-1+cmd"]);
});

Deno.test("formatCsv() gives moments in the local time of the pages, and tells repeated hours apart", () => {
  const table = {
    ...CRM_TABLE,
    columns: [
      { key: "at", title: "At", kind: "moment" },
      { key: "start", title: "Start", kind: "planned" },
    ],
    rows: [
      { at: "2026-10-25T00:30:00.250Z", start: "2026-05-05T22:00:00Z" },
      { at: "2026-10-25T01:30:00Z", start: null },
    ],
  } as const;
  assert.deepEqual(parse(formatCsv(table, SHOWN)).slice(1), [
    ["2026-10-25T02:30:00.25+02:00", "2026-05-06T00:00:00+02:00"],
    ["2026-10-25T02:30:00+01:00", ""],
  ]);
});

Deno.test("formatCsv() masks personal values unless they are shown", () => {
  const [, first, second] = parse(formatCsv(CRM_TABLE, { ...SHOWN, showsPersonalData: false }));
  assert.deepEqual([first?.[1], second?.[1]], ["•••", ""]);
});

Deno.test("csvFileName() says which table, which filters and when", () => {
  const query = new URLSearchParams('from=2026-05-03&model=Kia/Рио"&lang=ru');
  const state = readState(testPage("/", () => ({})), query, {
    today: Temporal.PlainDate.from("2026-06-10"),
    builtFor: Temporal.PlainDate.from("2026-06-10"),
    language: "en",
    horizonDays: 730,
  });
  const at = Temporal.ZonedDateTime.from("2026-06-10T08:04:59[Asia/Dubai]");
  const name = csvFileName({ ...CRM_TABLE, allRows: 2 }, state, at);
  assert.equal(name, "clients from 2026-05-03 model Kia_Рио_ at 2026-06-10T0804.csv");
  const paged = { ...state, address: { bookings_page: "2", page: "3" } };
  assert.deepEqual(
    [{ ...CRM_TABLE, allRows: 9 }, { ...CRM_TABLE, isCut: true }].map((table) =>
      csvFileName(table, paged, at)
    ),
    [
      "clients first 2 of 9 at 2026-06-10T0804.csv",
      "clients first 2 at 2026-06-10T0804.csv",
    ],
  );
  assert.equal(
    attachment(name),
    'attachment; filename="clients from 2026-05-03 model Kia_____ at 2026-06-10T0804.csv"; ' +
      "filename*=UTF-8''clients%20from%202026-05-03%20model%20Kia_%D0%A0%D0%B8%D0%BE_%20at%202026-06-10T0804.csv",
  );
});

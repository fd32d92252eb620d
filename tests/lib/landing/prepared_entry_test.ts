import assert from "node:assert/strict";
import { ACCEPT_ALL } from "../../../lib/landing/followed_leads.ts";
import { prepareEntries } from "../../../lib/landing/prepared_entry.ts";
import type { RowLanding, TypedRow } from "../../../lib/landing/row_landing.ts";
import { createEntityParser } from "../../../lib/landing/records/entity_parser.ts";
import { LEAD_CONTEXT, leadRecord } from "../../support/parsing.ts";

const SEEN = "2026-05-02T04:00:00Z";
const parse = createEntityParser("leads", LEAD_CONTEXT);

/** Hands back what it was given. */
const KEEP: RowLanding<{ readonly row: TypedRow; readonly payload: string }> = {
  batchRecords: 1,
  prepare: (row, payload) => ({ row, payload }),
  land: () => Promise.resolve(0),
};

Deno.test("prepareEntries() gives the payload as JSON of one line, whatever it holds", () => {
  const prepare = prepareEntries(parse, ACCEPT_ALL, KEEP);
  const records = [
    leadRecord({ name: 'O\'Neil "VIP" 🚗 \\u0000 \n {"record":1}' }),
    leadRecord({ name: "a \0 and half of a 🚗: \ud83d" }),
    { id: 7, is_deleted: true, updated_at: 1_777_842_000 },
  ];
  for (const record of records) {
    const lines = [{ observed_at: SEEN, record }, { record, observed_at: SEEN }];
    for (const line of lines.map((one) => JSON.stringify(one))) {
      const { parsed, row } = prepare(line).prepare();
      const payload = row?.payload ?? "";
      assert.deepEqual(row?.row, parsed.row);
      const whole = parse(JSON.parse(line).record, SEEN);
      assert.deepEqual({ ...parsed.row, payload: JSON.parse(payload) }, whole.row);
      assert.ok(!payload.includes("\n"));
    }
  }
});

Deno.test("prepareEntries() gives no row for a record that cannot land", () => {
  const line = JSON.stringify({ observed_at: SEEN, record: 1 });
  const entry = prepareEntries(parse, ACCEPT_ALL, KEEP)(line);
  assert.deepEqual(entry.prepare(), {
    parsed: { row: null, id: null, raw: "1", reason: "not an object" },
    row: null,
  });
});

Deno.test("prepareEntries() leaves what may not be accepted until it is asked for", () => {
  const asked: unknown[] = [];
  const listening: typeof parse = (record, observedAt) => {
    asked.push(record);
    return parse(record, observedAt);
  };
  const prepare = prepareEntries(listening, {
    ...ACCEPT_ALL,
    isSure: ({ record }) => record === 1,
  }, KEEP);
  const entries = [1, 2].map((record) => prepare(JSON.stringify({ observed_at: SEEN, record })));
  assert.deepEqual(asked, [1]);
  for (const entry of entries) entry.prepare();
  assert.deepEqual(asked, [1, 2]);
});

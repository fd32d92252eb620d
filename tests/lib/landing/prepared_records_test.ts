import assert from "node:assert/strict";
import { ACCEPT_ALL, type Place } from "../../../lib/landing/followed_leads.ts";
import { createPreparedRecords, type Preparation } from "../../../lib/landing/prepared_records.ts";
import type { RowBatch } from "../../../lib/landing/row_landing.ts";
import type { StgRow } from "../../../lib/landing/records/record.ts";
import { createEntityParser } from "../../../lib/landing/records/entity_parser.ts";
import { LEAD_CONTEXT, leadRecord } from "../../support/parsing.ts";

const SEEN = "2026-05-02T04:00:00Z";
const parse = createEntityParser("leads", LEAD_CONTEXT);

const NOTHING_LACKS = { bits: 0 };
const columns = { lookAt: () => NOTHING_LACKS };

interface Kept {
  readonly row: StgRow;
  readonly text: string;
  readonly plain: string | null;
}

/** Hands back what it was given. */
const KEEP: RowBatch<Kept> = {
  prepare: (row, { text, plain }) => ({
    row,
    text: text(),
    plain: plain && new TextDecoder().decode(plain),
  }),
  land: () => Promise.resolve(0),
};

function toLine(value: unknown) {
  const text = JSON.stringify(value);
  return { text, bytes: new TextEncoder().encode(text) };
}

function prepareLines(lines: readonly unknown[], preparation: Partial<Preparation> = {}) {
  const records = createPreparedRecords(
    { parse, accept: ACCEPT_ALL, columns, ...preparation },
    KEEP,
  );
  for (const line of lines) records.add(toLine(line));
  return records;
}

Deno.test("createPreparedRecords() gives the payload as JSON of one line, whatever it holds", () => {
  const records = [
    leadRecord({ name: "Иван 🚗" }),
    leadRecord({ name: 'O\'Neil "VIP" 🚗 \\u0000 \n {"record":1}' }),
    leadRecord({ name: "a \0 and half of a 🚗: \ud83d" }),
    { id: 7, is_deleted: true, updated_at: 1_777_842_000 },
  ];
  const found = records.flatMap((record) => {
    const lines = [{ observed_at: SEEN, record }, { record, observed_at: SEEN }];
    const prepared = prepareLines(lines);
    return lines.map((_, i) => {
      const { parsed, row } = prepared.take(i);
      const whole = parse(record, SEEN);
      assert.equal(parsed.row, NOTHING_LACKS);
      assert.deepEqual(row?.row, whole.row);
      assert.deepEqual(JSON.parse(row?.text ?? ""), whole.row?.payload);
      assert.ok(!row?.text.includes("\n"));
      return row?.plain === null ? "text" : row?.plain === row?.text ? "bytes" : "others";
    });
  });
  // Bytes are given where they are those of the payload, and as COPY reads them.
  assert.deepEqual(found, ["bytes", "text", "text", "text", "text", "text", "bytes", "text"]);
});

Deno.test("createPreparedRecords() gives no row for a record that cannot land", () => {
  const records = prepareLines([{ observed_at: SEEN, record: 1 }]);
  assert.deepEqual([records.ids, records.pipelines], [[null], [null]]);
  assert.throws(() => records.take(1), RangeError);
  assert.deepEqual(records.take(0), {
    parsed: { row: null, id: null, raw: "1", reason: "not an object" },
    row: null,
  });
});

Deno.test("createPreparedRecords() leaves what may not be accepted until it is asked for", () => {
  const asked: unknown[] = [];
  const listening: typeof parse = (record, observedAt) => {
    asked.push(record);
    return parse(record, observedAt);
  };
  const accept = { ...ACCEPT_ALL, isSure: ({ id }: Place) => id === 101 };
  const [sure, unsure] = [leadRecord({ id: 101 }), leadRecord({ id: 102, pipeline_id: 20 })];
  const records = prepareLines(
    [unsure, sure].map((record) => ({ observed_at: SEEN, record })),
    { parse: listening, accept },
  );
  assert.deepEqual([records.ids, records.pipelines], [[102, 101], [20, 10]]);
  assert.deepEqual(asked, [sure]);
  const rows = [0, 1].map((i) => records.take(i).row?.row.id);
  assert.deepEqual(rows, [102, 101]);
  assert.deepEqual(asked, [sure, unsure]);
});

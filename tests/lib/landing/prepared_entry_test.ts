import assert from "node:assert/strict";
import { ACCEPT_ALL, type Entry } from "../../../lib/landing/followed_leads.ts";
import { prepareEntry } from "../../../lib/landing/prepared_entry.ts";
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

Deno.test("prepareEntry() gives the payload as JSON of one line, whatever it holds", () => {
  const records = [
    leadRecord({ name: "Иван 🚗" }),
    leadRecord({ name: 'O\'Neil "VIP" 🚗 \\u0000 \n {"record":1}' }),
    leadRecord({ name: "a \0 and half of a 🚗: \ud83d" }),
    { id: 7, is_deleted: true, updated_at: 1_777_842_000 },
  ];
  const found = records.flatMap((record) => {
    const lines = [{ observed_at: SEEN, record }, { record, observed_at: SEEN }];
    return lines.map((line) => {
      const entry = prepareEntry({ parse, accept: ACCEPT_ALL, columns }, KEEP, toLine(line));
      const { parsed, row } = entry.prepare();
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

Deno.test("prepareEntry() gives no row for a record that cannot land", () => {
  const line = toLine({ observed_at: SEEN, record: 1 });
  const entry = prepareEntry({ parse, accept: ACCEPT_ALL, columns }, KEEP, line);
  assert.deepEqual(entry.prepare(), {
    parsed: { row: null, id: null, raw: "1", reason: "not an object" },
    row: null,
  });
});

Deno.test("prepareEntry() leaves what may not be accepted until it is asked for", () => {
  const asked: unknown[] = [];
  const listening: typeof parse = (record, observedAt) => {
    asked.push(record);
    return parse(record, observedAt);
  };
  const accept = { ...ACCEPT_ALL, isSure: ({ record }: Entry) => record === 1 };
  const entries = [1, 2].map((record) =>
    prepareEntry(
      { parse: listening, accept, columns },
      KEEP,
      toLine({ observed_at: SEEN, record }),
    )
  );
  assert.deepEqual(asked, [1]);
  for (const entry of entries) entry.prepare();
  assert.deepEqual(asked, [1, 2]);
});

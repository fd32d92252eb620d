import assert from "node:assert/strict";
import {
  createCarParser,
  createClientParser,
} from "../../../../lib/landing/records/element_record.ts";
import type { RecordContext } from "../../../../lib/landing/records/record.ts";
import { customValues } from "../../../support/parsing.ts";

const OBSERVED_AT = "2026-05-02T04:00:00Z";
const CONTEXT: RecordContext = {
  fields: {
    client_name: { id: 1, type: "text" },
    phone: { id: 2, type: "multitext" },
    birth_date: { id: 3, type: "birthday" },
    license: { id: 4, type: "text" },
    model: { id: 5, type: "text" },
    plate: { id: 6, type: "text" },
    year: { id: 7, type: "numeric" },
    dailyrate: { id: 8, type: "numeric" },
    in_fleet_from: { id: 9, type: "date" },
  },
  zones: { account: "Europe/Moscow", business: "Asia/Dubai" },
  carsCatalogId: null,
  clientsCatalogId: null,
};

function element(values: Readonly<Record<number, unknown>> | null) {
  return {
    id: 7,
    name: "Title of the element",
    created_at: 1_777_629_600,
    updated_at: 1_777_629_601,
    is_deleted: null,
    custom_fields_values: values && customValues(values),
    catalog_id: 50,
    account_id: 1,
  };
}

const TIMES = {
  id: 7,
  created_at: "2026-05-01T10:00:00Z",
  updated_at: "2026-05-01T10:00:01Z",
  is_deleted: false,
  deleted_by: null,
  observed_at: OBSERVED_AT,
};

Deno.test("createClientParser() reads the fields and not the element's title", () => {
  const parsed = createClientParser(CONTEXT)(
    // -315,630,000 is 1960-01-01 00:00 in Moscow.
    element({ 2: "+971 50 000 0001", 3: -315_630_000, 4: "" }),
    OBSERVED_AT,
  );
  const { payload: _payload, row_hash: _hash, ...row } = parsed.row ?? {};
  assert.deepEqual(row, {
    ...TIMES,
    client_name: null,
    gender: null,
    phone: "+971 50 000 0001",
    email: null,
    nationality: null,
    birth_date: "1960-01-01",
    license: null,
  });
});

Deno.test("createCarParser() keeps a whole year and rejects one that is none", () => {
  const parse = createCarParser(CONTEXT);
  const good = parse(
    element({ 5: "Kia Rio", 6: "B 1", 7: "2024", 8: "150", 9: 1_777_582_800 }),
    OBSERVED_AT,
  );
  const bad = parse(element({ 7: "2024.5", 8: "1,200" }), OBSERVED_AT);
  const { payload: _payload, row_hash: _hash, ...row } = good.row ?? {};
  assert.deepEqual(row, {
    ...TIMES,
    model: "Kia Rio",
    color: null,
    year: 2024,
    plate: "B 1",
    vin: null,
    dailyrate: "150",
    in_fleet_from: "2026-05-01",
    in_fleet_to: null,
  });
  assert.equal(bad.row?.year, null);
  assert.deepEqual(bad.row && bad.rejected, [
    { field: "year", raw: "2024.5", reason: "not a whole number" },
    { field: "dailyrate", raw: "1,200", reason: "not a number" },
  ]);
});

Deno.test("createCarParser() takes an element without any field", () => {
  const parsed = createCarParser(CONTEXT)(element(null), OBSERVED_AT);
  assert.equal(parsed.row?.plate, null);
  assert.deepEqual(parsed.row && parsed.rejected, []);
});

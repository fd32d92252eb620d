import assert from "node:assert/strict";
import { createLeadParser } from "../../../../lib/landing/records/lead_record.ts";
import { customValues, LEAD_CONTEXT, leadRecord } from "../../../support/parsing.ts";

const OBSERVED_AT = "2026-05-02T04:00:00Z";
const parse = createLeadParser(LEAD_CONTEXT);

function parseLead(more: Readonly<Record<string, unknown>>) {
  const parsed = parse(leadRecord(more), OBSERVED_AT);
  if (parsed.row === null) throw new Error(`The lead was rejected: ${parsed.reason}`);
  const { payload: _payload, row_hash: _hash, ...row } = parsed.row;
  return { row, rejected: parsed.rejected };
}

const BARE_ROW = {
  id: 101,
  pipeline_id: 10,
  status_id: 11,
  responsible_user_id: 9,
  loss_reason_id: null,
  name: "Rental",
  budget: "900",
  created_at: "2026-05-01T10:00:00Z",
  updated_at: "2026-05-01T10:00:00Z",
  closed_at: null,
  car_element_id: null,
  client_element_id: null,
  model: null,
  plate: null,
  dailyrate: null,
  client_name: null,
  license: null,
  rental_start: null,
  rental_end: null,
  is_deleted: false,
  deleted_by: null,
  observed_at: OBSERVED_AT,
};

Deno.test("createLeadParser() leaves the custom columns null when custom_fields_values is null", () => {
  assert.deepEqual(parseLead({ custom_fields_values: null }), { row: BARE_ROW, rejected: [] });
});

Deno.test("createLeadParser() leaves the custom columns null when custom_fields_values is missing", () => {
  const { custom_fields_values: _, ...record } = leadRecord();
  const parsed = parse(record, OBSERVED_AT);
  assert.equal(parsed.row?.plate, null);
});

Deno.test("createLeadParser() fills every column of a lead that has all fields", () => {
  const { row, rejected } = parseLead({
    name: '  O\'Neil "VIP" 🚗 ',
    loss_reason_id: 4,
    closed_at: 1_777_633_200,
    custom_fields_values: customValues({
      1: " Nissan Patrol ",
      2: "A 12345",
      3: "350.50",
      4: 'Zoë "Z" O\'Hara 🏁',
      5: "DL-77",
      6: 1_777_842_000,
      7: 1_778_000_000,
    }),
    _embedded: {
      catalog_elements: [
        { id: 501, metadata: { quantity: 1, catalog_id: 50 } },
        { id: 601, metadata: { quantity: 1, catalog_id: 60 } },
        { id: 701, metadata: { quantity: 1, catalog_id: 70 } },
      ],
    },
  });
  assert.deepEqual(rejected, []);
  assert.deepEqual(row, {
    ...BARE_ROW,
    name: 'O\'Neil "VIP" 🚗',
    loss_reason_id: 4,
    closed_at: "2026-05-01T11:00:00Z",
    model: "Nissan Patrol",
    plate: "A 12345",
    dailyrate: "350.50",
    client_name: 'Zoë "Z" O\'Hara 🏁',
    license: "DL-77",
    // 2026-05-04 00:00 in Moscow becomes 2026-05-04 00:00 in Dubai; a date_time keeps its instant.
    rental_start: "2026-05-03T20:00:00Z",
    rental_end: "2026-05-05T16:53:20Z",
    car_element_id: 501,
    client_element_id: 601,
  });
});

Deno.test("createLeadParser() keeps the lead and names the field when a rate is n/a", () => {
  const { row, rejected } = parseLead({ custom_fields_values: customValues({ 3: "n/a" }) });
  assert.equal(row.dailyrate, null);
  assert.equal(row.name, "Rental");
  assert.deepEqual(rejected, [{ field: "dailyrate", raw: "n/a", reason: "not a number" }]);
});

Deno.test("createLeadParser() rejects values that are no list, and keeps the lead", () => {
  const [model, plate, rate] = customValues({ 1: "Kia", 2: "A 1", 3: "350" });
  const { row, rejected } = parseLead({
    custom_fields_values: [
      { ...model, values: "Kia" },
      { ...plate, values: { value: "A 1" } },
      { ...rate, values: null },
    ],
  });
  assert.deepEqual([row.model, row.plate, row.dailyrate], [null, null, null]);
  assert.deepEqual(rejected, [
    { field: "model", raw: '"Kia"', reason: "not a list of values" },
    { field: "plate", raw: '{"value":"A 1"}', reason: "not a list of values" },
  ]);
});

Deno.test("createLeadParser() gives element 0 when two different cars are linked", () => {
  const link = (id: number) => ({ id, metadata: { quantity: 1, catalog_id: 50 } });
  const two = parseLead({ _embedded: { catalog_elements: [link(501), link(502)] } });
  const sameTwice = parseLead({ _embedded: { catalog_elements: [link(501), link(501)] } });
  assert.equal(two.row.car_element_id, 0);
  assert.equal(sameTwice.row.car_element_id, 501);
});

Deno.test("createLeadParser() replaces what PostgreSQL cannot hold and says so", () => {
  const { row, rejected } = parseLead({
    name: "A\u0000B",
    custom_fields_values: customValues({ 2: "X\uD800Y" }),
  });
  const reason = "characters that PostgreSQL cannot hold were replaced by U+FFFD";
  assert.equal(row.name, "A\uFFFDB");
  assert.equal(row.plate, "X\uFFFDY");
  assert.deepEqual(rejected, [
    { field: "name", raw: '"A\\u0000B"', reason },
    { field: "plate", raw: '"X\\ud800Y"', reason },
  ]);
});

Deno.test("createLeadParser() makes a bare marker of a deleted lead", () => {
  const { row, rejected } = parseLead({
    name: null,
    price: null,
    status_id: null,
    pipeline_id: null,
    responsible_user_id: null,
    created_at: null,
    is_deleted: true,
  });
  assert.deepEqual(rejected, []);
  assert.deepEqual(row, {
    ...BARE_ROW,
    name: null,
    budget: null,
    status_id: null,
    pipeline_id: null,
    responsible_user_id: null,
    created_at: null,
    updated_at: "2026-05-01T10:00:00Z",
    is_deleted: true,
    deleted_by: "only_deleted",
  });
});

Deno.test("createLeadParser() rejects a record that cannot be placed, and keeps it whole", () => {
  const noTime = leadRecord({ updated_at: null });
  const huge = leadRecord({ id: 2 ** 60 });
  const odd = leadRecord({ custom_fields_values: "none" });
  assert.deepEqual(parse(noTime, OBSERVED_AT), {
    row: null,
    id: 101,
    raw: JSON.stringify(noTime),
    reason: "no updated_at",
  });
  assert.deepEqual(parse(huge, OBSERVED_AT), {
    row: null,
    id: null,
    raw: JSON.stringify(huge),
    reason: "no whole id",
  });
  assert.deepEqual(parse(odd, OBSERVED_AT), {
    row: null,
    id: 101,
    raw: JSON.stringify(odd),
    reason: "custom_fields_values is not a list of fields",
  });
  assert.deepEqual(parse("a\u0000b", OBSERVED_AT), {
    row: null,
    id: null,
    raw: '"a\\u0000b"',
    reason: "not an object",
  });
});

Deno.test("createLeadParser() takes the price with its minor units where it is given", () => {
  const budgetOf = (price: unknown, exact?: unknown) => {
    const given = exact === undefined ? {} : { price_with_minor_units: exact };
    return parseLead({ price, ...given }).row.budget;
  };
  assert.equal(budgetOf(249, 249.9), "249.9");
  assert.equal(budgetOf(0, 0.75), "0.75");
  assert.equal(budgetOf(249, 0), "0");
  assert.equal(budgetOf(249, null), "249");
  assert.equal(budgetOf(249), "249");
  assert.equal(budgetOf(null, null), null);
  const { row, rejected } = parseLead({ price: 249, price_with_minor_units: "a lot" });
  assert.equal(row.budget, null);
  assert.deepEqual(rejected, [{ field: "budget", raw: "a lot", reason: "not a number" }]);
});

import assert from "node:assert/strict";
import { AmoError } from "../../../lib/amocrm/answers.ts";
import { createAmoClient } from "../../../lib/amocrm/client.ts";
import type { CustomField } from "../../../lib/amocrm/field_match.ts";
import { readCustomFields, resolveFields } from "../../../lib/amocrm/fields.ts";
import { captureLog } from "../../support/logs.ts";
import { page, serveAnswers } from "../../support/scripted_server.ts";

const LEAD_NAMES = [
  "MODEL",
  "Plate",
  "daily_rate",
  "Client Name",
  "LICENSE",
  "Rental-start",
  "rental end",
];
const LEAD_FIELDS = LEAD_NAMES.map((name, i) => field(i + 1, name));
const RESOLVED = {
  model: { id: 1, type: "text" },
  plate: { id: 2, type: "text" },
  dailyrate: { id: 3, type: "text" },
  client_name: { id: 4, type: "text" },
  license: { id: 5, type: "text" },
  rental_start: { id: 6, type: "text" },
  rental_end: { id: 7, type: "text" },
};

function field(id: number, name: string, code: string | null = null): CustomField {
  return { id, name, code, type: "text" };
}

function without(name: string): CustomField[] {
  return LEAD_FIELDS.filter((one) => one.name !== name);
}

Deno.test("resolveFields() ignores case, blanks, _ and -", async () => {
  const { log, lines } = await captureLog();
  assert.deepEqual(resolveFields("leads", LEAD_FIELDS, {}, log), RESOLVED);
  assert.deepEqual(lines, []);
});

Deno.test("resolveFields() takes a second name, and a code", async () => {
  const { log } = await captureLog();
  const fields = [...without("MODEL"), field(11, "Car model")];
  assert.deepEqual(resolveFields("leads", fields, {}, log).model, { id: 11, type: "text" });
  const coded = [...without("Plate"), field(12, "Номер", "PLATE")];
  assert.deepEqual(resolveFields("leads", coded, {}, log).plate, { id: 12, type: "text" });
});

Deno.test("resolveFields() follows an override by name, by code and by id", async () => {
  const { log } = await captureLog();
  const fields = [...LEAD_FIELDS, field(30, "Car number", "NUM")];
  for (const plate of ["car NUMBER", "num", 30, "30"]) {
    assert.deepEqual(resolveFields("leads", fields, { plate }, log), {
      ...RESOLVED,
      plate: { id: 30, type: "text" },
    });
  }
});

Deno.test("resolveFields() takes the lowest id of twins and warns", async () => {
  const { log, lines } = await captureLog();
  const fields = [field(40, "plate"), ...LEAD_FIELDS];
  assert.deepEqual(resolveFields("leads", fields, {}, log), RESOLVED);
  assert.deepEqual(lines, [
    'warning: 2 fields of leads match "plate" (ids 2, 40): the one with the lowest id is read; ' +
    "AMO_FIELD_MAP can name another",
  ]);
});

Deno.test("resolveFields() names all missing fields and the loader that creates them", async () => {
  const { log } = await captureLog();
  assert.throws(
    () => resolveFields("leads", without("Plate"), {}, log),
    new AmoError(
      'Cannot extract leads: this field is missing: "plate", expected in the account: create with ' +
        "deno task helper_fields or name the account's own in AMO_FIELD_MAP",
      null,
    ),
  );
  assert.throws(
    () => resolveFields("clients", [], { license: "Permit" }, log),
    new AmoError(
      'Cannot extract clients: 2 fields are missing: "client name", "Permit" (AMO_FIELD_MAP), ' +
        "expected in the account: create with deno task helper_fields --all or name the account's own in " +
        "AMO_FIELD_MAP",
      null,
    ),
  );
});

Deno.test("resolveFields() leaves an optional column out with a warning", async () => {
  const { log, lines } = await captureLog();
  const fields = ["Model", "Plate", "Color", "Year", "VIN"].map((name, i) => field(i + 1, name));
  assert.deepEqual(Object.keys(resolveFields("cars", fields, {}, log)), [
    "model",
    "color",
    "year",
    "plate",
    "vin",
  ]);
  assert.deepEqual(lines, [
    'warning: The field "daily rate" of cars is missing: its column stays empty; create it with ' +
    "deno task helper_fields --all, or name the account's own in AMO_FIELD_MAP",
  ]);
});

Deno.test("resolveFields() refuses an override of a column that there is not", async () => {
  const { log } = await captureLog();
  assert.throws(
    () => resolveFields("cars", [], { colour: "Color" }, log),
    new AmoError(
      'Cannot resolve the fields of cars: AMO_FIELD_MAP names "colour", expected some of model, color, ' +
        "year, plate, vin, dailyrate, in_fleet_from, in_fleet_to: correct the names",
      null,
    ),
  );
});

Deno.test("readCustomFields() reads all pages", async () => {
  const { log } = await captureLog();
  await using server = serveAnswers(
    page(
      "custom_fields",
      [{ id: 1, name: "Plate", type: "text" }],
      "/api/v4/leads/custom_fields?p=2",
    ),
    page("custom_fields", [{ id: 2, name: "Phone", type: "multitext", code: "PHONE" }]),
  );
  const client = createAmoClient({ baseUrl: server.url, token: "t", requestsPerSecond: 1000, log });
  assert.deepEqual(await readCustomFields(client, "/api/v4/leads"), [
    { id: 1, name: "Plate", type: "text", code: null },
    { id: 2, name: "Phone", type: "multitext", code: "PHONE" },
  ]);
});

function typed(id: number, name: string, type: string): CustomField {
  return { id, name, code: null, type };
}

Deno.test("resolveFields() refuses required fields whose type cannot carry the column, beside missing ones", async () => {
  const { log } = await captureLog();
  const others = LEAD_FIELDS.filter(({ id }) => id !== 2 && id !== 3 && id !== 6);
  const fields = [
    ...others,
    typed(60, "Rental start", "checkbox"),
    typed(61, "Daily rate", "date"),
  ];
  assert.throws(
    () => resolveFields("leads", fields, {}, log),
    new AmoError(
      'Cannot extract leads: this field is missing: "plate", expected in the account; the field "daily rate" ' +
        'is of type date (id 61), expected numeric or text; the field "rental start" is of type checkbox ' +
        "(id 60), expected date, date_time or text: create with deno task helper_fields or name the account's " +
        "own in AMO_FIELD_MAP",
      null,
    ),
  );
});

Deno.test("resolveFields() takes the twin whose type can carry the column", async () => {
  const { log, lines } = await captureLog();
  const others = LEAD_FIELDS.filter(({ id }) => id !== 6);
  const fields = [
    ...others,
    typed(6, "Rental start", "checkbox"),
    typed(60, "Rental start", "date"),
  ];
  assert.deepEqual(resolveFields("leads", fields, {}, log).rental_start, { id: 60, type: "date" });
  assert.deepEqual(lines, []);
});

Deno.test("resolveFields() leaves an optional column of another type out, but not one that AMO_FIELD_MAP names", async () => {
  const { log, lines } = await captureLog();
  const names = ["Model", "Plate", "Color", "VIN", "Daily rate"];
  const fields = [...names.map((name, i) => field(i + 1, name)), typed(70, "Year", "date")];
  assert.equal(resolveFields("cars", fields, {}, log).year, undefined);
  assert.deepEqual(lines, [
    'warning: The field "year" of cars is of type date (id 70), expected numeric or text: its column stays ' +
    "empty; create it with deno task helper_fields --all, or name the account's own in AMO_FIELD_MAP",
  ]);
  assert.throws(
    () => resolveFields("cars", fields, { year: 70 }, log),
    new AmoError(
      'Cannot extract cars: the field "70" (AMO_FIELD_MAP) is of type date (id 70), expected numeric or text: ' +
        "create with deno task helper_fields --all or name the account's own in AMO_FIELD_MAP",
      null,
    ),
  );
});

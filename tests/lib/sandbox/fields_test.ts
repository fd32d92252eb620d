import assert from "node:assert/strict";
import {
  addLeads,
  at,
  each,
  type OpenSandbox,
  openSandbox,
  ORIGIN,
} from "../../support/sandbox_calls.ts";

const PATH = "/api/v4/leads/custom_fields";

/** Creates one lead field and returns its id. */
async function addField(open: OpenSandbox, field: object): Promise<unknown> {
  return each((await open.call("POST", PATH, [field])).body, "custom_fields", "id")[0];
}

/** Writes values into a field of a new lead: what is read back, or the code and path of the refusal. */
async function roundTrip(
  open: OpenSandbox,
  field: object,
  values: readonly object[],
): Promise<unknown> {
  const id = await addField(open, field);
  const { status, body } = await open.call("POST", "/api/v4/leads", [
    { custom_fields_values: [{ field_id: id, values }] },
  ]);
  if (status !== 200) {
    const error = at(body, "validation-errors", 0, "errors", 0);
    return [at(error, "code"), at(error, "path")];
  }
  const [lead] = each(body, "leads", "id");
  const read = await open.call("GET", `/api/v4/leads/${lead}`);
  return at(read.body, "custom_fields_values", 0, "values") ?? null;
}

Deno.test("GET /leads/custom_fields begins with the fields that nobody can delete, with totals", async () => {
  const { call } = openSandbox();
  const { body } = await call("GET", `${PATH}?limit=2&page=3`);
  assert.deepEqual(body, {
    _total_items: 5,
    _page_count: 3,
    _page: 3,
    _links: {
      self: { href: `${ORIGIN}${PATH}?limit=2&page=3` },
      first: { href: `${ORIGIN}${PATH}?limit=2&page=1` },
      prev: { href: `${ORIGIN}${PATH}?limit=2&page=2` },
    },
    _embedded: {
      custom_fields: [{
        id: 909800,
        name: "utm_term",
        type: "tracking_data",
        account_id: 31000783,
        code: "UTM_TERM",
        sort: 14,
        is_api_only: true,
        enums: null,
        group_id: "statistic",
        required_statuses: [],
        hidden_statuses: [],
        is_deletable: false,
        is_predefined: true,
        remind: null,
        triggers: [],
        currency: null,
        chained_lists: null,
        tracking_callback: null,
        settings: null,
        entity_type: "leads",
        _links: { self: { href: `${ORIGIN}${PATH}/909800?page=3&limit=2` } },
      }],
    },
  });
});

Deno.test("POST and PATCH of custom fields create, rename and keep enums by id", async () => {
  const open = openSandbox();
  const created = await open.call("POST", PATH, [
    { name: "MODEL", type: "text", code: "MODEL" },
    { name: "Kind", type: "select", enums: [{ value: "Sedan" }, { value: "SUV", sort: 7 }] },
  ]);
  assert.equal(created.status, 200);
  assert.deepEqual(each(created.body, "custom_fields", "is_deletable"), [true, true]);
  const [model, kind] = each(created.body, "custom_fields", "id");
  assert.deepEqual(at(created.body, "_embedded", "custom_fields", 1, "enums"), [
    { id: 1209443, value: "Sedan", sort: 0 },
    { id: 1209446, value: "SUV", sort: 7 },
  ]);
  const [lead] = await addLeads(open, [{
    custom_fields_values: [{ field_id: kind, values: [{ value: "Sedan" }] }],
  }]);
  const patched = await open.call("PATCH", PATH, [
    { id: model, name: "Car model" },
    { id: kind, enums: [{ id: 1209443, value: "Saloon" }] },
  ]);
  assert.deepEqual(each(patched.body, "custom_fields", "name"), ["Car model", "Kind"]);
  const read = await open.call("GET", `/api/v4/leads/${lead}`);
  assert.deepEqual(at(read.body, "custom_fields_values"), [{
    field_id: kind,
    field_name: "Kind",
    field_code: null,
    field_type: "select",
    values: [{ value: "Saloon", enum_id: 1209443, enum_code: null }],
    is_computed: false,
  }]);
});

Deno.test("POST of custom fields refuses unknown types, selects without choices and a taken code", async () => {
  const open = openSandbox();
  await addField(open, { name: "A", type: "text", code: "A" });
  const { status, body } = await open.call("POST", PATH, [
    { name: "B", type: "rainbow" },
    { name: "C", type: "select" },
    { name: "D", type: "text", code: "A" },
    { name: "E" },
  ]);
  assert.equal(status, 400);
  assert.deepEqual(
    [0, 1, 2, 3].map((index) => {
      const error = at(body, "validation-errors", index, "errors", 0);
      return [at(error, "code"), at(error, "path")];
    }),
    [
      ["NotSupportedChoice", "type"],
      ["FieldMissing", "enums"],
      ["NotSupportedChoice", "code"],
      ["FieldMissing", "type"],
    ],
  );
});

Deno.test("POST of custom fields answers 201 with the switch", async () => {
  const { call } = openSandbox({ switches: { fieldCreateStatus: 201 } });
  assert.equal((await call("POST", PATH, [{ name: "A", type: "text" }])).status, 201);
});

Deno.test("DELETE of a custom field takes its values along and spares undeletable ones", async () => {
  const open = openSandbox();
  const id = await addField(open, { name: "A", type: "text" });
  const [lead] = await addLeads(open, [{
    custom_fields_values: [{ field_id: id, values: [{ value: "x" }] }],
  }]);
  assert.equal((await open.call("DELETE", `${PATH}/${id}`)).status, 204);
  const read = await open.call("GET", `/api/v4/leads/${lead}`);
  assert.equal(at(read.body, "custom_fields_values"), null);
  assert.equal((await open.call("DELETE", `${PATH}/${id}`)).status, 404);
  assert.equal((await open.call("DELETE", `${PATH}/909789`)).status, 400);
  assert.equal((await open.call("GET", `${PATH}/909789`)).status, 200);
});

// 2026-06-02 in Dubai begins at 2026-06-01T20:00:00Z = 1780344000.
const ROUND_TRIPS: readonly [string, object, object[], unknown][] = [
  ["text", { type: "text" }, [{ value: "DXB 1" }], [{ value: "DXB 1" }]],
  ["empty text", { type: "text" }, [{ value: "" }], null],
  ["a number as text", { type: "text" }, [{ value: 5 }], [
    "InvalidType",
    "custom_fields_values.0.values.0.value",
  ]],
  ["numeric as number", { type: "numeric" }, [{ value: 250.5 }], [{ value: "250.5" }]],
  ["numeric as text", { type: "numeric" }, [{ value: "250.50" }], [{ value: "250.50" }]],
  ["numeric n/a", { type: "numeric" }, [{ value: "n/a" }], [
    "InvalidType",
    "custom_fields_values.0.values.0.value",
  ]],
  ["checkbox", { type: "checkbox" }, [{ value: true }], [{ value: true }]],
  ["date as seconds", { type: "date" }, [{ value: 1780380000 }], [{ value: 1780344000 }]],
  ["date as RFC 3339", { type: "date" }, [{ value: "2026-06-02T10:00:00+04:00" }], [{
    value: 1780344000,
  }]],
  ["date as a day", { type: "date" }, [{ value: "2026-06-02" }], [{ value: 1780344000 }]],
  ["date in words", { type: "date" }, [{ value: "soon" }], [
    "InvalidType",
    "custom_fields_values.0.values.0.value",
  ]],
  ["date_time", { type: "date_time" }, [{ value: "2026-06-02T10:00:00+04:00" }], [{
    value: 1780380000,
  }]],
  ["select by text", { type: "select", enums: [{ value: "A" }] }, [{ value: "A" }], [{
    value: "A",
    enum_id: 1209443,
    enum_code: null,
  }]],
  ["an unknown choice", { type: "select", enums: [{ value: "A" }] }, [{ value: "B" }], [
    "NotSupportedChoice",
    "custom_fields_values.0.values.0.value",
  ]],
  ["multiselect", { type: "multiselect", enums: [{ value: "A", code: "a" }, { value: "B" }] }, [
    { value: "A" },
    { enum_id: 1209446 },
  ], [
    { value: "A", enum_id: 1209443, enum_code: "a" },
    { value: "B", enum_id: 1209446, enum_code: null },
  ]],
  ["select by code", { type: "select", enums: [{ value: "A", code: "a" }] }, [
    { enum_code: "a", enum_id: null },
  ], [{ value: "A", enum_id: 1209443, enum_code: "a" }]],
  ["a multiselect with enum_code", { type: "multiselect", enums: [{ value: "A" }] }, [
    { value: "A", enum_code: null },
  ], ["FieldNotExpected", "custom_fields_values.0.values.0.enum_code"]],
  ["a radiobutton with enum_code", { type: "radiobutton", enums: [{ value: "A" }] }, [
    { enum_id: 1209443, enum_code: null },
  ], ["FieldNotExpected", "custom_fields_values.0.values.0.enum_code"]],
  ["a text with enum_code", { type: "text" }, [{ value: "x", enum_code: null }], [
    "FieldNotExpected",
    "custom_fields_values.0.values.0.enum_code",
  ]],
  ["256 characters of text", { type: "text" }, [{ value: "ж🚗".repeat(128) }], [{
    value: "ж🚗".repeat(128),
  }]],
  ["257 characters of text", { type: "text" }, [{ value: "n".repeat(257) }], [
    "TooLong",
    "custom_fields_values.0.values.0.value",
  ]],
  ["257 characters of textarea", { type: "textarea" }, [{ value: "n".repeat(257) }], [{
    value: "n".repeat(257),
  }]],
];

for (const [name, field, values, expected] of ROUND_TRIPS) {
  Deno.test(`a field keeps or refuses ${name}`, async () => {
    assert.deepEqual(await roundTrip(openSandbox(), { name: "F", ...field }, values), expected);
  });
}

Deno.test("a date reads as RFC 3339 or unmoved with the switches", async () => {
  const rfc = openSandbox({ switches: { fieldDatesAs: "rfc3339" } });
  assert.deepEqual(await roundTrip(rfc, { name: "F", type: "date" }, [{ value: 1780380000 }]), [
    { value: "2026-06-02T00:00:00+04:00" },
  ]);
  const unmoved = openSandbox({ switches: { fieldDatesAtMidnight: false } });
  assert.deepEqual(await roundTrip(unmoved, { name: "F", type: "date" }, [{ value: 1780380000 }]), [
    { value: 1780380000 },
  ]);
});

Deno.test("PATCH clears a field with null values and leaves unnamed ones", async () => {
  const open = openSandbox();
  const [a, b] = [
    await addField(open, { name: "A", type: "text" }),
    await addField(open, { name: "B", type: "text" }),
  ];
  const [lead] = await addLeads(open, [{
    custom_fields_values: [
      { field_id: a, values: [{ value: "1" }] },
      { field_id: b, values: [{ value: "2" }] },
    ],
  }]);
  await open.call("PATCH", `/api/v4/leads/${lead}`, {
    custom_fields_values: [{ field_id: a, values: null }],
  });
  const { body } = await open.call("GET", `/api/v4/leads/${lead}`);
  assert.equal(at(body, "custom_fields_values", 0, "field_id"), b);
  assert.equal(at(body, "custom_fields_values", 1), undefined);
});

Deno.test("custom fields are ordered by sort or id and filtered by type", async () => {
  const open = openSandbox();
  await open.call("POST", PATH, [
    { name: "late", type: "date", sort: 9 },
    { name: "early", type: "date", sort: 8 },
  ]);
  const names = async (query: string) =>
    each((await open.call("GET", PATH + query)).body, "custom_fields", "name");
  assert.deepEqual(await names("?filter[type][]=date"), ["early", "late"]);
  assert.deepEqual(await names("?filter[type][]=date&order[id]=asc"), ["late", "early"]);
  assert.deepEqual(await names("?filter[type][]=date&order[sort]=desc"), ["late", "early"]);
});

Deno.test("maxTextLength null takes a long text, which is read whole once the limit is back", async () => {
  const open = openSandbox({ switches: { maxTextLength: null } });
  const id = await addField(open, { name: "Notes", type: "text" });
  const long = "n".repeat(300);
  const [lead] = await addLeads(open, [
    { custom_fields_values: [{ field_id: id, values: [{ value: long }] }] },
  ]);
  open.sandbox.setSwitches({ maxTextLength: 256 });
  const write = { custom_fields_values: [{ field_id: id, values: [{ value: long }] }] };
  const { status, body } = await open.call("PATCH", `/api/v4/leads/${lead}`, write);
  assert.equal(status, 400);
  assert.deepEqual(at(body, "validation-errors", 0, "errors"), [{
    code: "TooLong",
    path: "custom_fields_values.0.values.0.value",
    detail: "This value is too long. It should have 256 characters or less.",
  }]);
  const read = await open.call("GET", `/api/v4/leads/${lead}`);
  assert.deepEqual(at(read.body, "custom_fields_values", 0, "values"), [{ value: long }]);
});

Deno.test("a value is addressed by field_code beside a null field_id, and a phone with a null enum_id", async () => {
  const open = openSandbox();
  const { body } = await open.call("POST", "/api/v4/contacts", [{
    name: "Ann",
    custom_fields_values: [{
      field_id: null,
      field_code: "PHONE",
      values: [{ value: "+971500000000", enum_id: null, enum_code: "MOB" }],
    }],
  }]);
  const [id] = each(body, "contacts", "id");
  const read = await open.call("GET", `/api/v4/contacts/${id}`);
  assert.equal(at(read.body, "custom_fields_values", 0, "field_code"), "PHONE");
  const phone = at(read.body, "custom_fields_values", 0, "values", 0);
  assert.deepEqual([at(phone, "value"), at(phone, "enum_code")], ["+971500000000", "MOB"]);
});

Deno.test("a field of leads keeps the stages that require it, and a monetary one its currency", async () => {
  const open = openSandbox();
  const required = [{ status_id: 59006804, pipeline_id: 7001061 }];
  const { body } = await open.call("POST", PATH, [
    { name: "PLATE", type: "text", required_statuses: required },
    { name: "Deposit", type: "monetary", currency: "USD" },
    { name: "Fee", type: "monetary" },
  ]);
  assert.deepEqual(each(body, "custom_fields", "required_statuses"), [required, [], []]);
  assert.deepEqual(each(body, "custom_fields", "currency"), [null, "USD", "AED"]);
  const [plate, deposit] = each(body, "custom_fields", "id");
  await open.call("PATCH", PATH, [{ id: plate, required_statuses: [] }, {
    id: deposit,
    currency: "EUR",
  }]);
  const read = await open.call("GET", `${PATH}?filter[id][]=${plate}&filter[id][]=${deposit}`);
  assert.deepEqual(each(read.body, "custom_fields", "required_statuses"), [[], []]);
  assert.deepEqual(each(read.body, "custom_fields", "currency"), [null, "EUR"]);
});

Deno.test("a field of a catalog keeps whether it is required, visible and deletable", async () => {
  const open = openSandbox();
  const catalogs = await open.call("POST", "/api/v4/catalogs", [{ name: "Cars" }]);
  const path = `/api/v4/catalogs/${each(catalogs.body, "catalogs", "id")[0]}/custom_fields`;
  const created = await open.call("POST", path, [
    { name: "PLATE", type: "text", is_required: true, is_visible: false, is_deletable: false },
  ]);
  const [id] = each(created.body, "custom_fields", "id");
  const shown = async () => {
    const { body } = await open.call("GET", `${path}/${id}`);
    return ["is_required", "is_visible", "is_deletable"].map((key) => at(body, key));
  };
  assert.deepEqual(await shown(), [true, false, false]);
  assert.equal((await open.call("DELETE", `${path}/${id}`)).status, 400);
  await open.call("PATCH", `${path}/${id}`, { is_visible: true, is_deletable: true });
  assert.deepEqual(await shown(), [true, true, true]);
});

// [path of the field, what is sent beside name and type, code and path of the refusal]
const FOREIGN_KEYS: readonly [string, object, string, string][] = [
  ["leads", { type: "text", is_required: true }, "FieldNotExpected", "is_required"],
  ["leads", { type: "text", is_visible: true }, "FieldNotExpected", "is_visible"],
  ["leads", { type: "text", is_deletable: true }, "FieldNotExpected", "is_deletable"],
  ["leads", { type: "text", currency: "AED" }, "FieldNotExpected", "currency"],
  ["leads", { type: "monetary", currency: null }, "InvalidType", "currency"],
  ["leads", { type: "text", hidden_statuses: [] }, "FieldNotExpected", "hidden_statuses"],
  ["leads", { type: "text", settings: null }, "FieldNotExpected", "settings"],
  ["leads", { type: "text", remind: null }, "FieldNotExpected", "remind"],
  [
    "leads",
    { type: "text", required_statuses: [{ status_id: 5, pipeline_id: 7001061 }] },
    "NotSupportedChoice",
    "required_statuses.0.status_id",
  ],
  ["catalog", { type: "text", required_statuses: [] }, "FieldNotExpected", "required_statuses"],
  ["catalog", { type: "text", is_api_only: false }, "FieldNotExpected", "is_api_only"],
];

for (const [owner, sent, code, path] of FOREIGN_KEYS) {
  Deno.test(`POST of a field of a ${owner} refuses ${JSON.stringify(sent)}`, async () => {
    const open = openSandbox();
    const catalogs = await open.call("POST", "/api/v4/catalogs", [{ name: "Cars" }]);
    const [catalog] = each(catalogs.body, "catalogs", "id");
    const fields = owner === "leads" ? PATH : `/api/v4/catalogs/${catalog}/custom_fields`;
    const { status, body } = await open.call("POST", fields, [{ name: "F", ...sent }]);
    const error = at(body, "validation-errors", 0, "errors", 0);
    assert.deepEqual([status, at(error, "code"), at(error, "path")], [400, code, path]);
  });
}

Deno.test("POST of a field with an id answers 200 and creates nothing", async () => {
  const open = openSandbox();
  const { status, body } = await open.call("POST", PATH, [
    { id: 5, name: "A", type: "text" },
    { name: "B", type: "text" },
  ]);
  assert.deepEqual([status, each(body, "custom_fields", "name")], [200, ["B"]]);
  const list = await open.call("GET", `${PATH}?filter[type]=text`);
  assert.deepEqual(each(list.body, "custom_fields", "name"), ["B"]);
});

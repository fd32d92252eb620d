import assert from "node:assert/strict";
import type { Warehouse } from "../../../../lib/warehouse/warehouse.ts";
import { csvRecords, csvRows, get, plainText, serveLook } from "../../../support/look_site.ts";
import {
  CONFIRMED,
  dubai,
  element,
  INQUIRY,
  lead,
  liveDay,
  moved,
} from "../../../support/rentals.ts";
import { testOnBothWarehouses } from "../../../support/warehouses.ts";

const EVIL = "<img src=x onerror=alert(1)>";

/** Nothing of this may be seen without DASHBOARD_SHOW_PII. */
const PERSONAL = [
  "Anna Petrova",
  "Анна Петрова",
  "+971501234567",
  "anna@example.com",
  "DL-778899",
  "1990-02-03",
  "Loves dogs",
  "passport 4510",
  "4510123",
  "call before noon",
  "vip tag",
];

const field = (field_id: number, field_name: string, field_type: string, value: unknown) => ({
  field_id,
  field_name,
  field_code: null,
  field_type,
  values: [{ value, note: "call before noon" }],
});

const PAYLOAD = {
  id: 7,
  name: "Rental of Anna Petrova",
  price: 900,
  status_id: CONFIRMED,
  pipeline_id: 10,
  passport_id: 4510123,
  "+971501234567": 1,
  custom_fields_values: [
    field(1, "MODEL", "text", "Niva"),
    field(2, "PLATE", "text", EVIL),
    field(3, "CLIENT NAME", "text", "Anna Petrova"),
    field(4, "LICENSE", "text", "DL-778899"),
    field(5, "Notes", "textarea", "Loves dogs, passport 4510"),
    field(6, "Rental start", "date", 1777752000),
  ],
  _embedded: {
    tags: [{ id: 1, name: "vip tag" }],
    contacts: [{ id: 77, name: "Анна Петрова", phone: "+971501234567" }],
    catalog_elements: [{ id: 5, metadata: { quantity: 1, catalog_id: 3 } }],
  },
  unknown: { email: "anna@example.com", born: "1990-02-03" },
};

async function fill(warehouse: Warehouse): Promise<void> {
  await liveDay(warehouse, "2026-05-04", {
    cars: [element(5, "2026-05-01 08:00", { model: "Niva", plate: "A 1" })],
    clients: [
      element(9, "2026-05-01 08:00", {
        client_name: "Anna Petrova",
        phone: "+971501234567",
        email: "anna@example.com",
        license: "DL-778899",
        birth_date: "1990-02-03",
        payload: { id: 9, catalog_id: 4, name: "Anna Petrova" },
      }),
    ],
    leads: [
      lead(7, "2026-05-01 10:00", {
        name: "Rental of Anna Petrova",
        status_id: INQUIRY,
        plate: "A 1",
        model: EVIL,
        client_name: "Anna Petrova",
        license: "DL-778899",
      }),
      lead(7, "2026-05-02 10:00", {
        name: "Rental of Anna Petrova",
        status_id: CONFIRMED,
        plate: "A 1",
        model: EVIL,
        client_name: "Anna Petrova",
        license: "DL-778899",
        budget: 900,
        rental_start: dubai("2026-05-03 00:00"),
        rental_end: dubai("2026-05-05 00:00"),
        payload: PAYLOAD,
      }),
    ],
    events: [moved(7, "2026-05-02 09:59:30", INQUIRY, CONFIRMED)],
  });
  await warehouse.sql`
    insert into stg.stg_lead_events
      (id, lead_id, type, created_at, before, after, run_id, load_date)
    values (
      'n1', 7, 'name_field_changed', ${dubai("2026-05-02 09:00")}, '[]'::jsonb,
      ${JSON.stringify([{ name_field_value: { name: "Anna Petrova" } }])}::jsonb,
      gen_random_uuid(), '2026-05-04'
    )
  `;
  const [sight] = await warehouse.sql`
    select run_id from stg.stg_leads where id = 7 order by observed_at desc limit 1
  `;
  await warehouse.sql`
    insert into ops.run_log (
      run_id, dag_id, task_id, logical_date, attempt, status, worker, finished_at
    )
    values (
      ${sight?.run_id}, 'daily_amocrm_load_leads', 'load_leads', '2026-05-04', 1, 'success',
      'etl-1', now()
    )
  `;
}

testOnBothWarehouses(
  "historyPage() shows what became of a lead down to its payload, without what tells of a person",
  async (warehouse) => {
    await fill(warehouse);
    await using site = serveLook(warehouse);

    const page = await get(site, "/history/lead/7");

    assert.equal(page.status, 200);
    const text = plainText(page.text);
    for (const personal of PERSONAL) assert.ok(!page.text.includes(personal), personal);
    assert.ok(!page.text.includes("<img src=x"));
    assert.match(text, /Lead 7/);
    assert.match(text, /● changed: Confirmed|● changed: 4/);
    assert.match(text, /Confirmed/);
    assert.match(page.text, /href="\/runs\/daily_amocrm_load_leads\/2026-05-04/);
    assert.match(text, /"price": 900/);
    assert.match(text, /"field_name": "CLIENT NAME"/);
    assert.match(text, /"value": "Niva"/);
    assert.match(text, /"passport_id": "•••"/);

    for (
      const table of ["versions", "changes", "rentals", "fleet_days", "events", "sights", "payload"]
    ) {
      const csv = await get(site, `/history/lead/7.csv?table=${table}`);
      assert.equal(csv.status, 200, table);
      for (const personal of PERSONAL) {
        assert.ok(!csv.text.includes(personal), `${table} ${personal}`);
      }
    }
    const [rental] = await csvRecords(site, "/history/lead/7.csv?table=rentals");
    const [own] = await warehouse.sql`
      select lead_id::text, car_id::text, stage, amount::text, rental_days::text
      from dds.fact_rentals where lead_id = 7
    `;
    assert.ok(rental);
    const { lead_id, car_id, amount, rental_days } = rental;
    assert.deepEqual({ lead_id, car_id, amount, rental_days }, {
      lead_id: own?.lead_id,
      car_id: own?.car_id,
      amount: own?.amount,
      rental_days: own?.rental_days,
    });
    const days = await csvRecords(site, "/history/lead/7.csv?table=fleet_days");
    assert.deepEqual(days.map(({ usage_date, lead_ids }) => [usage_date, lead_ids]), [
      ["2026-05-03", "7"],
      ["2026-05-04", "7"],
    ]);
  },
);

testOnBothWarehouses(
  "historyPage() shows the state at a moment, the client's and car's pages, and personal data where that is set",
  async (warehouse) => {
    await fill(warehouse);
    await using site = serveLook(warehouse, { settings: { DASHBOARD_SHOW_PII: "1" } });

    const then = plainText((await get(site, "/history/lead/7?at=2026-05-02T09:00")).text);
    assert.match(then, /State at 2 May 2026, 09:00/);
    assert.match(then, /that moment/);
    const day = plainText((await get(site, "/history/lead/7?as_of=2026-05-01")).text);
    assert.match(day, /State at 1 May 2026, 23:59/);
    const before = plainText((await get(site, "/history/lead/7?at=2026-04-30")).text);
    assert.match(before, /There was no version at 30 Apr 2026, 00:00/);
    assert.match(then, /Anna Petrova/);

    const client = await get(site, "/history/client/9");
    assert.match(plainText(client.text), /Client 9 .*DL-778899/);
    assert.match(client.text, /href="\/history\/lead\/7"/);
    const car = await get(site, "/history/car/5?as_of=2026-05-04");
    // One field asks for the moment, and shows the one that is looked at.
    assert.deepEqual(car.text.match(/<input[^>]*type="date[^>]*value="[^"]*"/g), [
      '<input id="at" name="at" type="datetime-local" value="2026-05-04T23:59"',
    ]);
    assert.match(plainText(car.text), /Car 5/);
    assert.match(car.text, /href="\/history\/lead\/7\?as_of=2026-05-04"/);
    // Whose they are, the page says once.
    const ownColumns = async (path: string) => (await csvRows(site, path))[0]?.slice(0, 3);
    assert.deepEqual(await ownColumns("/history/client/9.csv?table=rentals"), [
      "lead_id",
      "car_id",
      "stage",
    ]);
    assert.deepEqual(await ownColumns("/history/car/5.csv?table=rentals"), [
      "lead_id",
      "client_id",
      "stage",
    ]);
    assert.deepEqual(await ownColumns("/history/car/5.csv?table=fleet_days"), [
      "usage_date",
      "plate",
      "is_rented",
    ]);

    const found = await get(site, "/history?q=a-1");
    assert.match(found.text, /href="\/history\/car\/5"/);
    assert.match(plainText(found.text), /Niva, A 1/);
  },
);

testOnBothWarehouses(
  "historyPage() answers 404 and 400 with the next step for what is not there or makes no sense",
  async (warehouse) => {
    await using site = serveLook(warehouse);
    const answers = await Promise.all([
      get(site, "/history/lead/404"),
      get(site, "/history/boat/1"),
      get(site, "/history/lead/7x"),
      get(site, "/history?q=%3Cimg%20src%3Dx%3E"),
      get(site, "/history?q=%00"),
      get(site, "/history/lead/404?at=0001-01-01"),
      get(site, "/history/lead/404?as_of=0001-01-01"),
      get(site, `/history/lead/404?at=${encodeURIComponent("+275760-09-13T00:00:00Z")}`),
    ]);

    assert.deepEqual(answers.map(({ status }) => status), [
      ...[404, 404, 400, 200],
      ...[400, 400, 400, 400],
    ]);
    assert.match(answers[0]?.text ?? "", /<bdi>There is no such lead<\/bdi>/);
    assert.match(
      plainText(answers[0]?.text ?? ""),
      /Lead 404 is not in the warehouse\. It may not have landed yet/,
    );
    assert.ok(!answers[3]?.text.includes("<img src=x>"));
  },
);
